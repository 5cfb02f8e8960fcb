"""Passkeys under attack: other origins, replays, other people's passkeys, copies, and nonsense."""

import json
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client

from accounts.models import User
from accounts.sign_in.passkeys import relying_party
from accounts.sign_in.passkeys.challenges import CHALLENGE_KEY
from tests.accounts.sign_in.passkey_helpers import (
    ADD,
    CODE,
    REFUSED,
    SIGN_IN,
    add_passkey,
    is_signed_in,
    options_of,
    passkeys_of,
    sign_in_with,
)
from tests.accounts.sign_in.sign_in_helpers import audit_actions, submit_sign_in
from tests.support.authenticator import PRESENT, VERIFIED, SoftAuthenticator
from tests.support.page_client import client_for, page_text

pytestmark = pytest.mark.usefixtures("https")


@pytest.fixture
def phone(clock: Any, bob: User) -> SoftAuthenticator:
    device = SoftAuthenticator()
    add_passkey(client_for(bob), device)
    clock.shift(timedelta(seconds=1))
    return device


def refuses(client: Client, answer: str) -> bool:
    """Whether the answer is refused with the same sentence as every other one."""
    page = client.post(SIGN_IN, {"passkey": answer}, follow=True)
    return page.redirect_chain == [("/sign-in/", 302)] and REFUSED in page_text(page)


@pytest.mark.parametrize(
    "origin",
    [
        "https://console.example.edu.evil.example",
        "https://evil.example",
        "http://console.example.edu",
        "https://console.example.edu:8443",
        "https://sub.console.example.edu",
        "null",
    ],
)
def test_another_origin_is_refused(phone: SoftAuthenticator, origin: str) -> None:
    client = client_for()
    options = options_of(client, SIGN_IN)
    assert refuses(client, phone.use(options, origin=origin))


def test_another_relying_party_is_refused(phone: SoftAuthenticator) -> None:
    client = client_for()
    options = options_of(client, SIGN_IN)
    phone.origin = "https://evil.example"
    assert refuses(client, phone.use(options, origin="https://console.example.edu"))


def test_a_new_passkey_of_another_origin_is_refused(clock: Any, bob: User) -> None:
    client = client_for(bob)
    answer = SoftAuthenticator().create(options_of(client, ADD), origin="https://evil.example")
    assert REFUSED in page_text(client.post(ADD, {"name": "Phone", "passkey": answer}))
    assert passkeys_of(bob) == []


def test_an_answer_counts_once(phone: SoftAuthenticator, bob: User) -> None:
    client = client_for()
    answer = phone.use(options_of(client, SIGN_IN))
    assert client.post(SIGN_IN, {"passkey": answer})["Location"] == "/"
    client.post("/sign-out/")
    assert refuses(client, answer)
    assert refuses(client_for(), answer)


def test_a_failed_answer_uses_the_challenge_up(phone: SoftAuthenticator) -> None:
    client = client_for()
    options = options_of(client, SIGN_IN)
    assert refuses(client, phone.use(options, origin="https://evil.example"))
    assert refuses(client, phone.use(options))


def test_an_older_challenge_does_not_count_after_a_newer_one(phone: SoftAuthenticator, clock: Any) -> None:
    """Also where a device counts nothing, as phones that keep passkeys in a cloud."""
    phone.step = 0
    phone.counter = 0
    early, late = client_for(), client_for()
    first = options_of(early, SIGN_IN)
    clock.shift(timedelta(seconds=1))
    assert sign_in_with(late, phone)["Location"] == "/"
    assert refuses(early, phone.use(first))


def test_a_challenge_expires(phone: SoftAuthenticator, clock: Any) -> None:
    client = client_for()
    answer = phone.use(options_of(client, SIGN_IN))
    clock.shift(timedelta(minutes=5, seconds=1))
    assert refuses(client, answer)


def test_the_challenge_of_another_browser_or_purpose_is_refused(phone: SoftAuthenticator, bob: User) -> None:
    stolen = phone.use(options_of(client_for(), SIGN_IN))
    assert refuses(client_for(), stolen)
    client = client_for()
    options_of(client, SIGN_IN)
    assert refuses(client, stolen)
    signed_in = client_for(bob)
    proof = signed_in.post("/account/proof/options/").json()
    answer = signed_in.post(SIGN_IN, {"passkey": phone.use(proof)}, follow=True)
    assert REFUSED in page_text(answer)


