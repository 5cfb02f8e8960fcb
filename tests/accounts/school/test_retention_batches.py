"""Retention runs do work in proportion to the rows that they clear, and wait for no lock for long."""

import itertools
import time
from collections.abc import Callable, Iterable

import psycopg
import pytest
from django.db import connection

from accounts.models import Enterprise, User
from accounts.school import retention
from classes.models import Observation
from tests.faults.retention_work import plant_evidence, plant_lessons
from tests.support import database
from tests.support.cast import create_person
from tests.support.rows_read import pretend_empty, rows_read, take_statistics

TABLES = ["classes_lesson", "classes_observation"]
LESSONS, ROWS_OF_LESSON = 30, 100
#: Rows that a run reads for each that it clears: to find it, to clear it, and in part once more.
MOST_READ = 4


@pytest.mark.django_db
@pytest.mark.parametrize("believe", [pretend_empty, take_statistics])
def test_each_row_is_read_a_few_times_however_many_there_are(
    bob: User, other_school: Enterprise, believe: Callable[[Iterable[str]], None]
) -> None:
    teachers = {LESSONS: bob, 4 * LESSONS: create_person(other_school, "duchess", "teacher")}
    read = {}
    for lessons, teacher in teachers.items():
        plant_lessons(teacher, lessons)
        planted = plant_evidence(teacher, ROWS_OF_LESSON)
        believe(TABLES)
        with connection.cursor() as cursor:  # as in a large table, which is never read from end to end
            cursor.execute("SET LOCAL enable_seqscan = off")
        cleared: list[int] = []
        read[planted] = rows_read(lambda cleared=cleared: cleared.append(retention.clear_all_schools()))
        assert cleared == [planted]
        Enterprise.objects.update(keep_evidence_days=None)
    assert all(rows <= MOST_READ * planted for planted, rows in read.items()), read


@pytest.mark.django_db
def test_each_batch_is_followed_by_a_pause(bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    plant_lessons(bob, 3 * retention.PARENTS)
    plant_evidence(bob, 1)
    pauses: list[float] = []
    clock = itertools.count()  # a second passes each time that somebody looks
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(time, "sleep", pauses.append)
    retention.clear_all_schools()
    assert len(pauses) == 3
    assert all(pause >= retention.PAUSE for pause in pauses), pauses


@pytest.mark.django_db(transaction=True)
def test_rows_that_somebody_keeps_locked_are_left_for_the_next_run(
    bob: User, caplog: pytest.LogCaptureFixture
) -> None:
    plant_lessons(bob, 2 * retention.PARENTS)
    rows = plant_evidence(bob, 1)
    locked = Observation.objects.earliest("lesson_id")
    with psycopg.connect(database.own_url()) as other:
        other.execute("SELECT id FROM classes_observation WHERE id = %s FOR UPDATE", [locked.pk])
        assert retention.clear_all_schools() == rows - retention.PARENTS
        other.rollback()
    assert "keep_evidence_days was left for the next run" in caplog.text
    assert retention.clear_all_schools() == retention.PARENTS
    assert not Observation.objects.exclude(raw={}).exists()


@pytest.mark.django_db(transaction=True)
def test_the_next_statement_of_the_connection_waits_as_long_as_before(bob: User) -> None:
    plant_lessons(bob, 1)
    plant_evidence(bob, 1)
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        before = cursor.fetchone()
        assert retention.clear_all_schools() == 1
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == before
