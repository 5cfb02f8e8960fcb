"""Pages of teachers, teachers in charge and the office in a large school: few queries, also quick.

`python -m bench.pages` prints a line for each with 100,000 people and 1,000,000 marks.
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Enterprise, Role, StudentGroup, User
from classes.models import Attendance, Course, Lesson, TeacherAbsence
from tests.classes.attendance.large_school import fill
from tests.classes.pages.full_school import plant_waiting
from tests.support.cast import create_person
from tests.support.page_client import client_for
from tests.support.page_speed import MOST_MS, MOST_QUERIES, measure_page


def pages(school: Enterprise, alice: User, bob: User, head: User) -> dict[str, tuple[User, str]]:
    """Return who opens which address, by the name of the page."""
    today = timezone.localdate()
    days = f"since={today - timedelta(days=130)}&until={today}"
    course = Course.objects.get(enterprise=school, title="Course 0")
    group = StudentGroup.objects.get(enterprise=school, name="Group 0")
    cancelled = Lesson.objects.exclude(cancelled_at=None).get(enterprise=school)
    absence = TeacherAbsence.objects.get(enterprise=school)
    return {
        "matrix": (bob, f"/reports/matrix/?{days}&course={course.pk}"),
        "matrix of a group": (alice, f"/reports/matrix/?{days}&group={group.pk}"),
        "My group": (bob, "/groups/mine/"),
        "My group, a grade": (head, "/groups/mine/"),
        "grades": (bob, f"/reports/grades/?course={course.pk}"),
        "grades, all courses": (alice, "/reports/grades/"),
        "make-up": (alice, f"/lessons/{cancelled.pk}/make-up/"),
        "leave": (alice, "/leave/"),
        "leave of a group": (bob, "/leave/"),
        "warnings": (alice, "/warnings/"),
        "warnings of a group": (bob, "/warnings/"),
        "cover": (alice, "/timetable/cover/"),
        "cover of an absence": (alice, f"/timetable/cover/{absence.pk}/"),
    }


@pytest.mark.timeout(3600)
@pytest.mark.django_db
def test_pages_of_a_large_school_need_few_queries(school: Enterprise, alice: User, bob: User) -> None:
    head = create_person(school, "dodo", Role.TEACHER)
    fill(school, bob)
    plant_waiting(school, bob, head)
    marks, people = Attendance.objects.count(), User.objects.count()
    found = {}
    for name, (reader, path) in pages(school, alice, bob, head).items():
        found[name] = one = measure_page(client_for(reader), path)
        print(
            f"page {name}: {one.ms:.0f} ms (best {one.best:.0f}), {one.queries} queries"
            f" (bars {MOST_MS} ms, {MOST_QUERIES})"
            f"{'' if one.holds else ' MISSED'}; {marks} marks, {people} people",
            flush=True,
        )
    assert {name: one.queries for name, one in found.items() if one.queries > MOST_QUERIES} == {}
