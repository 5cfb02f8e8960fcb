"""Evidence of a school is cleared while lessons are polled and pages are opened: little work, short locks."""

import contextlib
import time
from collections.abc import Iterator
from statistics import median
from typing import NamedTuple

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Enterprise, User
from classes.lessons.services import start_lesson
from classes.mirror import polling
from classes.models import Lesson, Observation
from tests.faults import retention_work as work
from tests.faults.goals import goal, sabotage
from tests.faults.outbox_work import drain_outbox
from tests.faults.processes import ForkRunner
from tests.faults.sizes import FULL, size
from tests.support.iclass_service import create_lesson
from tests.support.page_client import client_for

ROWS, RUNS = size(full=10_000_000, ci=20_000), size(full=3, ci=1)
#: Rounds of polls and a page before evidence is cleared, and then in turns while it is and while it pauses.
ROUNDS, BUSY, PAUSED = size(full=100, ci=2), size(full=300, ci=2), size(full=60, ci=1)
#: Polls of a lesson before it begins anew, as in a lesson of an hour, however quick the polls are here.
POLLS_OF_LESSON = 50
#: Most rows that a run reads of the table for each that it clears, and how much slower a page may be.
MOST_READ, MOST_SLOWER = 3, 1.2
#: Longer than any poll or page may wait for a lock: the database ends its statement.
LONGEST_LOCK = "1s"


class Run(NamedTuple):
    """One run of the retention: rows of evidence, and what it cost those who polled and opened pages."""

    rows: int
    cleared: int
    read_per_row: float
    seconds: float
    growth: float
    longest_poll_s: float
    pages: int
    paused: int
    slower: float


class Beside(NamedTuple):
    """What goes on meanwhile: lessons that are polled, and somebody who opens the register of one."""

    lessons: list[Lesson]
    client: Client
    polls: list[float]

    def go_on(self, pages: list[float]) -> None:
        mine = Lesson.objects.filter(pk__in=[one.pk for one in self.lessons])
        if len(self.polls) % POLLS_OF_LESSON == 0:
            work.forget_polls(self.lessons)
        mine.update(look_at=(now := timezone.now()))
        began = time.perf_counter()
        polling.poll_lessons(100)
        polled = time.perf_counter()
        assert mine.filter(looked_at__gte=now).count() == len(self.lessons), "a poll was not written"
        opened = time.perf_counter()
        assert self.client.get(f"/lessons/{self.lessons[0].pk}/attendance/").status_code == 200
        self.polls.append(polled - began)
        pages.append(time.perf_counter() - opened)


@pytest.fixture
def beside(connected: Enterprise, alice: User, bob: User) -> Beside:
    lessons = [create_lesson(bob, alice, starts_at=timezone.now()) for _ in range(2)]
    for lesson in lessons:
        start_lesson(lesson=lesson, by=alice)
    drain_outbox()
    return Beside(lessons, client_for(alice), [])


@pytest.fixture
def short_locks(transactional_db: None) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{LONGEST_LOCK}'")
    yield
    connection.close()


def test_evidence_is_cleared_while_lessons_are_polled(
    forge: ForkRunner, beside: Beside, bob: User, short_locks: None
) -> None:
    work.plant_lessons(bob, ROWS // work.ROWS_OF_LESSON)
    for _run in range(RUNS):
        run = clear_meanwhile(forge, beside, bob)
        goal("retention", **run._asdict(), polls=len(beside.polls), longest_lock=LONGEST_LOCK)
        assert run.cleared == run.rows
        assert not Observation.objects.filter(lesson__final_at__isnull=False).exclude(raw={}).exists()
        assert run.read_per_row <= MOST_READ
        assert not FULL or run.slower <= MOST_SLOWER
        forget_evidence()


def test_without_the_keys_each_batch_reads_what_was_cleared_before(forge: ForkRunner, bob: User) -> None:
    work.plant_lessons(bob, 100)

    def check() -> None:
        planted = work.plant_evidence(bob)
        cleared, read = forge.run(work.CLEAR)
        assert cleared == planted
        assert read <= MOST_READ * planted, f"{read} rows read to clear {planted}"

    check()
    forget_evidence()
    sabotage("retention.keys", check)


def clear_meanwhile(forge: ForkRunner, beside: Beside, bob: User) -> Run:
    """Plant and clear the evidence once. What polls and pages read meanwhile is known from before."""
    before, busy, paused = list[float](), list[float](), list[float]()
    read_before = work.rows_read()
    repeat(ROUNDS, beside, before)
    read_by_round = (work.rows_read() - read_before) / ROUNDS
    planted, size_before, began = work.plant_evidence(bob), work.table_bytes(), time.monotonic()
    beside.polls.clear()
    with vacuumed(forge):
        child = forge.start(work.CLEAR)
        while (how := child.pause())["how"] == "stopped":
            if not work.is_vacuuming():
                repeat(PAUSED, beside, paused)
            child.resume()
            repeat(BUSY, beside, busy)
    seconds = time.monotonic() - began
    assert "result" in how, how
    cleared, read = how["result"]
    read -= round(len(beside.polls) * read_by_round)
    return Run(
        rows=planted,
        cleared=cleared,
        read_per_row=read / planted,
        seconds=seconds,
        growth=work.table_bytes() / size_before,
        longest_poll_s=max(beside.polls),
        pages=len(busy),
        paused=len(paused),
        slower=median(busy) / median(paused),
    )


def repeat(rounds: int, beside: Beside, pages: list[float]) -> None:
    for _round in range(rounds):
        beside.go_on(pages)


@contextlib.contextmanager
def vacuumed(forge: ForkRunner) -> Iterator[None]:
    """What autovacuum does within minutes, in the full size alone."""
    if not FULL:
        yield
        return
    child = forge.start(work.VACUUM)
    yield
    child.kill()
    with connection.cursor() as cursor:  # the server goes on with it, and keeps the table locked
        cursor.execute(work.END_VACUUM)


def forget_evidence() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE classes_observation")
