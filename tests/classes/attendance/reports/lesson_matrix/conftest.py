"""A course of Bob's with the four lessons of the week."""

import pytest

from classes.models import Course, Lesson


@pytest.fixture
def course(croquet: Course, week: list[Lesson]) -> Course:
    Lesson.objects.filter(pk__in=[one.pk for one in week]).update(course=croquet)
    return croquet
