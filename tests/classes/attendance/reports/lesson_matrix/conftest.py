"""A course of Bob's with the four lessons of the week."""

from datetime import datetime

import pytest

from accounts.models import Enterprise, User
from classes.models import Course, Lesson


@pytest.fixture
def course(school: Enterprise, bob: User, week: list[Lesson]) -> Course:
    course = Course.objects.create(
        enterprise=school,
        title="Croquet",
        teacher=bob,
        starts_local=datetime(2027, 3, 2, 19),
        duration_minutes=45,
    )
    Lesson.objects.filter(pk__in=[one.pk for one in week]).update(course=course)
    return course
