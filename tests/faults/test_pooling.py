"""A pooler that gives a connection to somebody else after each transaction: two schools at once over four
connections, and everybody sees what they see without it.
"""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest
import time_machine
from django.db import connection
from django.test import Client

from accounts.models import Enterprise, User
from console.policy.tokens import issue_token
from tests.faults.goals import goal, sabotage
from tests.faults.sizes import FULL, dice, size
from tests.security.addresses import ADDRESSES
from tests.security.sample_school import SampleSchool, build_sample_school
from tests.security.test_non_interference import NOT_OF_A_SCHOOL, READERS, digest_of
from tests.support.concurrent_calls import call_concurrently
from tests.support.pgbouncer import CONNECTIONS

#: Clients at once: more than connections, so that each gets one that another has just used.
CLIENTS = 3 * CONNECTIONS
#: Of the addresses, every so manieth; rounds, and questions of a round by lot.
EVERY = size(full=1, ci=16)
ROUNDS, QUESTIONS = size(full=50, ci=1), 480
pytestmark = [
    pytest.mark.faults,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(size(full=7200, ci=300)),
]


class Question(NamedTuple):
    """Who asks for what: a program with a token, or a browser with the cookie of a session."""

    path: str
    token: str
    cookie: str

    def answer(self) -> str:
        client = Client(raise_request_exception=False, headers={"accept-language": "en"})
        if self.cookie:
            client.cookies["sessionid"] = self.cookie
        headers = {"authorization": f"Token {self.token}"} if self.token else {}
        response: Any = client.get(self.path, headers=headers)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        return digest_of(response, body)


@pytest.fixture
def questions(
    school: Enterprise, other_school: Enterprise, olga: User, settings: Any
) -> Iterator[list[Question]]:
    """Of both schools in turn, while the clock stands still."""
    settings.REQUIRE_TWO_FACTOR, settings.REST_REQUESTS_A_MINUTE = False, 1_000_000
    # Some of the addresses count guesses, and the same one is asked often.
    settings.SIGN_IN_ADDRESS_ATTEMPTS = settings.SIGN_IN_ACCOUNT_ATTEMPTS = 1_000_000
    with time_machine.travel(datetime(2026, 11, 23, 2, 0, tzinfo=UTC), tick=False):
        worlds = [
            build_sample_school(school, other_school, olga),
            build_sample_school(other_school, school, olga),
        ]
        addresses = [one for one in ADDRESSES if one.knows("GET") and one.name not in NOT_OF_A_SCHOOL]
        turns = itertools.cycle(READERS)
        yield [
            _question(world, reader, address.path(world))
            for address in addresses[::EVERY]
            for world in worlds
            for reader in (READERS if FULL else [next(turns)])
        ]


def _question(world: SampleSchool, reader: str, path: str) -> Question:
    person = world.people[reader]
    if path.startswith("/api/"):
        return Question(path, issue_token(person), "")
    client = Client()
    client.force_login(person)  # type: ignore[arg-type]
    return Question(path, "", client.cookies["sessionid"].value)


@pytest.fixture
def known(questions: list[Question]) -> dict[Question, str]:
    """The answers without a pooler; of those that differ from one time to the next, the status alone."""
    first, second = ({one: one.answer() for one in questions} for _ in range(2))
    return {one: second[one] if first[one] == second[one] else second[one].split()[0] for one in questions}


@pytest.fixture
def pooled(known: dict[Question, str], pooler: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """New threads connect to the pooler; the test itself has its connection already."""
    monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
    monkeypatch.setitem(connection.settings_dict, "PORT", str(pooler))
    (outcome,) = call_concurrently(_port)
    assert outcome.value == pooler


def _port() -> int:
    connection.ensure_connection()
    return int(connection.connection.info.port)


def ask_at_once(known: dict[Question, str], rounds: int) -> list[str]:
    """Ask from many threads, in an order by lot; what was answered otherwise than before."""
    chance, wrong = dice("pooling"), []
    for _ in range(rounds):
        asked = chance.sample(list(known), min(QUESTIONS, len(known)))
        shares = [asked[client::CLIENTS] for client in range(CLIENTS)]
        outcomes = call_concurrently(
            *[lambda share=share: [one.answer() for one in share] for share in shares]
        )
        for share, outcome in zip(shares, outcomes, strict=True):
            answers = outcome.value or [f"none: {outcome.error!r}"] * len(share)
            wrong += [
                f"{one.path}: {answer} instead of {known[one]}"
                for one, answer in zip(share, answers, strict=True)
                if not answer.startswith(known[one])
            ]
    return wrong


def test_two_schools_at_once_see_what_they_see_without_a_pooler(
    pooled: None, known: dict[Question, str]
) -> None:
    whole = sum(" " in answer for answer in known.values())

    def check() -> None:
        wrong = ask_at_once(known, ROUNDS)
        asked = min(QUESTIONS, len(known)) * ROUNDS
        figures = {"questions": asked, "compared_whole": whole, "of": len(known), "wrong": len(wrong)}
        goal("pages behind a pooler", connections=CONNECTIONS, **figures)
        assert not wrong, "\n".join(wrong[:20])

    check()
    sabotage("policy.local", check)
    assert whole > 0.8 * len(known)
