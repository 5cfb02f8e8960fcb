"""Subjects of the school, and courses that teach them."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from accounts.models import Enterprise, User
from classes.models import Course, Lesson, Subject
from tests.classes.factories import create_planned_lesson


@pytest.fixture
def maths(school: Enterprise) -> Subject:
    return Subject.objects.create(enterprise=school, name="Maths", colour=3)


@pytest.fixture
def music(school: Enterprise) -> Subject:
    return Subject.objects.create(enterprise=school, name="Music", colour=7)


@pytest.fixture
def course_of() -> Callable[..., Course]:
    """Create a course, and a lesson of it in some hours."""

    def create(teacher: User, subject: Subject | None, title: str = "Croquet") -> Course:
        course = Course.objects.create(
            enterprise=teacher.enterprise,
            title=title,
            teacher=teacher,
            subject=subject,
            starts_local=datetime(2027, 3, 2),
            duration_minutes=45,
        )
        lesson = create_planned_lesson(teacher, timedelta(hours=3), topic=title)
        Lesson.objects.filter(pk=lesson.pk).update(course=course)
        return course

    return create
