"""Sign-out by a provider of SAML 2.0 (Single Logout Profile), by redirect and by form."""

import base64
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client
from lxml import etree

from accounts.models import IdentityProvider, User
from accounts.school.identity.saml.configuration import own_addresses
from tests.accounts.school.identity.saml_idp import SLO_URL, KeyPair, SamlIdp, encode, saml_time, sign
from tests.accounts.school.identity.saml_steps import sign_in_with_saml
from tests.accounts.school.identity.sign_in_steps import start_url
from tests.support.page_client import client_for

pytestmark = pytest.mark.django_db
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"


@pytest.fixture
def sessions(idp: SamlIdp, saml_row: IdentityProvider, bob: User) -> dict[str, Client]:
    """Two sessions with the provider, and one with the password."""
    clients, idp.attributes = {}, {"uid": "bob"}
    for idp.session in ("one", "two"):
        clients[idp.session] = client_for()
        sign_in_with_saml(idp, saml_row, clients[idp.session])
    return clients | {"password": client_for(bob)}


def left(sessions: dict[str, Client]) -> list[str]:
    return [name for name, client in sessions.items() if client.get("/account/").status_code == 200]


def request_for(idp: SamlIdp, row: IdentityProvider, hours: int = 0, **values: Any) -> Any:
    if hours:
        values["now"] = saml_time(datetime.now(UTC) + timedelta(hours=hours))
    return idp.logout_request(values.pop("destination", own_addresses(row).sign_out), **values)


def by_redirect(
    idp: SamlIdp, row: IdentityProvider, root: Any, keys: Any = None, more: str = ""
) -> HttpResponse:
    return client_for().get(f"{start_url(row)}saml/sign-out/?{idp.signed_query(root, keys)}{more}")


def by_form(idp: SamlIdp, row: IdentityProvider, root: Any, keys: Any = None) -> HttpResponse:
    sign(root, keys or idp.keys)
    form = {"SAMLRequest": encode(root), "RelayState": "there"}
    return client_for().post(f"{start_url(row)}saml/sign-out/", form)


@pytest.mark.parametrize("way", [by_redirect, by_form])
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ["password"]),
        ({"indexes": ("one",)}, ["two", "password"]),
        ({"indexes": ("one", "two")}, ["password"]),
        ({"indexes": ("three",)}, ["one", "two", "password"]),
        ({"name_id": "s-2"}, ["one", "two", "password"]),
        ({"name_id": "t-1", "name_format": TRANSIENT, "indexes": ("two",)}, ["one", "password"]),
        ({"name_id": "t-1", "name_format": TRANSIENT}, ["one", "two", "password"]),
    ],
    ids=["account", "session", "sessions", "another session", "another account", "transient", "nobody"],
)
def test_a_signed_request_ends_what_it_names(
    idp: SamlIdp,
    saml_row: IdentityProvider,
    sessions: dict[str, Client],
    way: Any,
    values: dict[str, Any],
    expected: list[str],
) -> None:
    answer = way(idp, saml_row, request_for(idp, saml_row, **values))
    assert answer["Location"].startswith(f"{SLO_URL}?SAMLResponse=")
    assert left(sessions) == expected


def test_the_answer_names_the_request_and_keeps_the_state(idp: SamlIdp, saml_row: IdentityProvider) -> None:
    root = request_for(idp, saml_row)
    query = parse_qs(urlsplit(by_form(idp, saml_row, root)["Location"]).query)
    answer = etree.fromstring(zlib.decompress(base64.b64decode(query["SAMLResponse"][0]), -15))
    assert (answer.get("InResponseTo"), query["RelayState"]) == (root.get("ID"), ["there"])
    IdentityProvider.objects.update(slo_url="")
    assert by_redirect(idp, saml_row, request_for(idp, saml_row)).status_code == 200


INVALID: list[dict[str, Any]] = [
    {"issuer": "https://elsewhere.example"},
    {"destination": "https://elsewhere.example"},
    {"hours": -1},
    {"hours": 1},
    {"now": "soon"},
]


def test_an_invalid_request_ends_nothing(
    idp: SamlIdp, saml_row: IdentityProvider, sessions: dict[str, Client], settings: Any
) -> None:
    settings.SIGN_IN_ADDRESS_ATTEMPTS = 2 * len(INVALID) + 1
    for way in (by_redirect, by_form):
        for values in INVALID:
            answer = way(idp, saml_row, request_for(idp, saml_row, **values))
            assert answer.status_code == 400, (way.__name__, values)
    assert left(sessions) == ["one", "two", "password"]


def test_a_request_of_another_key_or_of_none_ends_nothing(
    idp: SamlIdp, saml_row: IdentityProvider, sessions: dict[str, Client]
) -> None:
    foreign, address = KeyPair(), f"{start_url(saml_row)}saml/sign-out/"
    answers = [way(idp, saml_row, request_for(idp, saml_row), foreign) for way in (by_redirect, by_form)]
    unsigned = request_for(idp, saml_row)
    answers.append(client_for().post(address, {"SAMLRequest": encode(unsigned)}))
    query = idp.signed_query(unsigned)
    answers.append(client_for().get(f"{address}?{query.partition('&Signature')[0]}"))
    answers.append(client_for().get(f"{address}?{query.replace('rsa-sha256', 'rsa-sha1')}"))
    answers.append(client_for().get(f"{address}?{query}&{query}"))
    answers.append(by_redirect(idp, saml_row, unsigned, more="&RelayState=added"))
    answers += [client_for().get(address), client_for().post(address)]
    assert {one.status_code for one in answers} == {400}
    assert left(sessions) == ["one", "two", "password"]


def test_a_response_is_no_request_to_sign_out(
    idp: SamlIdp, saml_row: IdentityProvider, sessions: dict[str, Client]
) -> None:
    root = idp.response("_x", ("x", "x"))
    assert by_redirect(idp, saml_row, root).status_code == 400


def test_who_sends_many_invalid_requests_is_asked_to_wait(
    idp: SamlIdp, saml_row: IdentityProvider, settings: Any
) -> None:
    settings.SIGN_IN_ADDRESS_ATTEMPTS = 3
    address = f"{start_url(saml_row)}saml/sign-out/"
    assert [client_for().get(address).status_code for _ in range(4)] == [400, 400, 400, 429]
