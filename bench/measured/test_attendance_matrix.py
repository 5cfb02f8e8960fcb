"""The matrix in a large school, as the role of the web: quick, with few queries, and equal to the marks.

`MARKS=1000000 PEOPLE=100000 python -m pytest -n0 -s` with this file prints the figures of the full size.
"""

import time
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Enterprise, StudentGroup, User
from classes.models import Attendance, Course
from tests.classes.attendance.large_school import fill
from tests.support.anchor import anchor, bar_beside, spent_ms
from tests.support.page_client import client_for
from tests.support.page_speed import MOST_QUERIES

#: Milliseconds of the quickest of seven: what the work takes where nobody else uses the machine.
BAR_MS = 150


class Figure(NamedTuple):
    """The answer, the time of the quickest request and its bar in milliseconds, and the queries."""

    answer: Any
    best: float
    bar: float
    queries: int


def measure(client: Any, path: str) -> Figure:
    taken, anchors = [], []
    for _ in range(7):
        taken.append(spent_ms(lambda: client.get(path), time.perf_counter))
        anchors.append(spent_ms(anchor, time.perf_counter))
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
    assert answer.status_code == 200
    return Figure(answer, min(taken), bar_beside(min(anchors), BAR_MS), len(asked))


@pytest.mark.timeout(1800)
@pytest.mark.django_db
def test_a_matrix_of_a_large_school_is_quick_and_equals_its_marks(
    school: Enterprise, alice: User, bob: User
) -> None:
    fill(school, bob)
    days = f"since={timezone.localdate() - timedelta(days=130)}&until={timezone.localdate()}"
    large, course = (Course.objects.get(title=title) for title in ("Large", "Course 0"))
    group = StudentGroup.objects.get(name="Group 0")
    asked = {
        "a teacher's course": (bob, f"course={course.pk}"),
        "a teacher's group": (bob, f"group={group.pk}"),
        "a large course": (bob, f"course={large.pk}"),
        "its last page": (bob, f"course={large.pk}&lessons=2&page=2"),
        "those below 50 %": (bob, f"course={large.pk}&below=50&absent=on"),
        "one name": (bob, f"course={large.pk}&name=王"),
        "an administrator's course": (alice, f"course={course.pk}"),
        "an administrator's group": (alice, f"group={group.pk}"),
    }
    found = {
        name: measure(client_for(reader), f"/reports/matrix/?{days}&{query}")
        for name, (reader, query) in asked.items()
    }
    print(f"\n{Attendance.objects.count()} marks of {User.objects.count()} people:")
    for name, one in found.items():
        number = one.answer.context["page"].paginator.count
        print(f"{name}: {one.best:.0f} ms (bar {one.bar:.0f} ms), {one.queries} queries, {number} students")
    of_course = Attendance.objects.filter(lesson__course=course)
    table = found["a teacher's course"].answer.context["table"]
    sums = zip([mark.mark for mark in table["marks"]], table["totals"][0].numbers, strict=True)
    assert all(of_course.filter(mark=mark).count() == number for mark, number in sums)
    assert {name: one.queries for name, one in found.items() if one.queries > MOST_QUERIES} == {}
    assert {name: one.best for name, one in found.items() if one.best > one.bar} == {}
