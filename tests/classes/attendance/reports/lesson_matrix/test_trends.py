"""One student by week, in the lessons that the reader leads."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Role, User
from classes.models import Course, Lesson
from tests.classes.attendance.reports.conftest import marked
from tests.classes.factories import create_finished_lesson
from tests.support.cast import create_person
from tests.support.page_client import page_text

pytestmark = pytest.mark.django_db


def weeks(answer: Any) -> list[tuple[str, ...]]:
    """Day, lessons, absences and share of each week."""
    lines = answer.context["weeks"]["lines"]
    rows = ({column.key: value for column, value in cells} for _link, cells in lines)
    return [tuple(row[key] for key in ("week", "lessons", "absent", "share")) for row in rows]


def monday_of(lesson: Lesson) -> str:
    day = timezone.localdate(lesson.starts_at)
    return f"{day - timedelta(days=day.weekday())}"


def test_the_weeks_of_a_student_have_counts_and_shares_the_newest_first(
    browse: Any, bob: User, kids: list[User], course: Course
) -> None:
    lessons = []
    for days, mark in ((30, "absent"), (23, "present"), (23, "absent")):
        starts = timezone.now() - timedelta(days=days)
        lesson = create_finished_lesson(
            bob, course=course, starts_at=starts, ends_at=starts + timedelta(minutes=45)
        )
        marked(lesson, kids[0], mark)
        lessons.append(lesson)
    answer = browse(bob, f"/reports/matrix/students/{kids[0].pk}/?course={course.pk}")
    found = weeks(answer)
    assert sum(int(one[1]) for one in found) == 7
    assert found[-2:] == [
        (monday_of(lessons[1]), "2", "1", "50 %"),
        (monday_of(lessons[0]), "1", "1", "0 %"),
    ]
    assert answer.context["share"] * 7 == pytest.approx(5, abs=0.001)
    text = page_text(answer)
    assert 'id="chart-rate"' in text
    assert "Day 1" in text
    assert f"/reports/matrix/?course={course.pk}" in text


def test_lessons_of_a_colleague_and_of_other_courses_are_left_out(
    browse: Any, bob: User, alice: User, kids: list[User], course: Course
) -> None:
    ted = create_person(bob.enterprise, "ted", Role.TEACHER)
    marked(create_finished_lesson(ted, topic="Ted's", course=course), kids[0], "absent")
    marked(create_finished_lesson(bob, topic="Alone"), kids[0], "late")
    marked(create_finished_lesson(bob, topic="Open", course=course, final_at=None), kids[0], "absent")
    path = f"/reports/matrix/students/{kids[0].pk}/"

    def number(reader: User, query: str = "") -> int:
        return len(browse(reader, path + query).context["lines"])

    assert number(bob) == 5
    assert number(bob, f"?course={course.pk}") == 4
    assert number(alice, f"?course={course.pk}") == 5
    assert number(alice) == 6
    assert number(bob, "?since=2020-01-01&until=2020-12-31") == 0
    assert "No marks for these days" in page_text(browse(bob, f"{path}?since=2020-01-01&until=2020-12-31"))


def test_the_matrix_leads_to_the_trends_with_its_days_and_course(
    browse: Any, bob: User, kids: list[User], course: Course
) -> None:
    since = timezone.localdate() - timedelta(days=10)
    text = browse(bob, f"/reports/matrix/?course={course.pk}&since={since}").content.decode()
    link = f"/reports/matrix/students/{kids[0].pk}/?course={course.pk}&amp;since={since}&amp;until="
    assert link in text