def test_the_passkey_of_somebody_else_is_no_second_factor(
    phone: SoftAuthenticator, alice: User, clock: Any
) -> None:
    device = SoftAuthenticator()
    add_passkey(client_for(alice), device)
    clock.shift(timedelta(seconds=1))
    client = client_for()
    submit_sign_in(client, alice.login)
    for handle in (phone.handle, device.handle, b""):
        phone.handle = handle
        answer = client.post(CODE, {"passkey": phone.use(options_of(client, CODE))})
        assert REFUSED in page_text(answer)
    assert not is_signed_in(client)
    assert audit_actions().count("person.sign_in_failed") == 3


def test_nobody_signs_in_under_the_handle_of_somebody_else(
    phone: SoftAuthenticator, alice: User, clock: Any
) -> None:
    device = SoftAuthenticator()
    add_passkey(client_for(alice), device)
    clock.shift(timedelta(seconds=1))
    for handle in (device.handle, b"", b"zzzzzzzzzzzzzzzz", b"\xff\xfe", b"-1", b"x" * 21):
        phone.handle = handle
        client = client_for()
        assert refuses(client, phone.use(options_of(client, SIGN_IN)))
        assert not is_signed_in(client)


def test_the_key_of_another_device_under_a_known_id_is_refused(phone: SoftAuthenticator) -> None:
    forged = SoftAuthenticator(credential_id=phone.credential_id, handle=phone.handle, counter=50)
    client = client_for()
    assert refuses(client, forged.use(options_of(client, SIGN_IN)))


def test_a_copy_shows_by_its_counter_and_is_on_record(phone: SoftAuthenticator, clock: Any) -> None:
    copy = SoftAuthenticator(credential_id=phone.credential_id, handle=phone.handle, key=phone.key)
    copy.counter = phone.counter
    assert sign_in_with(client_for(), phone)["Location"] == "/"
    clock.shift(timedelta(seconds=1))
    client = client_for()
    assert refuses(client, copy.use(options_of(client, SIGN_IN)))
    assert "person.passkey_copied" in audit_actions()
    clock.shift(timedelta(seconds=1))
    assert sign_in_with(client_for(), phone)["Location"] == "/"


def test_a_device_that_did_not_verify_the_person_is_refused(phone: SoftAuthenticator, bob: User) -> None:
    for flags in (PRESENT, VERIFIED, 0):
        phone.flags = flags
        client = client_for()
        assert refuses(client, phone.use(options_of(client, SIGN_IN)))
    client = client_for(bob)
    answer = SoftAuthenticator(flags=PRESENT).create(options_of(client, ADD))
    assert REFUSED in page_text(client.post(ADD, {"passkey": answer}))


