"""A stranger guesses at many accounts: how many guesses come as far as the password, against the budget.

100 guesses over 10 accounts here; `python -m bench.guesses` runs the same with 10,000 over 1,000.
"""

import os
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from accounts.models import Enterprise, Role, User
from tests.accounts.sign_in.counting import CountingBackend
from tests.accounts.sign_in.sign_in_helpers import PASSWORD, submit_sign_in
from tests.faults.mutants import mutated
from tests.support.page_client import client_for

GUESSES = int(os.environ.get("GUESSES", "100"))
ACCOUNTS = GUESSES // 10
#: Seconds for one strategy; 10,000 whole requests take long on a busy machine.
TIMEOUT_S = 4 * 3600 if "GUESSES" in os.environ else 1800
BACKEND = "tests.accounts.sign_in.counting.CountingBackend"


@dataclass(frozen=True)
class Attack:
    """From so many addresses, in turn; every account gets ten guesses."""

    name: str
    addresses: int

    def budget(self) -> int:
        """What one window lets through at most (docs/security.md)."""
        return min(self.addresses * 30, ACCOUNTS * 5)

    def address(self, number: int) -> str:
        place = number % self.addresses
        return f"10.{place >> 16}.{place >> 8 & 255}.{place & 255}"


ATTACKS = [Attack("one address", 1), Attack("an address a guess", 1 << 20)]
if "GUESSES" in os.environ:
    ATTACKS += [Attack("forty addresses", 40)]


@pytest.fixture
def door(settings: Any, clock: Any, school: Enterprise) -> Client:
    """The door with its accounts; the clock stands still, so that all of it happens in one window."""
    settings.AUTHENTICATION_BACKENDS = [BACKEND]
    settings.TRUSTED_PROXIES = 1
    CountingBackend.looks = 0
    people = [
        User(
            enterprise=school,
            user_id=f"p{n}",
            login=f"p{n}@{school.sdkappid}",
            role=Role.TEACHER,
            nickname="P",
        )
        for n in range(ACCOUNTS)
    ]
    for person in people:
        person.set_password(PASSWORD)
    User.objects.bulk_create(people)
    return client_for()


def attack(client: Client, how: Attack, school: Enterprise, guesses: int) -> int:
    """How many guesses came as far as the password."""
    before = CountingBackend.looks
    for number in range(guesses):
        where = {"x-forwarded-for": how.address(number)}
        submit_sign_in(client, f"p{number % ACCOUNTS}@{school.sdkappid}", f"guess {number}", headers=where)
    return CountingBackend.looks - before


@pytest.mark.timeout(TIMEOUT_S)
@pytest.mark.parametrize("how", ATTACKS, ids=lambda how: how.name)
def test_guesses_stay_in_the_budget(door: Client, school: Enterprise, how: Attack) -> None:
    through = attack(door, how, school, GUESSES)
    print(
        f"sign-in guesses, {how.name}: {GUESSES:,} over {ACCOUNTS:,} accounts, "
        f"{through:,} looked at (budget {how.budget():,})"
    )
    assert through == how.budget()


def test_an_account_whose_owner_knows_the_password_comes_in_meanwhile(
    door: Client, school: Enterprise
) -> None:
    attack(door, ATTACKS[0], school, 40)
    own = {"x-forwarded-for": "192.0.2.1"}
    assert submit_sign_in(client_for(), f"p{ACCOUNTS // 2}@{school.sdkappid}", headers=own).status_code == 302


def test_without_the_defence_every_guess_is_looked_at(door: Client, school: Enterprise) -> None:
    """The control: the count would show a door that does not count."""
    with mutated("sign_in.counted"):
        assert attack(door, ATTACKS[0], school, 40) == 40
    assert attack(door, ATTACKS[0], school, 40) < 40
