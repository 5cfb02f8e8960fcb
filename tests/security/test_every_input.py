"""Every parameter of every address, of pages, REST and the admin, with sixty hostile values as everybody: no
answer is a fault of ours, and no traceback comes into the log.

`FAULTS=full` sends 20,000 requests or more; else a few of them, to every 25th address, chosen by the seed
that the line prints.
"""

import logging
import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from accounts.models import Enterprise, User
from console.policy.tokens import issue_token
from tests.faults.goals import goal
from tests.faults.sizes import FULL, FULL_TIMEOUT_S, dice, size
from tests.security.addresses import ADDRESSES
from tests.security.expected import Expected
from tests.security.hostile_values import TEXTS
from tests.security.parameters import Parameter, Sender, parameters
from tests.security.sample_school import SampleSchool, build_sample_school
from tests.security.test_matrix import may

REQUESTS = size(full=20_000, ci=60)
#: One of so many addresses is asked; a table has six in the Django admin, of which so each has its turn.
STEP = size(full=1, ci=25)
COLUMNS = ("student", "teacher", "admin", "superadmin", "operator", "anonymous")
#: Where no worker runs.
NOT_READY = "readyz"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.timeout(FULL_TIMEOUT_S if FULL else 900),
]


@pytest.fixture
def world(school: Enterprise, other_school: Enterprise, olga: User) -> SampleSchool:
    return build_sample_school(school, other_school, olga)


@pytest.fixture
def sender(world: SampleSchool, settings: Any) -> Sender:
    settings.REQUIRE_TWO_FACTOR = False
    settings.REST_REQUESTS_A_MINUTE = 10**9
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.security.parameters.RecordParameterNames"]
    cache.clear()
    tokens = {column: issue_token(person) for column, person in world.people.items() if person is not None}
    return Sender(world, tokens, dice("every input"))


class Tracebacks(logging.Handler):
    """Keeps the lines that carry one."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1] is not None:
            self.found.append(f"{record.name} {record.levelname}: {record.exc_info[1]!r:.200}")


@pytest.fixture
def tracebacks() -> Iterator[Tracebacks]:
    handler = Tracebacks()
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)


def chosen(every: list[Parameter], requests: int) -> Iterator[tuple[Parameter, int]]:
    """So many cases, each parameter equally often, with values in an order of its own."""
    choice = dice("every input: cases")
    begins = [choice.randrange(len(TEXTS)) for _one in every]
    order = list(range(len(every)))
    sent = 0
    while sent < requests:
        choice.shuffle(order)
        for number in order[: requests - sent]:
            begins[number] += 7  # no divisor of the number of values, so that all of them have their turn
            yield every[number], begins[number]
        sent += len(order)


def reader_of(one: Parameter, world: SampleSchool, choice: random.Random) -> str:
    """Somebody; three times of four somebody who may, or most requests would end at a refusal."""
    expected = one.address.expected(one.method) or Expected(who="nobody")
    allowed = [column for column in COLUMNS if may(column, expected, world)]
    return choice.choice(allowed if allowed and choice.random() < 0.75 else COLUMNS)


def ask(sender: Sender, one: Parameter, column: str, value: int) -> Any:
    """What a request did is taken back."""
    with transaction.atomic():
        answer = sender.send(one, column, value)
        transaction.set_rollback(True)
    return answer


def test_no_value_of_any_parameter_ends_in_a_fault(sender: Sender, tracebacks: Tracebacks) -> None:
    schema = Client().get("/api/schema/?format=json").json()
    with transaction.atomic():
        every = list(dict.fromkeys(parameters(sender, ADDRESSES[::STEP], schema)))
        transaction.set_rollback(True)
    tracebacks.found.clear()
    choice, faults, told = dice("every input: people"), list[str](), list[str]()
    for one, value in chosen(every, REQUESTS):
        column = reader_of(one, sender.world, choice)
        answer = ask(sender, one, column, value)
        where = f"{one.method} {one.address.route} {one.place} {one.name} as {column} with {value}"
        if answer.status_code >= 500 and one.address.name != NOT_READY:
            faults.append(f"{where}: {answer.status_code}")
        told += [f"{where}: {line}" for line in tracebacks.found]
        tracebacks.found.clear()
    goal(
        "every input",
        requests=REQUESTS,
        addresses=len({one.address.route for one in every}),
        parameters=len(every),
        values=len(TEXTS),
        **{"5xx": len(faults), "tracebacks": len(told)},
    )
    assert len(TEXTS) >= 60
    assert faults + told == []
