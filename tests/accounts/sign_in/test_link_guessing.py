"""A stranger guesses at password links: what is looked up, against the budget, and what is found.

100 guesses here; `python -m bench.guesses` runs the same with 10,000.
"""

import os
from random import Random
from typing import Any

import pytest
from django.test import Client

from accounts.models import Enterprise, PasswordLink, Role, User
from accounts.sign_in.password_links import TOKEN_ALPHABET, TOKEN_LENGTH, Delivery, issue_link
from tests.support.cast import create_person
from tests.support.page_client import client_for

GUESSES = int(os.environ.get("GUESSES", "100"))
PEOPLE = 20
#: Seconds for one strategy; 10,000 whole requests take long on a busy machine.
TIMEOUT_S = 4 * 3600 if "GUESSES" in os.environ else 1800


@pytest.fixture
def tokens(settings: Any, clock: Any, school: Enterprise, alice: User) -> list[str]:
    """Links that wait; the clock stands still, so that all of it happens in one window."""
    settings.TRUSTED_PROXIES = 1
    people = [create_person(school, f"p{number}", Role.STUDENT) for number in range(PEOPLE)]
    return [issue_link(person=one, by=alice, delivery=Delivery.CARD).token for one in people]


def guesses(tokens: list[str]) -> list[str]:
    """Half of them at random, half of them links that exist with one character changed."""
    dice = Random(20_261_128)
    found = []
    for number in range(GUESSES):
        guess = dice.choices(TOKEN_ALPHABET, k=TOKEN_LENGTH)
        if number % 2:
            guess = list(tokens[number % PEOPLE])
            place = dice.randrange(TOKEN_LENGTH)
            guess[place] = dice.choice(TOKEN_ALPHABET.replace(guess[place], ""))
        found.append("".join(guess))
    return found


def looked_up(client: Client, tokens: list[str], addresses: int) -> int:
    """Try all guesses from so many addresses, in turn; return how many were looked up."""
    number = 0
    for place, guess in enumerate(guesses(tokens)):
        where = {"x-forwarded-for": f"10.{place % addresses >> 8}.{place % addresses & 255}.1"}
        answer = client.get(f"/password/{guess}/", headers=where)
        number += answer["Location"] == "/password/"
        assert client.get("/password/").status_code == 404 if place % 100 == 0 else True
    return number


@pytest.mark.timeout(TIMEOUT_S)
@pytest.mark.parametrize("addresses", [1, 3], ids=["one address", "three addresses"])
def test_guesses_at_links_stay_in_the_budget_and_find_none(
    tokens: list[str], settings: Any, addresses: int
) -> None:
    client = client_for()
    through = looked_up(client, tokens, addresses)
    budget = settings.SIGN_IN_ADDRESS_ATTEMPTS * addresses
    found = client.get("/password/").status_code == 200
    print(
        f"sign-in guesses, links from {addresses}: {GUESSES:,} guesses, {through:,} looked up "
        f"(budget {budget:,}), {int(found)} found"
    )
    assert through <= budget
    assert not found
    assert not PasswordLink.objects.filter(used_at__isnull=False).exists()


def test_whoever_has_the_link_comes_in_meanwhile(tokens: list[str]) -> None:
    looked_up(client_for(), tokens, 1)
    own = client_for()
    own.get(f"/password/{tokens[0]}/", headers={"x-forwarded-for": "192.0.2.1"})
    assert own.get("/password/").status_code == 200
