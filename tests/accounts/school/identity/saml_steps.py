"""The steps of a sign-in with SAML 2.0, as a browser takes them: off, the form of the provider, and back."""

from typing import Any

from django.http import HttpResponse
from django.test import Client

from accounts.models import IdentityProvider
from accounts.school.identity.saml.configuration import own_addresses
from tests.accounts.school.identity.saml_idp import SamlIdp, encode, request_id_of
from tests.accounts.school.identity.sign_in_steps import start_url
from tests.support.page_client import client_for


def ask(row: IdentityProvider, client: Client, next: str = "") -> str:
    """Off to the provider: the ID of the request."""
    way = client.get(start_url(row), {"next": next} if next else {})["Location"]
    assert way.startswith(f"{row.sso_url}?SAMLRequest=")
    return request_id_of(way)


def own(row: IdentityProvider) -> tuple[str, str]:
    addresses = own_addresses(row)
    return addresses.entity_id, addresses.consumer


def post_answer(row: IdentityProvider, root: Any) -> HttpResponse:
    """The form of the provider's site, which brings no cookie of ours."""
    return client_for().post(f"{start_url(row)}saml/", {"SAMLResponse": encode(root)})


def sign_in_with_saml(idp: SamlIdp, row: IdentityProvider, client: Client, next: str = "") -> HttpResponse:
    """Off to the provider and back; the answer of the page that knows the browser."""
    answer = post_answer(row, idp.response(ask(row, client, next), own(row)))
    return client.get(answer["Location"])
