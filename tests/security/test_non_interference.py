"""Whatever happens in another school, a school's pages, files and REST answers stay the same byte for byte.

Random worlds: everything that the other school has is altered, copied or deleted at random, one world on top
of the other, while the clock stands still. What may differ from one answer to the next (the form's own token,
the number of the request) is taken out before comparing.
"""

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from typing import Any, NamedTuple

import pytest
import time_machine
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from accounts.models import Enterprise, User
from tests.faults.goals import goal, sabotage
from tests.faults.mutants import mutated
from tests.faults.sizes import FULL, dice, size
from tests.security.addresses import ADDRESSES, Address
from tests.security.random_changes import change_randomly
from tests.security.sample_school import SampleSchool, build_sample_school

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
READERS = ("superadmin", "admin", "teacher", "student", "supervisor", "other teacher", "head of grade")
#: Of the platform and not of a school, or the way out; all for everybody.
NOT_OF_A_SCHOOL = {"healthz", "readyz", "metrics", "schema", "accounts:sign_out", "admin:logout"}
#: A secret or a token that is drawn anew, and a file of the trail that names itself by its number. They
#: differ from one answer to the next whatever anybody does, which is checked.
DRAWN_ANEW = {"/account/second-factor/", "/account/sessions/stay/", "/audit/entries.csv"}
#: Where another school would be seen first, were both walls down.
SEEN_THROUGH = (
    *(f"/api/v1/{name}/" for name in ("users", "groups", "lessons", "documents", "operations", "audit")),
    *("/people/", "/groups/", "/lessons/", "/jobs/", "/people/tokens/", "/admin/accounts/user/"),
)
VARIES = re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]*|("X-CSRFToken": ?")[^"]*')
NOT_TOLD = {"set-cookie", "x-request-id", "content-length"}


class Question(NamedTuple):
    reader: str
    path: str


class Asker:
    """Asks as the people of one school, and leaves nothing behind."""

    def __init__(self, world: SampleSchool) -> None:
        self.client = Client(raise_request_exception=False, headers={"accept-language": "en"})
        self.cookies = {}
        for reader in READERS:
            client = Client()
            client.force_login(world.people[reader])  # type: ignore[arg-type]
            self.cookies[reader] = client.cookies.output(header="", sep=";")

    def digest(self, question: Question) -> str:
        self.client.cookies = SimpleCookie(self.cookies[question.reader])
        with transaction.atomic():
            response = self.client.get(question.path)
            body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
            transaction.set_rollback(True)
        return digest_of(response, body)


def digest_of(response: HttpResponse, body: bytes) -> str:
    """Status and digest of an answer, without what differs from one to the next."""
    told = sorted(
        f"{name}: {value}" for name, value in response.headers.items() if name.lower() not in NOT_TOLD
    )
    number = response.headers.get("X-Request-ID", "-").encode()
    whole = "\n".join([str(response.status_code), *told]).encode()
    whole += VARIES.sub(b"", body).replace(number, b"")
    return f"{response.status_code} {hashlib.sha256(whole).hexdigest()}"


def pages(mine: SampleSchool, theirs: SampleSchool) -> list[list[str]]:
    """Every address that answers GET: with rows of the own school, with a search, and with theirs."""
    return [
        list(dict.fromkeys([address.path(mine), *_variants(address, mine, theirs)]))
        for address in ADDRESSES
        if address.knows("GET") and address.name not in NOT_OF_A_SCHOOL
    ]


def _variants(address: Address, mine: SampleSchool, theirs: SampleSchool) -> list[str]:
    expected = address.expected("GET")
    if expected is None:
        return []
    if expected.subject:
        return [address.path(theirs)]
    return [f"{address.path(mine)}?q=a"] if expected.action == "list" else []


@pytest.fixture
def stands_still() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def worlds(
    stands_still: None, school: Enterprise, other_school: Enterprise, olga: User, settings: Any
) -> tuple[SampleSchool, SampleSchool]:
    settings.REQUIRE_TWO_FACTOR = False
    return build_sample_school(school, other_school, olga), build_sample_school(other_school, school, olga)


def questions_of(mine: SampleSchool, theirs: SampleSchool) -> list[Question]:
    """Everybody asks for everything; where time is short every fourth address is asked for once, each second
    time by the superadmin, who sees most.
    """
    questions = []
    for number, paths in enumerate(pages(mine, theirs)[:: size(full=1, ci=4)]):
        turn = number // 2
        reader = READERS[0] if number % 2 else READERS[1:][turn % len(READERS[1:])]
        shown = Question(reader, paths[turn % len(paths)])
        questions += [Question(one, path) for one in READERS for path in paths] if FULL else [shown]
    return list(dict.fromkeys(questions))


def differing(
    worlds: tuple[SampleSchool, SampleSchool],
    name: str,
    questions: list[Question],
    *,
    rounds: int,
    shares: int,
) -> list[str]:
    """The questions whose answers change while the other school does.

    `shares` says into how many parts the questions are cut: each world answers one of them, in turn. Changes
    stay, so what one world lets through still stands in those after it.
    """
    mine, theirs = worlds
    asker, chance = Asker(mine), dice(name)
    before = {question: asker.digest(question) for question in questions}
    found, asked, changed = set(), 0, 0
    for number in range(rounds):
        changed += change_randomly(theirs.rows["school"], chance, 25).total()
        for question in questions[number % shares :: shares]:
            asked += 1
            if asker.digest(question) == before[question]:
                continue
            if question.path in DRAWN_ANEW and asker.digest(question) != asker.digest(question):
                continue
            found.add(f"{question.reader} {question.path}")
    answered = sum(told.startswith("200") for told in before.values())
    goal(
        name,
        worlds=rounds,
        changes=changed,
        pages=len(questions),
        of_them_200=answered,
        compared=asked,
        differing=len(found),
    )
    return sorted(found)


@pytest.mark.slow
@pytest.mark.faults
@pytest.mark.usefixtures("short_refusals")
@pytest.mark.timeout(7200 if FULL else 1200)
def test_what_happens_in_another_school_changes_nothing_here(
    worlds: tuple[SampleSchool, SampleSchool],
) -> None:
    sizes = {"rounds": size(full=200, ci=3), "shares": size(full=24, ci=3)}
    found = differing(worlds, "non-interference", questions_of(*worlds), **sizes)
    assert found == []


@pytest.mark.slow
@pytest.mark.parametrize("wall", ["policy.rows", "policy.narrowed"])
def test_without_both_walls_it_is_seen_and_each_one_holds_alone(
    worlds: tuple[SampleSchool, SampleSchool], wall: str
) -> None:
    other = {"policy.rows": "policy.narrowed", "policy.narrowed": "policy.rows"}[wall]

    questions = [Question("superadmin", path) for path in SEEN_THROUGH]

    def check() -> None:
        assert differing(worlds, "non-interference by one wall", questions, rounds=2, shares=1) == []

    with mutated(wall):
        check()

    sabotage(other, check, also=(wall,))
