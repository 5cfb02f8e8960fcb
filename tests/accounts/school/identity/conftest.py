"""Providers of OpenID Connect over HTTP and of SAML 2.0, and what Wonderland has set for them."""

import functools
from collections.abc import Iterator
from typing import Any

import pytest

from accounts.models import Enterprise, IdentityProvider, Role, User
from tests.accounts.school.identity.oidc_provider import CLIENT, SECRET, OidcProvider, running_provider
from tests.accounts.school.identity.saml_idp import ISSUER, SLO_URL, SSO_URL, KeyPair, SamlIdp
from tests.accounts.school.identity.saml_site import SamlSite, running_site
from tests.support.cast import create_person


@pytest.fixture
def provider(settings: Any) -> Iterator[OidcProvider]:
    """A provider on loopback, which the operator allows."""
    settings.ALLOWED_PRIVATE_NETWORKS = ["127.0.0.0/8"]
    with running_provider() as provider:
        yield provider


@pytest.fixture
def row(provider: OidcProvider, school: Enterprise) -> IdentityProvider:
    """The settings of the school for it."""
    return create_provider(school, issuer=provider.issuer)


@pytest.fixture
def diana(school: Enterprise) -> User:
    """The superadmin of Wonderland."""
    return create_person(school, "diana", Role.SUPERADMIN)


def create_provider(school: Enterprise, **fields: Any) -> IdentityProvider:
    """A provider as if set up long ago."""
    values = {"kind": "oidc", "name": "School account", "client_id": CLIENT, "client_secret": SECRET}
    return IdentityProvider.objects.create(enterprise=school, **values | fields)


@pytest.fixture
def idp() -> SamlIdp:
    """A provider of SAML 2.0."""
    return SamlIdp(keys=saml_keys())


@pytest.fixture
def saml_row(idp: SamlIdp, school: Enterprise) -> IdentityProvider:
    """The settings of the school for it."""
    return create_saml_provider(school, idp)


@pytest.fixture
def clock_server() -> Iterator[SamlSite]:
    """The site of a provider of SAML 2.0, with a clock."""
    with running_site() as site:
        yield site


@functools.cache
def saml_keys() -> KeyPair:
    return KeyPair()


def create_saml_provider(school: Enterprise, idp: SamlIdp, **fields: Any) -> IdentityProvider:
    """A provider of SAML 2.0 as if set up long ago."""
    values = {"kind": "saml", "client_id": "", "client_secret": "", "issuer": ISSUER, "sso_url": SSO_URL}
    values |= {"slo_url": SLO_URL, "certificates": [idp.keys.pem]}
    return create_provider(school, **values | fields)