def test_who_is_deactivated_stays_outside(phone: SoftAuthenticator, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    client = client_for()
    assert refuses(client, phone.use(options_of(client, SIGN_IN)))


def test_nonsense_is_refused_like_everything_else(phone: SoftAuthenticator, bob: User) -> None:
    client = client_for()
    good = json.loads(phone.use(options_of(client, SIGN_IN)))
    bad = [
        "",
        "null",
        "[]",
        "{",
        '"text"',
        "[" * 10_000,
        "x" * 30_000,
        json.dumps({}),
        json.dumps({**good, "rawId": 7}),
        json.dumps({**good, "id": "\x00"}),
        json.dumps({**good, "response": None}),
        json.dumps({**good, "response": {}}),
        json.dumps({**good, "response": {**good["response"], "authenticatorData": "AAAA"}}),
        json.dumps({**good, "response": {**good["response"], "clientDataJSON": "AAAA"}}),
        json.dumps({**good, "response": {**good["response"], "signature": "!!"}}),
        json.dumps({**good, "response": {**good["response"], "userHandle": 3}}),
    ]
    signed_in = client_for(bob)
    for text in bad:
        options_of(client, SIGN_IN)
        Client().post(SIGN_IN, {"passkey": text}, REMOTE_ADDR="198.51.100.7")
        answer = client.post(SIGN_IN, {"passkey": text}, REMOTE_ADDR="198.51.100.8")
        assert answer["Location"] == "/sign-in/", text
        options_of(signed_in, ADD)
        assert signed_in.post(ADD, {"passkey": text}).status_code == 200, text
    assert passkeys_of(bob) == ["Phone"]


def test_an_address_has_thirty_tries(phone: SoftAuthenticator) -> None:
    client = client_for()
    for _ in range(30):
        client.post(SIGN_IN, {"passkey": "{}"})
    page = client.post(SIGN_IN, {"passkey": phone.use(options_of(client, SIGN_IN))}, follow=True)
    assert "Too many failed attempts." in page_text(page)
    assert "person.locked" in audit_actions()


def test_failures_of_others_lock_nobody_out(phone: SoftAuthenticator, bob: User) -> None:
    for _ in range(10):
        client = client_for()
        options = options_of(client, SIGN_IN)
        refuses(client, phone.use(options, origin="https://evil.example"))
    assert sign_in_with(client_for(), phone)["Location"] == "/"


def test_options_for_signing_in_name_nobody(phone: SoftAuthenticator) -> None:
    options = options_of(client_for(), SIGN_IN)["publicKey"]
    assert sorted(name for name, value in options.items() if value) == [
        "challenge",
        "rpId",
        "userVerification",
    ]
    assert options["rpId"] == "console.example.edu"


def test_passkeys_of_others_do_not_exist(
    phone: SoftAuthenticator, alice: User, charlie: User, bob: User
) -> None:
    passkey = Authenticator.objects.get(user=bob, type="webauthn")
    for person in (alice, charlie):
        client = client_for(person)
        for act in ("rename", "remove"):
            answer = client.post(f"/account/passkeys/{passkey.pk}/{act}/", {"name": "Mine"})
            assert answer.status_code == 404
    assert passkeys_of(bob) == ["Phone"]


@pytest.mark.django_db(transaction=True)
def test_two_requests_with_one_answer_sign_in_once(bob: User) -> None:
    """A session may be read by both before either has used the challenge up."""
    device = SoftAuthenticator(step=0)
    add_passkey(client_for(bob), device)
    first = client_for()
    answer = device.use(options_of(first, SIGN_IN))
    second = client_for()
    session = second.session
    session[CHALLENGE_KEY] = first.session[CHALLENGE_KEY]
    session.save()
    second.cookies["sessionid"] = session.session_key
    barrier, places = Barrier(2), []

    def come(client: Client) -> None:
        barrier.wait(timeout=30)
        places.append(client.post(SIGN_IN, {"passkey": answer})["Location"])
        connection.close()

    threads = [Thread(target=come, args=[client]) for client in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(places) == ["/", "/sign-in/"]


def test_a_page_that_is_opened_by_an_ip_address_offers_none_and_says_where(
    settings: Any, clock: Any, bob: User
) -> None:
    settings.PUBLIC_URL = "http://localhost:8000"
    here = {"HTTP_HOST": "127.0.0.1:8000"}
    assert "Sign in with a passkey" not in page_text(client_for(**here).get("/sign-in/"))
    assert "Open the console at http://localhost:8000 instead." in page_text(
        client_for(bob, **here).get("/account/")
    )
    there = {"HTTP_HOST": "localhost:8000"}
    assert "Sign in with a passkey" in page_text(client_for(**there).get("/sign-in/"))


@pytest.mark.parametrize(
    ("address", "available"),
    [
        ("https://console.example.edu", True),
        ("https://console.example.edu:8443", True),
        ("http://localhost:8000", True),
        ("http://console.localhost:8000", True),
        ("http://console.example.edu", False),
        ("http://127.0.0.1:8000", False),
        ("https://192.0.2.7", False),
        ("https://[2001:db8::1]", False),
    ],
)
def test_an_installation_without_https_has_none_and_says_so(
    settings: Any, clock: Any, bob: User, address: str, available: bool
) -> None:
    settings.PUBLIC_URL = address
    assert relying_party.is_available() is available
    client = client_for(bob)
    page = page_text(client.get("/account/"))
    assert ("Passkeys need a host name with https." in page) is not available
    assert ("Sign in with a passkey" in page_text(client_for().get("/sign-in/"))) is available
    answer = client_for().post(f"{SIGN_IN}options/")
    assert answer.status_code == (200 if available else 409)
    assert client.post(f"{ADD}options/").status_code == (200 if available else 409)
    assert client.post(SIGN_IN, {"passkey": "{}"})["Location"] == "/sign-in/"
