"""The budget of guesses: what is let through to the password, and for how long the door stays shut."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import SignInThrottle, User
from accounts.sign_in import attempt_limits
from tests.accounts.sign_in.sign_in_helpers import PASSWORD, audit_actions, audit_values, submit_sign_in
from tests.faults.mutants import mutated
from tests.support.page_client import client_for, page_says, page_text

pytestmark = pytest.mark.django_db
LOGIN = "alice@1400000001"


def guess(account: attempt_limits.AttemptLimit, times: int = 1) -> int:
    """How many of so many wrong guesses were let through."""
    through = 0
    for _ in range(times):
        if attempt_limits.take_attempt(account) is None:
            through += 1
            attempt_limits.record_failure(account)
    return through


def test_five_wrong_guesses_lock_a_login_for_a_quarter_of_an_hour(clock: Any) -> None:
    assert guess(attempt_limits.login_limit(LOGIN), 20) == 5
    assert attempt_limits.locked_until(attempt_limits.login_limit(LOGIN)) == timezone.now() + timedelta(
        minutes=15
    )
    clock.shift(timedelta(minutes=14, seconds=59))
    assert guess(attempt_limits.login_limit(LOGIN)) == 0
    clock.shift(timedelta(seconds=2))
    assert guess(attempt_limits.login_limit(LOGIN)) == 1


def test_a_lock_doubles_up_to_its_cap_so_that_a_day_has_room_for_fifty(clock: Any) -> None:
    began, locks, through = timezone.now(), [], 0
    while timezone.now() < began + timedelta(hours=24):
        through += guess(attempt_limits.login_limit(LOGIN), 6)
        until = attempt_limits.locked_until(attempt_limits.login_limit(LOGIN))
        locks.append((until - timezone.now()) / timedelta(minutes=1))
        clock.shift(until - timezone.now() + timedelta(seconds=1))
    assert locks[:6] == [15, 30, 60, 120, 240, 240]
    assert through == 50


def test_a_day_without_guesses_makes_the_next_lock_a_first_one(clock: Any) -> None:
    guess(attempt_limits.login_limit(LOGIN), 5)
    clock.shift(timedelta(minutes=16))
    guess(attempt_limits.login_limit(LOGIN), 5)
    clock.shift(timedelta(hours=25))
    guess(attempt_limits.login_limit(LOGIN), 5)
    assert attempt_limits.locked_until(attempt_limits.login_limit(LOGIN)) == timezone.now() + timedelta(
        minutes=15
    )


def test_guesses_that_lie_far_apart_lock_nobody(clock: Any) -> None:
    for _ in range(12):
        assert guess(attempt_limits.login_limit(LOGIN), 4) == 4
        clock.shift(timedelta(minutes=15, seconds=1))


def test_a_right_guess_begins_anew(clock: Any) -> None:
    guess(attempt_limits.login_limit(LOGIN), 4)
    attempt_limits.reset_limit(attempt_limits.login_limit(LOGIN))
    assert guess(attempt_limits.login_limit(LOGIN), 9) == 5


def test_a_login_is_the_same_however_it_is_written(clock: Any) -> None:
    assert guess(attempt_limits.login_limit(LOGIN), 5) == 5
    assert guess(attempt_limits.login_limit(" ALICE@1400000001")) == 0


def test_an_address_has_thirty_and_its_lock_does_not_grow(clock: Any) -> None:
    for _ in range(3):
        assert guess(attempt_limits.address_limit("192.0.2.1"), 40) == 30
        clock.shift(timedelta(minutes=15, seconds=1))
    assert guess(attempt_limits.address_limit("192.0.2.2"), 1) == 1


def test_addresses_of_one_ipv6_network_are_one(clock: Any) -> None:
    guess(attempt_limits.address_limit("2001:db8:1:2::1"), 30)
    assert guess(attempt_limits.address_limit("2001:db8:1:2:ffff::9")) == 0
    assert guess(attempt_limits.address_limit("2001:db8:1:3::1")) == 1


def test_what_was_typed_stands_nowhere(clock: Any) -> None:
    guess(attempt_limits.login_limit("my-password-in-the-wrong-field"))
    assert "password" not in str(list(SignInThrottle.objects.values()))


@pytest.mark.django_db(transaction=True)
def test_guesses_of_the_same_instant_cannot_take_more_than_there_are(clock: Any) -> None:
    def one(_: int) -> int:
        try:
            return int(attempt_limits.take_attempt(attempt_limits.login_limit(LOGIN)) is None)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(40))) == 5


def test_rows_that_say_nothing_any_more_are_dropped(clock: Any) -> None:
    guess(attempt_limits.login_limit(LOGIN))
    clock.shift(timedelta(hours=49))
    guess(attempt_limits.login_limit("bob@1400000001"))
    assert (attempt_limits.delete_expired(), SignInThrottle.objects.count()) == (1, 1)


def test_the_fifth_wrong_password_says_when_to_come_back(clock: Any, alice: User) -> None:
    client = client_for()
    answers = [submit_sign_in(client, LOGIN, "wrong") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429] * 2
    assert answers[-1]["Retry-After"] == "901"
    assert "Too many failed attempts. Try again after 10:15" in page_text(answers[-1])


def test_while_it_is_locked_the_right_password_is_not_looked_at_either(clock: Any, alice: User) -> None:
    client = client_for()
    for _ in range(5):
        submit_sign_in(client, LOGIN, "wrong")
    assert submit_sign_in(client, LOGIN).status_code == 429
    clock.shift(timedelta(minutes=15, seconds=1))
    assert submit_sign_in(client, LOGIN).status_code == 302


def test_a_login_that_nobody_has_is_locked_in_the_same_words(clock: Any, alice: User) -> None:
    told = [
        page_text(submit_sign_in(client_for(), login, "wrong"))
        for login in [LOGIN] * 5 + ["nobody@1400000001"] * 5
    ]
    page = [re.sub(r'csrfmiddlewaretoken" value="\w+', "", words.split("<form")[-1]) for words in told]
    assert [words.replace("nobody", "alice") for words in page[5:]] == page[:5]


def test_many_logins_from_one_address_are_stopped_by_the_address(clock: Any, alice: User) -> None:
    codes = [submit_sign_in(client_for(), f"p{number}@1400000001", "x").status_code for number in range(40)]
    assert (codes.count(200), codes.count(429)) == (29, 11)


def test_good_sign_ins_cost_an_address_nothing(clock: Any, alice: User, settings: Any) -> None:
    settings.SIGN_IN_ADDRESS_ATTEMPTS = 3
    for _ in range(5):
        assert submit_sign_in(client_for(), LOGIN).status_code == 302


def test_failures_and_locks_are_on_record_without_what_strangers_typed(clock: Any, alice: User) -> None:
    submit_sign_in(client_for(), "secret-typed-here", "wrong")
    for _ in range(7):
        submit_sign_in(client_for(), LOGIN, "wrong")
    rows = audit_values("object_id", "actor", "enterprise", "after")
    failed = ("person.sign_in_failed", str(alice.pk), None, alice.enterprise_id)
    told = {"by": "password", "address": "127.0.0.1"}
    assert rows[:6] == [("person.sign_in_failed", "", None, None, told)] + [(*failed, told)] * 5
    assert [row[0] for row in rows[6:]] == ["person.locked"]
    assert rows[6][4]["locked"] == "login"
    assert "secret-typed-here" not in str(rows)


def test_an_administrator_unlocks_on_record(clock: Any, alice: User, bob: User) -> None:
    for _ in range(5):
        submit_sign_in(client_for(), bob.login, "wrong")
    page = client_for(alice)
    assert page_says(page.get(f"/people/{bob.pk}/"), "Unlock sign-in")
    page.post(f"/people/{bob.pk}/unlock/")
    assert submit_sign_in(client_for(), bob.login).status_code == 302
    assert "person.unlock" in audit_actions()
    assert not page_says(page.get(f"/people/{bob.pk}/"), "Unlock sign-in")


def test_nobody_of_another_school_and_no_teacher_unlocks(
    clock: Any, alice: User, bob: User, charlie: User
) -> None:
    for _ in range(5):
        submit_sign_in(client_for(), alice.login, "wrong")
    assert client_for(charlie).post(f"/people/{alice.pk}/unlock/").status_code == 404
    assert client_for(bob).post(f"/people/{alice.pk}/unlock/").status_code == 403
    assert submit_sign_in(client_for(), alice.login).status_code == 429


def test_behind_a_proxy_the_address_is_the_one_that_it_tells(clock: Any, alice: User, settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1
    for number in range(31):
        submit_sign_in(
            client_for(),
            f"p{number}@1400000001",
            "x",
            headers={"x-forwarded-for": f"{number}.0.0.1, 192.0.2.9"},
        )
    locked = submit_sign_in(client_for(), LOGIN, headers={"x-forwarded-for": "192.0.2.9"})
    free = submit_sign_in(client_for(), LOGIN, headers={"x-forwarded-for": "192.0.2.9, 192.0.2.10"})
    assert (locked.status_code, free.status_code) == (429, 302)


def test_without_a_proxy_nobody_chooses_an_address(clock: Any, alice: User) -> None:
    for number in range(31):
        submit_sign_in(
            client_for(), f"p{number}@1400000001", "x", headers={"x-forwarded-for": f"192.0.2.{number}"}
        )
    assert submit_sign_in(client_for(), LOGIN).status_code == 429


def test_without_the_defence_every_guess_is_looked_at(clock: Any, alice: User) -> None:
    """The control: these tests would see a budget that does not count."""
    with mutated("sign_in.counted"):
        assert [submit_sign_in(client_for(), LOGIN, "wrong").status_code for _ in range(8)] == [200] * 8
        assert submit_sign_in(client_for(), LOGIN, PASSWORD).status_code == 302
