"""The limit of refused responses at the address to which a provider of SAML 2.0 sends its form."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse

from accounts.models import IdentityProvider, User
from tests.accounts.school.identity.conftest import create_saml_provider
from tests.accounts.school.identity.saml_idp import SamlIdp
from tests.accounts.school.identity.saml_steps import ask, own, post_answer, sign_in_with_saml
from tests.accounts.school.identity.sign_in_steps import start_url
from tests.accounts.school.identity.test_saml import is_told
from tests.accounts.sign_in.sign_in_helpers import NOW, audit_values
from tests.support.page_client import LANGUAGES, client_for

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(db: None, settings: Any) -> Iterator[Any]:
    """Three failures from an address within a window; the clock stands still until it is moved."""
    settings.SIGN_IN_ADDRESS_ATTEMPTS = settings.SIGN_IN_ACCOUNT_ATTEMPTS = 3
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def send_rubbish(row: IdentityProvider, number: int = 3) -> list[HttpResponse]:
    return [client_for().post(f"{start_url(row)}saml/", {"SAMLResponse": "x"}) for _ in range(number)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_after_too_many_refusals_a_good_response_waits_and_a_sentence_says_so(
    idp: SamlIdp, saml_row: IdentityProvider, alice: User, clock: Any, settings: Any, language: str
) -> None:
    idp.attributes = {"uid": "alice"}
    client = client_for(language=language)
    assert is_told(client, send_rubbish(saml_row)[-1], "failed", language)
    answer = post_answer(saml_row, idp.response(ask(saml_row, client), own(saml_row)))
    assert is_told(client, answer, "limited", language)
    clock.shift(timedelta(seconds=settings.SIGN_IN_LOCK_S + 1))
    assert sign_in_with_saml(idp, saml_row, client)["Location"] == "/"


def test_good_responses_do_not_count(idp: SamlIdp, saml_row: IdentityProvider, alice: User) -> None:
    idp.attributes = {"uid": "alice"}
    send_rubbish(saml_row, 2)
    for _ in range(4):
        assert sign_in_with_saml(idp, saml_row, client_for())["Location"] == "/"
    assert is_told(client_for(), send_rubbish(saml_row, 2)[-1], "limited")


def test_other_providers_other_addresses_and_passwords_do_not_wait(
    idp: SamlIdp, saml_row: IdentityProvider, alice: User, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = 1
    alice.set_password("croquet at half past four")
    alice.save(update_fields=["password"])
    idp.attributes = {"uid": "alice"}
    send_rubbish(saml_row, 5)
    other = create_saml_provider(saml_row.enterprise, idp)
    answer = post_answer(other, idp.response(ask(other, client_for()), own(other)))
    assert "/saml/finish/?answer=" in answer["Location"]
    typed = {"username": alice.login, "password": "croquet at half past four"}
    assert client_for().post("/sign-in/", typed)["Location"] == "/"
    elsewhere = client_for()
    text = {"SAMLResponse": "x"}
    answer = elsewhere.post(f"{start_url(saml_row)}saml/", text, headers={"x-forwarded-for": "10.9.9.9"})
    assert is_told(elsewhere, answer, "failed")


def test_the_lock_is_recorded_once(saml_row: IdentityProvider) -> None:
    send_rubbish(saml_row, 6)
    (locked,) = (after for action, after in audit_values("after") if action == "person.locked")
    assert (locked["locked"], locked["provider"]) == ("address", "School account")
