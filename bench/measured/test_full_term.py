"""A term from one file, and the timetable of the school that has it; `TERM_GROUPS=60` is the full size."""

import os
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Enterprise, User
from classes.models import Lesson, Member
from classes.timetable.imports.import_type import TIMETABLE_IMPORT
from console.imports import services
from console.jobs import runner
from tests.classes.timetable.imports.timetable_files import (
    GROUPS,
    LESSONS,
    STUDENTS,
    WEEKS,
    fill_school,
    next_monday,
    term_rows,
    xlsx_file,
)
from tests.support.anchor import bar_now

FULL = int(os.environ.get("TERM_GROUPS", "6"))
#: The bars of the full size; a tenth of it gets no less, for a busy machine has a floor.
PLANNED_S, WEEK_MS, QUERIES = 120, 300, 12

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(900)]


@pytest.mark.parametrize("series", [True, False], ids=["weekly rules", "one row a lesson"])
def test_a_term_is_planned_from_one_file_in_time(
    school: Enterprise, alice: User, client: Client, series: bool
) -> None:
    fill_school(school, FULL)
    monday = next_monday()
    file = xlsx_file(term_rows(monday, FULL, series=series))
    began = time.perf_counter()
    source = services.receive_file(TIMETABLE_IMPORT, file=file, filename="term.xlsx", by=alice)
    runner.run_due_jobs(1)
    source.refresh_from_db()
    checked = time.perf_counter() - began
    services.apply_import(TIMETABLE_IMPORT, source=source, by=alice)
    took = time.perf_counter() - began
    lessons, members = Lesson.objects.count(), Member.objects.count()
    kind = "weekly rules" if series else "one row a lesson"
    print(
        f"term of {lessons} lessons and {members} memberships ({kind}):"
        f" {took:.1f} s from the file, {checked:.1f} s of it until the preview (bar {PLANNED_S} s)"
    )
    assert (lessons, members) == (WEEKS * FULL * LESSONS, WEEKS * FULL * LESSONS * STUDENTS)
    if series:
        _week(client, alice, monday)
    assert took < bar_now(PLANNED_S)


def _week(client: Client, reader: User, monday: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE classes_lesson, classes_member, accounts_user")
    client.force_login(reader)
    path = f"/timetable/lessons/?start={monday}&end={monday + timedelta(days=7)}"
    client.get(path)
    times = []
    for _round in range(5):
        with CaptureQueriesContext(connection) as asked:
            began = time.perf_counter()
            answer = client.get(path)
            times.append((time.perf_counter() - began) * 1000)
    told = len(answer.json()["lessons"])
    print(
        f"week of {told} lessons: {sorted(times)[2]:.0f} ms (bar {WEEK_MS} ms),"
        f" {len(asked)} queries (bar {QUERIES})"
    )
    assert told == FULL * LESSONS
    assert len(asked) <= QUERIES
    assert sorted(times)[2] < bar_now(WEEK_MS)
    assert GROUPS >= FULL
