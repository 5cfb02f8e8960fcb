"""The pages on which a superadmin sets up a provider of SAML 2.0."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from lxml import etree

from accounts.models import IdentityLink, IdentityProvider, User
from tests.accounts.school.identity.saml_idp import ISSUER, NS, SLO_URL, SSO_URL, KeyPair, SamlIdp
from tests.accounts.school.identity.saml_steps import own, sign_in_with_saml
from tests.accounts.school.identity.sign_in_steps import start_url
from tests.accounts.sign_in.sign_in_helpers import audit_actions
from tests.support.page_client import client_for, page_says

pytestmark = pytest.mark.django_db
LIST = "/school/providers/"
FORM = {"name": "School account", "mail_domains": "", "match_by": "user_id", "is_enabled": "on"}
BY_HAND = {"issuer": ISSUER, "sso_url": SSO_URL, "slo_url": ""}


def errors(answer: HttpResponse) -> list[str]:
    return list(answer.context["form"].errors)


def add(diana: User, **fields: Any) -> HttpResponse:
    return client_for(diana).post(f"{LIST}new/saml/", FORM | fields)


@pytest.mark.parametrize("source", ["pasted", "file", "by hand"])
def test_a_superadmin_adds_a_provider_by_metadata_or_by_hand(diana: User, idp: SamlIdp, source: str) -> None:
    fields: dict[str, dict[str, Any]] = {
        "pasted": {"metadata": idp.metadata(), "issuer": "is taken from the metadata"},
        "file": {"metadata_file": SimpleUploadedFile("idp.xml", idp.metadata().encode())},
        "by hand": BY_HAND | {"slo_url": SLO_URL, "certificates": idp.keys.pem},
    }
    assert add(diana, **fields[source])["Location"] == LIST
    row = IdentityProvider.objects.get()
    assert (row.issuer, row.sso_url, row.slo_url) == (ISSUER, SSO_URL, SLO_URL)
    assert row.certificates == [idp.keys.pem]
    page = client_for(diana).get(f"{LIST}{row.pk}/").content.decode()
    assert all(address in page for address in own(row))
    assert "CN=idp.wonderland.example" in page


def test_two_certificates_are_kept_while_the_provider_changes_them(
    diana: User, idp: SamlIdp, saml_row: IdentityProvider, bob: User
) -> None:
    idp.attributes = {"uid": "bob"}
    sign_in_with_saml(idp, saml_row, client_for())
    new = KeyPair()
    path = f"{LIST}{saml_row.pk}/edit/"
    form = FORM | BY_HAND | {"certificates": f"{idp.keys.pem}\n{new.pem}{new.pem}"}
    assert client_for(diana).post(path, form)["Location"] == f"{LIST}{saml_row.pk}/"
    saml_row.refresh_from_db()
    assert saml_row.certificates == [idp.keys.pem, new.pem]
    assert IdentityLink.objects.count() == 1
    assert audit_actions()[-1] == "provider.change"
    client_for(diana).post(path, form | {"issuer": "https://another.example"})
    assert IdentityLink.objects.count() == 0, "another provider has other accounts"


WEAK = KeyPair(bits=1024)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"metadata": "<a/>"}, "metadata"),
        ({"metadata": "no XML"}, "metadata"),
        ({"metadata": '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'}, "metadata"),
        ({"metadata_file": SimpleUploadedFile("x.xml", b"\xff\xfe")}, "metadata_file"),
        ({"metadata_url": "ftp://id.school.example"}, "metadata_url"),
        ({"metadata_url": "http://127.0.0.1:9/metadata"}, "metadata_url"),
        (BY_HAND, "certificates"),
        (BY_HAND | {"certificates": "x"}, "certificates"),
        (BY_HAND | {"certificates": WEAK.pem}, "certificates"),
        (BY_HAND | {"certificates": "one", "sso_url": "javascript:alert(1)"}, "sso_url"),
        (BY_HAND | {"certificates": "one", "match_by": "e_mail"}, "mail_domains"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_cannot_be_is_said_at_its_field(
    diana: User, idp: SamlIdp, fields: dict[str, Any], field: str
) -> None:
    if fields.get("certificates") == "one":
        fields = fields | {"certificates": idp.keys.pem}
    assert field in errors(add(diana, **fields))
    assert not IdentityProvider.objects.exists()


def test_metadata_of_several_providers_or_without_a_key_are_refused(diana: User, idp: SamlIdp) -> None:
    one = idp.metadata()
    several = f'<md:EntitiesDescriptor xmlns:md="{NS["md"]}">{one}{one}</md:EntitiesDescriptor>'
    for text in (
        several,
        one.replace('use="signing"', 'use="encryption"'),
        one.replace("HTTP-Redirect", "SOAP"),
    ):
        assert errors(add(diana, metadata=text)) == ["metadata"]


def test_our_metadata_can_be_read_by_anyone(idp: SamlIdp, saml_row: IdentityProvider) -> None:
    answer = client_for().get(f"{start_url(saml_row)}saml/metadata/")
    root = etree.fromstring(answer.content)
    consumer = root.find(".//md:AssertionConsumerService", NS)
    assert (root.get("entityID"), consumer.get("Location")) == own(saml_row)
    assert root.find("md:SPSSODescriptor", NS).get("WantAssertionsSigned") == "true"


def answer_of_test(diana: User, row: IdentityProvider) -> HttpResponse:
    return client_for(diana).post(f"{LIST}{row.pk}/test/", follow=True)


@pytest.mark.parametrize(
    ("ends_in", "words"),
    [(timedelta(days=-2), "The certificate expired on"), (timedelta(days=9), "The certificate expires on")],
)
def test_the_test_says_that_a_certificate_ends(
    diana: User, saml_row: IdentityProvider, ends_in: timedelta, words: str
) -> None:
    IdentityProvider.objects.update(certificates=[KeyPair(ends_in=ends_in).pem])
    assert words in answer_of_test(diana, saml_row).content.decode()


def test_the_test_says_that_an_address_does_not_answer(
    diana: User, saml_row: IdentityProvider, settings: Any
) -> None:
    assert "leads into a private network" in answer_of_test(diana, saml_row).content.decode()
    settings.ALLOWED_PRIVATE_NETWORKS = ["127.0.0.0/8"]
    dead = "The sign-in address does not answer. Check it, or try again later."
    assert page_says(answer_of_test(diana, saml_row), dead)
    IdentityProvider.objects.update(metadata_url=SSO_URL)
    silent = "Metadata: The provider does not answer as expected. Check the address, or try again later."
    assert page_says(answer_of_test(diana, saml_row), silent)


def test_the_test_compares_the_clock_and_the_metadata(
    diana: User, idp: SamlIdp, saml_row: IdentityProvider, settings: Any, clock_server: Any
) -> None:
    settings.ALLOWED_PRIVATE_NETWORKS = ["127.0.0.0/8"]
    IdentityProvider.objects.update(
        sso_url=f"{clock_server.url}/sso", metadata_url=f"{clock_server.url}/metadata"
    )
    clock_server.metadata = idp.metadata(sso=f"{clock_server.url}/sso")
    assert "certificate is valid until" in answer_of_test(diana, saml_row).content.decode()
    clock_server.ahead = timedelta(minutes=5)
    assert "differ by" in answer_of_test(diana, saml_row).content.decode()
    clock_server.ahead = timedelta()
    idp.keys = KeyPair()
    clock_server.metadata = idp.metadata(sso=f"{clock_server.url}/sso")
    assert "The metadata have changed." in answer_of_test(diana, saml_row).content.decode()
    path = f"{LIST}{saml_row.pk}/edit/"
    form = FORM | BY_HAND | {"metadata_url": f"{clock_server.url}/metadata", "certificates": "old"}
    assert client_for(diana).post(path, form)["Location"] == f"{LIST}{saml_row.pk}/"
    saml_row.refresh_from_db()
    assert saml_row.certificates == [idp.keys.pem]
    clock_server.metadata = idp.metadata().replace(ISSUER, "https://another.example")
    assert "another entity ID" in answer_of_test(diana, saml_row).content.decode()
