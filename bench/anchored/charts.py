"""Pages with charts against the same pages without: at most 1.2 times the time.

A school of 600 students in 20 groups with 2,000 final lessons. Prints a line for each page.
"""

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Enterprise, Role, StudentGroup, User
from bench import planting
from bench.figures import measure_in_turns, ms, seconds
from classes.attendance.reports import charts, registry
from classes.models import Course, Lesson
from console.ui.charts import Chart

BAR = 1.2
TEACHERS, GROUPS = 20, 20
#: Days over which the lessons lie.
DAYS = 120


def measure(quick: bool) -> int:
    settings.ALLOWED_HOSTS = ["testserver"]
    school = planting.create_school(1)
    _plant(school, 200 if quick else 2000)
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(enterprise=school, user_id="a0"))
    group = StudentGroup.objects.filter(enterprise=school).first()
    student = User.objects.get(enterprise=school, user_id="s0")
    pages = {
        "school": "/reports/school/",
        "school by week": f"/reports/school/?by=week&since={timezone.localdate() - timedelta(days=DAYS)}",
        "course": f"/reports/matrix/?course={Course.objects.get(enterprise=school).pk}",
        "group": f"/reports/group/?group={group.pk if group else 0}",
        "teachers": "/reports/teachers/",
        "student's term": f"/people/{student.pk}/attendance/",
    }
    return sum(not _measure_page(client, name, path, 5 if quick else 25) for name, path in pages.items())


def _measure_page(client: Client, name: str, path: str, rounds: int) -> bool:
    """Print the line of a page; return whether it takes at most BAR times the time without charts."""

    def plain() -> float:
        with without_charts():
            return seconds(get)

    def get() -> None:
        answer = client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")

    before, after = (
        statistics.median(taken) for taken in measure_in_turns(rounds, plain, lambda: seconds(get))
    )
    ratio = after / before
    verdict = "ok" if ratio <= BAR else "MISSED"
    print(
        f"{name}: {ms(before)} without charts, {ms(after)} with, {ratio:.2f}× (bar ≤ {BAR}×) {verdict}",
        flush=True,
    )
    return ratio <= BAR


@contextmanager
def without_charts() -> Iterator[None]:
    """Leave out the charts of every page."""
    reports = {name: one._replace(charts=None) for name, one in registry.REPORTS.items()}
    with (
        patch.dict(registry.REPORTS, reports),
        patch.object(charts, "student_charts", _no_charts),
        patch.object(charts, "lesson_charts", _no_charts),
    ):
        yield


def _no_charts(marks: Any) -> list[Chart]:
    return []


def _plant(school: Enterprise, lessons: int) -> None:
    planting.create_people(school, "a", Role.ADMIN, 1)
    planting.create_people(school, "t", Role.TEACHER, TEACHERS)
    planting.create_people(school, "s", Role.STUDENT, TEACHERS * 30)
    planting.create_past_lessons(school, lessons, days=DAYS)
    students = list(User.objects.filter(enterprise=school, role=Role.STUDENT).order_by("pk"))
    held = list(Lesson.objects.filter(enterprise=school).order_by("pk"))
    for number in range(GROUPS):
        group = StudentGroup.objects.create(enterprise=school, name=f"Group {number:02}")
        group.students.set(students[number * 30 : number * 30 + 30])
        group.lessons.set(held[number::GROUPS])
    teacher = User.objects.get(enterprise=school, user_id="t0")
    first = held[-1].starts_at.replace(tzinfo=None)
    course = Course.objects.create(
        enterprise=school, title="Course", teacher=teacher, starts_local=first, duration_minutes=45
    )
    Lesson.objects.filter(enterprise=school, teacher=teacher).update(course=course)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO classes_attendance (lesson_id, person_id, user_id, nickname, role, expected, mark,"
            " derived_mark, present_seconds, evidence, reason, provisional, reckoned_at, first_entered_at)"
            " SELECT l.id, u.id, u.user_id, '', 'teacher', true, '', '', 2700, 'two_sources', '{}', false,"
            " now(), l.starts_at + (l.id %% 15) * interval '1 minute'"
            " FROM classes_lesson l JOIN accounts_user u ON u.id = l.teacher_id WHERE l.enterprise_id = %s",
            [school.pk],
        )
    planting.analyze()
