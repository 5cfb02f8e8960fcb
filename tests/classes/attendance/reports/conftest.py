"""A week of lessons with final marks, and a course."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import Enterprise, User
from classes.attendance.reports.sheet import ATTENDED_MARKS
from classes.models import Attendance, Course, Lesson
from tests.classes.factories import add_members, create_finished_lesson


def marked(lesson: Lesson, person: User, mark: str) -> Attendance:
    """A mark as the reckoning would have written it."""
    return Attendance.objects.create(
        lesson=lesson,
        person=person,
        user_id=person.user_id,
        nickname=person.nickname,
        role="student",
        mark=mark,
        present_seconds=45 * 60 if mark in ATTENDED_MARKS else 0,
        provisional=False,
    )


@pytest.fixture
def croquet(school: Enterprise, bob: User) -> Course:
    """A course of Bob's without lessons."""
    return Course.objects.create(
        enterprise=school,
        title="Croquet",
        teacher=bob,
        starts_local=datetime(2027, 3, 2, 19),
        duration_minutes=45,
    )


@pytest.fixture
def week(bob: User, kids: list[User]) -> list[Lesson]:
    """Four lessons of Bob's on four days; Kid1 is always there, Kid2 stays away from the last three."""
    lessons = []
    for days in (4, 3, 2, 1):
        starts = timezone.now() - timedelta(days=days)
        lesson = create_finished_lesson(
            bob, topic=f"Day {days}", starts_at=starts, ends_at=starts + timedelta(minutes=45)
        )
        add_members(lesson, *kids)
        marked(lesson, kids[0], "present")
        marked(lesson, kids[1], "late" if days == 4 else "absent")
        marked(lesson, kids[2], "excused" if days == 1 else "unknown" if days == 2 else "left_early")
        lessons.append(lesson)
    return lessons
