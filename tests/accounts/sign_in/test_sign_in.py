"""The door: who comes in, where it leads, and what it says to those who stay outside."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.people.services import deactivate_person
from console.audit.models import AuditEntry
from tests.support.page_client import LANGUAGES, client_for, page_says

PASSWORD = "cheshire-cat-grins"
REFUSAL = "The login or password is incorrect. Check both and try again, or use “Forgot your password?”."
DOOR = "/sign-in/"


@pytest.fixture
def alice(alice: User) -> User:
    alice.set_password(PASSWORD)
    alice.save(update_fields=["password"])
    return alice


def knock(client: Client, login: str, password: str = PASSWORD, next: str = "") -> object:
    return client.post(DOOR, {"username": login, "password": password, "next": next})


def test_a_person_signs_in_with_user_id_and_school(alice: User) -> None:
    client = client_for()
    answer = knock(client, "alice@1400000001")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get(reverse("accounts:people")).status_code == 200


def test_a_full_width_at_of_a_chinese_keyboard_and_spaces_around_do_no_harm(alice: User) -> None:
    assert knock(client_for(), "  alice＠1400000001 ").status_code == 302


def test_signing_in_and_out_is_on_record(alice: User) -> None:
    client = client_for()
    knock(client, alice.login)
    client.post(reverse("accounts:sign_out"))
    acts = AuditEntry.objects.order_by("id").values_list("action", "actor", "enterprise")
    assert list(acts) == [
        ("person.sign_in", alice.pk, alice.enterprise_id),
        ("person.sign_out", alice.pk, alice.enterprise_id),
    ]


def test_signing_out_is_asked_for_by_post_alone(alice: User) -> None:
    client = client_for(alice)
    assert client.get(reverse("accounts:sign_out")).status_code == 405
    assert client.get(reverse("accounts:people")).status_code == 200


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("login", "password"),
    [("alice@1400000001", "wrong"), ("nobody@1400000001", PASSWORD), ("alice@1400000002", PASSWORD)],
)
def test_a_refusal_does_not_tell_what_was_wrong(
    alice: User, login: str, password: str, language: str
) -> None:
    answer = knock(client_for(language=language), login, password)
    assert answer.status_code == 200
    assert page_says(answer, REFUSAL, language)


def test_somebody_deactivated_hears_the_same_and_an_open_session_ends(alice: User, bob: User) -> None:
    inside = client_for(alice)
    deactivate_person(person=alice, by=bob)
    assert page_says(knock(client_for(), alice.login), REFUSAL)
    assert inside.get(reverse("accounts:people")).status_code == 302


def test_the_way_goes_on_to_where_one_wanted_to_go(alice: User) -> None:
    client = client_for()
    sent = client.get("/people/?role=student")
    assert sent["Location"] == "/sign-in/?next=/people/%3Frole%3Dstudent"
    assert 'name="next" value="/people/?role=student"' in client.get(sent["Location"]).content.decode()
    assert knock(client, alice.login, next="/people/?role=student")["Location"] == "/people/?role=student"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "https:evil", "\\\\evil"]
)
def test_the_way_never_leads_out_of_the_console(alice: User, elsewhere: str) -> None:
    assert knock(client_for(), alice.login, next=elsewhere)["Location"] == "/"


def test_the_door_does_not_lead_to_itself(alice: User) -> None:
    assert client_for(alice).get(f"{DOOR}?next={DOOR}")["Location"] == "/"


def test_an_operator_begins_at_the_list_of_schools(olga: User) -> None:
    assert knock(client_for(), "olga", "queen-of-hearts")["Location"] == reverse("accounts:schools")
