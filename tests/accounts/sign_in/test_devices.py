"""Devices: notices of sign-ins from new ones, the place of a session, and signing out everywhere."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import KnownDevice, User
from accounts.people.erasure import erase_person
from accounts.sign_in.devices import COOKIE, describe_place
from accounts.sign_in.services import delete_expired
from console.notifications.models import Notification
from console.policy.tokens import issue_token
from tests.accounts.sign_in.sign_in_helpers import audit_actions, submit_sign_in
from tests.support.page_client import LANGUAGES, client_for, page_says, page_text

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36"


def device_notices(person: User) -> list[Any]:
    rows = Notification.objects.filter(person=person, kind="sign_in.new_device").order_by("pk")
    return [row.args for row in rows]


def browser(machine: str = CHROME) -> Client:
    return Client(headers={"accept-language": "en", "user-agent": machine})


def test_the_first_device_is_no_news_and_the_second_one_is(clock: Any, bob: User) -> None:
    submit_sign_in(browser(), bob.login)
    assert device_notices(bob) == []
    clock.shift(timedelta(minutes=1))
    submit_sign_in(browser(), bob.login, REMOTE_ADDR="198.51.100.7")
    assert device_notices(bob) == [{"device": "Chrome · Windows", "address": "198.51.100.7"}]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_notice_says_what_to_do(clock: Any, bob: User, language: str) -> None:
    submit_sign_in(browser(), bob.login)
    clock.shift(timedelta(minutes=1))
    submit_sign_in(browser(), bob.login)
    page = client_for(bob, language).get("/notices/")
    assert "Chrome · Windows" in page_text(page)
    assert page_says(page, "Keys, tokens and signing in", language)


def test_a_device_is_known_by_its_cookie_for_each_person(clock: Any, bob: User, alice: User) -> None:
    submit_sign_in(browser(), bob.login)
    shared = browser()
    for person in (bob, alice, bob, alice):
        clock.shift(timedelta(minutes=1))
        submit_sign_in(shared, person.login)
        shared.post("/sign-out/")
    assert (len(device_notices(bob)), len(device_notices(alice))) == (1, 0)
    cookie = shared.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert not KnownDevice.objects.filter(digest=cookie.value).exists()


def test_a_made_up_cookie_makes_nothing_known(clock: Any, bob: User) -> None:
    submit_sign_in(browser(), bob.login)
    for value in ("", "x", "x" * 32, "x" * 4000):
        clock.shift(timedelta(minutes=1))
        client = browser()
        client.cookies[COOKIE] = value
        submit_sign_in(client, bob.login)
    assert len(device_notices(bob)) == 4


def test_a_failed_sign_in_makes_no_device_known(clock: Any, bob: User) -> None:
    submit_sign_in(browser(), bob.login, "wrong")
    assert not KnownDevice.objects.exists()


def test_operators_have_devices_and_no_notices(clock: Any, olga: User) -> None:
    olga.set_password("cheshire-cat-grins")
    olga.save(update_fields=["password"])
    for _ in range(2):
        submit_sign_in(browser(), olga.login)
    assert KnownDevice.objects.filter(person=olga).count() == 2
    assert device_notices(olga) == []


def test_devices_are_forgotten_after_half_a_year(clock: Any, bob: User) -> None:
    submit_sign_in(browser(), bob.login)
    clock.shift(timedelta(days=179))
    delete_expired()
    assert KnownDevice.objects.count() == 1
    clock.shift(timedelta(days=2))
    delete_expired()
    assert KnownDevice.objects.count() == 0


def test_an_erasure_takes_them_along(clock: Any, alice: User, bob: User) -> None:
    submit_sign_in(browser(), bob.login)
    erase_person(person=bob, by=alice, reason="asked")
    assert not KnownDevice.objects.filter(person=bob).exists()


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("address", "own", "place"),
    [
        ("198.51.100.7", "198.51.100.200", "the network that you are in now"),
        ("2001:db8::1", "2001:db8::ffff", "the network that you are in now"),
        ("10.1.2.3", "8.8.8.8", "a local network"),
        ("8.8.4.4", "8.8.8.8", "another network"),
        ("2600::1", "8.8.8.8", "another network"),
    ],
)
def test_a_place_is_said_as_far_as_an_address_tells_it(address: str, own: str, place: str) -> None:
    assert describe_place(address, own) == place


def test_the_list_says_device_and_place(clock: Any, bob: User) -> None:
    here, there = browser(), browser("Mozilla/5.0 (iPhone) MicroMessenger/8.0")
    submit_sign_in(here, bob.login)
    submit_sign_in(there, bob.login, REMOTE_ADDR="8.8.8.8")
    text = page_text(here.get("/account/"))
    assert "127.0.0.1 (the network that you are in now)" in text
    assert "8.8.8.8 (another network)" in text


def test_signing_out_everywhere_ends_this_session_too_and_no_token(clock: Any, bob: User) -> None:
    here, there = browser(), browser()
    for client in (here, there):
        submit_sign_in(client, bob.login)
    token = issue_token(bob)
    assert here.post("/account/sessions/end-all/")["Location"] == "/sign-in/"
    assert [client.get("/account/").status_code for client in (here, there)] == [302, 302]
    headers = {"authorization": f"Token {token}"}
    assert client_for().get("/api/v1/lessons/", headers=headers).status_code == 200
    assert "person.sessions_ended" in audit_actions()


def test_it_asks_for_a_proof_first(clock: Any, bob: User) -> None:
    here = browser()
    submit_sign_in(here, bob.login)
    clock.shift(timedelta(minutes=11))
    assert "Confirm that it is you" in page_text(here.post("/account/sessions/end-all/"))
    assert here.get("/account/").status_code == 200
