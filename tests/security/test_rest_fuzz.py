"""REST as everybody, with requests that fit its description and requests that do not: no fault of ours, and
no answer that the description does not know.

`REST_FUZZ=20000`, or `python -m bench.rest_fuzz`, says how many requests all readers send together; else a
hundred: every address is asked by somebody.
"""

import os
from collections import Counter
from operator import itemgetter

import pytest
from django.db import connection

from accounts.models import Enterprise, User
from console.policy.tokens import issue_token
from tests.faults.goals import add_to_goal
from tests.security.fuzzing import Result, fuzz, operations
from tests.security.sample_school import SampleSchool, build_sample_school
from tests.security.test_matrix import COLUMNS

CASES = int(os.environ.get("REST_FUZZ") or 100)
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.timeout(300 + CASES),
    # The client of schemathesis leaves the files of requests and answers to the collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def world(school: Enterprise, other_school: Enterprise, olga: User) -> SampleSchool:
    return build_sample_school(school, other_school, olga)


@pytest.fixture(scope="module")
def whole(django_db_setup: None, django_db_blocker: object) -> list[object]:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        return operations()


def thrown(world: SampleSchool, column: str, cases: int, whole: list[object]) -> Result:
    person = world.people[column]
    turn = list(COLUMNS).index(column)
    return fuzz(world, issue_token(person) if person is not None else "", cases, turn, whole)


@pytest.mark.parametrize("columns", [list(COLUMNS)[n::3] for n in range(3)], ids=itemgetter(0))
def test_generated_requests_find_no_fault_and_nothing_that_is_not_described(
    world: SampleSchool, whole: list[object], columns: list[str]
) -> None:
    results = {column: thrown(world, column, -(-CASES // len(COLUMNS)), whole) for column in columns}
    statuses = sum((result.statuses for result in results.values()), Counter[int]())
    breaches = [
        f"{where} as {column}\n  {told}"
        for column, result in results.items()
        for where, told in result.breaches.items()
    ]
    faults = sum(count for status, count in statuses.items() if status >= 500)
    add_to_goal("rest fuzz", cases=statuses.total(), faults=faults, breaches=len(breaches))
    assert all(result.cases for result in results.values())
    assert not breaches, "\n".join(breaches)


def test_a_fault_and_a_status_that_is_not_described_are_found(
    world: SampleSchool, whole: list[object]
) -> None:
    """The control: a table is away, and a description says less than is answered."""
    lists = [one for one in whole if one.label == "GET /api/v1/recordings/"]  # type: ignore[attr-defined]
    assert thrown(world, "admin", 4, lists).breaches == {}
    strict = [one for one in operations(unsaid="404") if one.label == "GET /api/v1/lessons/{id}/"]
    strangers = thrown(world, "admin of another school", 20, strict)
    assert any(where.endswith(" 404") for where in strangers.breaches), strangers
    with connection.cursor() as cursor:
        cursor.execute("alter table classes_recording rename to elsewhere")
    assert set(thrown(world, "admin", 4, lists).breaches) == {"GET /api/v1/recordings/ 500"}
