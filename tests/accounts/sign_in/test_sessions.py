"""Sessions: how long they live, what ends them, and who sees them."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import translation

from accounts.models import Role, User
from accounts.people import services
from accounts.sign_in import user_agents
from accounts.sign_in.forms.security import PROOF_FIELD
from accounts.sign_in.services import change_password, delete_expired
from tests.accounts.sign_in.sign_in_helpers import PASSWORD, audit_actions, audit_values, submit_sign_in
from tests.support.page_client import LANGUAGES, client_for, page_says, page_text

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36"
WECHAT = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148 MicroMessenger/8.0"
NEW = "a-grin-without-a-cat"


def signed_in(person: User, machine: str = CHROME) -> Client:
    client = Client(headers={"accept-language": "en", "user-agent": machine})
    assert submit_sign_in(client, person.login).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_half_an_hour_of_nothing_ends_a_session_and_says_why(clock: Any, alice: User) -> None:
    client = signed_in(alice)
    clock.shift(timedelta(minutes=29))
    assert is_in(client)
    clock.shift(timedelta(minutes=29))
    assert is_in(client)
    clock.shift(timedelta(minutes=31))
    answer = client.get("/people/", follow=True)
    assert answer.redirect_chain == [("/sign-in/?next=/people/", 302)]
    assert page_says(answer, "You were signed out due to inactivity. Sign in again.")
    assert audit_values("reason")[-1][0] == "person.sign_out"


def test_a_page_that_refreshes_itself_is_not_somebody_doing_something(clock: Any, alice: User) -> None:
    client = signed_in(alice)
    for _ in range(6):
        clock.shift(timedelta(minutes=5))
        assert client.get("/account/", headers={"x-background": "1"}).status_code == 200
    clock.shift(timedelta(minutes=1))
    assert client.get("/account/", headers={"x-background": "1"}).status_code == 302


def test_twelve_hours_are_the_most_however_busy_somebody_is(clock: Any, alice: User, settings: Any) -> None:
    settings.SESSION_IDLE_S = 4 * 3600
    client = signed_in(alice)
    for _ in range(3):
        clock.shift(timedelta(hours=3, minutes=59, seconds=40))
        assert is_in(client)
    clock.shift(timedelta(minutes=2))
    assert not is_in(client)


def test_the_browser_remembers_nothing_beyond_its_own_end(alice: User) -> None:
    cookie = signed_in(alice).cookies["sessionid"]
    assert (cookie["max-age"], cookie["expires"], cookie["httponly"]) == ("", "", True)


@pytest.mark.parametrize(
    "change",
    [
        lambda person, by: services.deactivate_person(person=person, by=by),
        lambda person, by: change_password(person=person, password=NEW, by=by),
        lambda person, by: services.edit_person(person=person, by=by, role=Role.ASSISTANT),
    ],
    ids=["deactivated", "password", "role"],
)
def test_sessions_die_with_the_person_the_password_and_the_role(
    clock: Any, alice: User, bob: User, change: Any
) -> None:
    clients = [signed_in(bob), signed_in(bob, WECHAT)]
    change(User.objects.get(pk=bob.pk), alice)
    assert not any(is_in(client) for client in clients)
    assert not UserSession.objects.filter(user=bob).exists()
    assert "person.sessions_ended" in audit_actions()


def test_a_session_from_before_does_not_rise_again(clock: Any, alice: User, bob: User) -> None:
    client = signed_in(bob)
    services.deactivate_person(person=bob, by=alice)
    services.reactivate_person(person=bob, by=alice)
    assert not is_in(client)


def test_a_role_that_the_service_changed_ends_the_session_too(clock: Any, bob: User) -> None:
    client = signed_in(bob)
    User.objects.filter(pk=bob.pk).update(role=Role.ASSISTANT)
    assert not is_in(client)


def test_one_sees_where_one_is_signed_in(clock: Any, alice: User) -> None:
    signed_in(alice, WECHAT)
    clock.shift(timedelta(minutes=3))
    page = signed_in(alice).get("/account/")
    assert [(open.label, open.is_current) for open in page.context["sessions"]] == [
        ("Chrome on Windows", True),
        ("WeChat on iPhone", False),
    ]
    assert page_says(page, "this device")
    assert "127.0.0.1" in page_text(page)


def test_being_last_seen_is_noted_to_the_minute(clock: Any, alice: User) -> None:
    client = signed_in(alice)
    seen = UserSession.objects.get().last_seen_at
    clock.shift(timedelta(seconds=30))
    client.get("/account/")
    assert UserSession.objects.get().last_seen_at == seen
    clock.shift(timedelta(seconds=31))
    client.get("/account/")
    assert UserSession.objects.get().last_seen_at == seen + timedelta(seconds=61)


def test_one_session_is_ended_and_the_others_go_on(clock: Any, alice: User) -> None:
    phone, desk, third = signed_in(alice, WECHAT), signed_in(alice), signed_in(alice)
    row = UserSession.objects.get(session_key=phone.session.session_key)
    desk.post(f"/account/sessions/{row.pk}/end/")
    assert (is_in(phone), is_in(desk), is_in(third)) == (False, True, True)
    assert audit_values("object_id", "after")[-1] == ("person.sessions_ended", str(alice.pk), {"sessions": 1})


def test_all_others_are_ended_at_once(clock: Any, alice: User, bob: User) -> None:
    phone, desk, theirs = signed_in(alice, WECHAT), signed_in(alice), signed_in(bob)
    desk.post("/account/sessions/end/")
    assert (is_in(phone), is_in(desk), is_in(theirs)) == (False, True, True)


def test_long_after_signing_in_ending_the_others_wants_a_proof_and_ending_this_one_none(
    clock: Any, alice: User
) -> None:
    phone, desk = signed_in(alice, WECHAT), signed_in(alice)
    clock.shift(timedelta(minutes=11))
    row = UserSession.objects.get(session_key=phone.session.session_key)
    for path in (f"/account/sessions/{row.pk}/end/", "/account/sessions/end/"):
        assert page_says(desk.post(path), "Confirm that it is you", "en")
        assert is_in(phone)
    assert desk.post("/account/sessions/end/", {PROOF_FIELD: PASSWORD}).status_code == 302
    assert (is_in(phone), is_in(desk)) == (False, True)
    clock.shift(timedelta(minutes=11))
    own = UserSession.objects.get(session_key=desk.session.session_key)
    assert desk.post(f"/account/sessions/{own.pk}/end/")["Location"].startswith("/sign-in/")


def test_nobody_ends_somebody_elses(clock: Any, alice: User, charlie: User) -> None:
    hers = signed_in(alice)
    row = UserSession.objects.get(user=alice)
    assert signed_in(charlie).post(f"/account/sessions/{row.pk}/end/").status_code == 404
    assert is_in(hers)


def test_ending_is_asked_for_by_post_alone(clock: Any, alice: User) -> None:
    client = signed_in(alice)
    row = UserSession.objects.get(user=alice)
    assert client.get(f"/account/sessions/{row.pk}/end/").status_code == 405
    assert client.get("/account/sessions/end/").status_code == 405


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_password_of_ones_own_signs_out_everywhere_else(clock: Any, alice: User, language: str) -> None:
    other, client = signed_in(alice), client_for(language=language)
    submit_sign_in(client, alice.login)
    typed = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    answer = client.post("/account/password/", typed, follow=True)
    assert page_says(answer, "Your password has been changed. You are signed out everywhere else.", language)
    assert (is_in(client), is_in(other)) == (True, False)
    assert submit_sign_in(client_for(), alice.login, NEW).status_code == 302
    assert "person.password" in audit_actions()


@pytest.mark.parametrize(
    ("old", "new", "again", "words"),
    [
        ("wrong", NEW, NEW, "The password is incorrect. Check it and the Caps Lock key."),
        (PASSWORD, NEW, NEW + "x", "The two new passwords do not match. Enter them again."),
        (PASSWORD, "12345678", "12345678", None),
        (PASSWORD, "short", "short", "The password is too short. Use at least 8 characters."),
    ],
)
def test_a_new_password_keeps_the_rules(
    clock: Any, alice: User, old: str, new: str, again: str, words: str | None
) -> None:
    typed = {"old_password": old, "new_password1": new, "new_password2": again}
    answer = signed_in(alice).post("/account/password/", typed)
    assert answer.status_code == 200
    assert words is None or words in page_text(answer)
    assert submit_sign_in(client_for(), alice.login).status_code == 302


def test_guessing_the_old_password_in_an_open_session_has_a_budget(clock: Any, alice: User) -> None:
    client = signed_in(alice)
    typed = {"new_password1": NEW, "new_password2": NEW}
    for _ in range(5):
        client.post("/account/password/", {**typed, "old_password": "wrong"})
    answer = client.post("/account/password/", {**typed, "old_password": PASSWORD})
    assert "Too many failed attempts. Try again after" in page_text(answer)
    assert submit_sign_in(client_for(), alice.login).status_code == 302


def test_the_password_page_of_the_admin_is_ours(clock: Any, alice: User) -> None:
    assert signed_in(alice).get("/admin/password_change/")["Location"] == "/account/password/"


def test_a_command_ends_every_session_of_a_login(clock: Any, alice: User, capsys: Any) -> None:
    client = signed_in(alice)
    call_command("sign_in", "end-sessions", alice.login)
    assert not is_in(client)


def test_rows_of_sessions_that_are_over_are_dropped(clock: Any, alice: User) -> None:
    signed_in(alice)
    clock.shift(timedelta(hours=13))
    assert delete_expired() >= 2
    assert not Session.objects.exists()
    assert not UserSession.objects.exists()


@pytest.mark.parametrize(
    ("machine", "words"),
    [
        (CHROME, "Chrome on Windows"),
        (CHROME + " Edg/131.0", "Edge on Windows"),
        (WECHAT, "WeChat on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0", "Firefox on Linux"),
        ("curl/8.5", "A program"),
    ],
)
def test_a_machine_is_told_in_words(machine: str, words: str) -> None:
    with translation.override("en"):
        assert user_agents.describe_user_agent(machine) == words
