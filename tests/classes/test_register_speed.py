"""A lesson of five hundred: how long reckoning and drawing it take, in processor time of the console.

`LESSON_OF=500 python -m pytest tests/classes/test_register_speed.py -s` prints the figures.
"""

import os
import time
from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from classes.attendance.register import recompute
from classes.models import Lesson, Member, Observation
from tests.classes.rows import over

pytestmark = pytest.mark.django_db
PEOPLE = int(os.environ.get("LESSON_OF", "500"))
TRIES = 15
#: Beside other workers of a test run the same work takes the processor longer: they share its caches. The
#: bar of 50 ms itself is asked of a run alone, as `python -m bench.register` makes it.
CROWDED = 1.5 if os.environ.get("PYTEST_XDIST_WORKER") else 1
#: Seconds of the processor, and of the clock of an idle machine, at most.
RECKONED_S, DRAWN_S, QUERIES = 0.05 * CROWDED, 0.3, 15


@pytest.fixture
def lesson(bob: User) -> Lesson:
    """Bob's, with people who come and go, polled every twenty seconds."""
    lesson = over(bob)
    users = User.objects.bulk_create(
        User(
            enterprise=bob.enterprise,
            user_id=f"s{n}",
            login=f"s{n}@speed",
            role="student",
            nickname=f"Student {n}",
        )
        for n in range(PEOPLE)
    )
    Member.objects.bulk_create(Member(lesson=lesson, user=user) for user in users)
    chance, rows, here = Random(7), [], set(range(PEOPLE - 30))
    at = lesson.real_started_at
    rows += [seen(lesson, at, n, True) for n in here]
    while (at := at + timedelta(seconds=20)) <= lesson.real_ended_at:
        moved = {chance.randrange(PEOPLE) for _ in range(5)} if chance.random() < 0.4 else set()
        here ^= moved
        rows += [seen(lesson, at, n, n in here) for n in moved]
        rows += [] if moved else [Observation(lesson=lesson, source="tick", seen_at=at)]
    Observation.objects.bulk_create(rows)
    return lesson


def seen(lesson: Lesson, at, n: int, present: bool) -> Observation:
    return Observation(
        lesson=lesson,
        source="poll",
        seen_at=at,
        user_id=f"s{n}",
        present=present,
        entered_at=at if present else None,
    )


def fastest(act: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the processor and of the clock, each the best of some tries."""
    best_cpu = best_clock = float("inf")
    for _ in range(TRIES):
        cpu, clock = time.process_time(), time.perf_counter()
        act()
        best_cpu = min(best_cpu, time.process_time() - cpu)
        best_clock = min(best_clock, time.perf_counter() - clock)
    return best_cpu, best_clock


def told(what: str, figures: tuple[float, float], bar: float) -> None:
    cpu, clock = (f"{seconds * 1000:.0f} ms" for seconds in figures)
    print(f"lesson of {PEOPLE}: {what} {cpu} (bar {bar * 1000:.0f} ms; clock {clock})")


def test_it_is_reckoned_and_drawn_in_time(lesson, browse, bob):
    recompute(lesson)
    reckoned = fastest(lambda: recompute(lesson))
    told("reckoned in", reckoned, RECKONED_S)
    path = f"/lessons/{lesson.pk}/attendance/"
    browse(bob, path)
    drawn = fastest(lambda: browse(bob, path))
    told("drawn in", drawn, DRAWN_S)
    with CaptureQueriesContext(connection) as asked:
        browse(bob, path)
    print(f"lesson of {PEOPLE}: {len(asked)} queries (bar {QUERIES})")
    assert reckoned[0] < RECKONED_S
    assert drawn[0] < DRAWN_S
    assert len(asked) <= QUERIES
