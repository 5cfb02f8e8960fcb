"""A single sign-on in a browser where somebody else is signed in replaces nobody without being asked."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import IdentityProvider, User
from accounts.people.services import deactivate_person
from tests.accounts.school.identity.oidc_provider import OidcProvider
from tests.accounts.school.identity.sign_in_steps import sign_in_with
from tests.accounts.sign_in.sign_in_helpers import add_second_factor
from tests.support.guardians import create_account, create_guardian, guardian_in
from tests.support.page_client import LANGUAGES, client_for, page_says, page_text

pytestmark = pytest.mark.django_db
SWITCH = "/sign-in/switch/"


def school_of(client: Client) -> str:
    """Whose school the browser shows: that of Alice, or that of Charlie."""
    return "Wonderland" if "Wonderland" in page_text(client.get("/school/")) else "other"


@pytest.fixture
def visitor(provider: OidcProvider, row: IdentityProvider, alice: User, charlie: User) -> Client:
    """Charlie's, in which a sign-in as Alice has come back from the provider."""
    provider.claims = {"preferred_username": "alice"}
    client = client_for(charlie)
    assert sign_in_with(provider, row, client, "/people/")["Location"] == SWITCH
    return client


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_is_signed_in_is_asked_first(visitor: Client, alice: User, charlie: User, language: str) -> None:
    page = visitor.get(SWITCH, headers={"accept-language": language})
    assert page_says(page, "Somebody else is signed in here", language)
    assert charlie.login in page_text(page)
    assert alice.login in page_text(page)
    assert school_of(visitor) == "other"


def test_only_a_form_replaces_the_session(visitor: Client, alice: User) -> None:
    assert visitor.post(SWITCH, {"answer": "continue"})["Location"] == "/people/"
    assert school_of(visitor) == "Wonderland"
    assert visitor.get(SWITCH)["Location"] == "/", "it is asked once"


def test_a_page_of_somebody_else_cannot_send_the_form(visitor: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = visitor.cookies
    assert strict.post(SWITCH, {"answer": "continue"}).status_code == 403
    assert school_of(visitor) == "other"


def test_one_may_stay_who_one_is(visitor: Client) -> None:
    assert visitor.post(SWITCH, {"answer": "stay"})["Location"] == "/"
    assert school_of(visitor) == "other"
    assert visitor.post(SWITCH, {"answer": "continue"})["Location"] == "/"
    assert school_of(visitor) == "other"


def test_the_question_is_valid_for_ten_minutes(visitor: Client) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert visitor.post(SWITCH, {"answer": "continue"})["Location"] == "/"
        assert school_of(visitor) == "other"


def test_somebody_deactivated_in_between_does_not_come_in(visitor: Client, alice: User, olga: User) -> None:
    deactivate_person(person=alice, by=olga)
    assert visitor.post(SWITCH, {"answer": "continue"})["Location"] == "/"
    assert school_of(visitor) == "other"


def test_a_provider_that_was_switched_off_in_between_signs_nobody_in(
    visitor: Client, row: IdentityProvider
) -> None:
    IdentityProvider.objects.update(is_enabled=False)
    assert visitor.post(SWITCH, {"answer": "continue"})["Location"] == "/"
    assert school_of(visitor) == "other"


def test_the_second_factor_is_asked_for_after_the_switch(visitor: Client, alice: User) -> None:
    add_second_factor(alice)
    assert visitor.post(SWITCH, {"answer": "continue"})["Location"] == "/sign-in/code/"
    assert visitor.get("/people/").status_code == 302


def test_whoever_signs_in_again_as_themselves_is_not_asked(
    provider: OidcProvider, row: IdentityProvider, alice: User
) -> None:
    provider.claims = {"preferred_username": "alice"}
    assert sign_in_with(provider, row, client_for(alice))["Location"] == "/"


def test_without_a_question_the_page_leads_on(db: Any, alice: User) -> None:
    assert client_for(alice).get(SWITCH)["Location"] == "/"
    assert client_for().get(SWITCH)["Location"] == "/sign-in/"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_guardian_is_asked_too_and_may_stay(
    provider: OidcProvider, row: IdentityProvider, alice: User, dina: User, language: str
) -> None:
    provider.claims = {"preferred_username": "alice"}
    client = guardian_in(client_for(language=language), create_account(create_guardian(dina)))
    assert sign_in_with(provider, row, client)["Location"] == SWITCH
    page = client.get(SWITCH)
    assert page_says(page, "You are signed in as a guardian.", language)
    assert page_says(page, "Stay signed in as a guardian", language)
    assert client.post(SWITCH, {"answer": "stay"})["Location"] == "/guardian/"
    assert client.get("/guardian/account/").status_code == 200
    assert client.get(SWITCH)["Location"] == "/sign-in/", "it is asked once"


def test_a_guardian_who_goes_on_as_a_user_leaves_no_session_behind(
    provider: OidcProvider, row: IdentityProvider, alice: User, dina: User
) -> None:
    provider.claims = {"preferred_username": "alice"}
    client = guardian_in(client_for(), create_account(create_guardian(dina)))
    former = client.cookies["sessionid"].value
    sign_in_with(provider, row, client)
    assert client.post(SWITCH, {"answer": "continue"})["Location"] == "/"
    assert school_of(client) == "Wonderland"
    client.cookies["sessionid"] = former
    assert client.get("/guardian/account/")["Location"] == "/guardian/sign-in/"
