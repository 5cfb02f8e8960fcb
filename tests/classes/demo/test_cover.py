"""The absent teacher of the demo school."""

import pytest

from classes.demo.cover import ensure_absence
from classes.models import Lesson, TeacherAbsence
from classes.timetable.cover.queries import touched_lessons
from tests.classes.timetable.cover.conftest import lesson_at

pytestmark = pytest.mark.django_db


def test_the_teacher_of_the_next_lesson_is_sick_that_day_and_twice_is_once(alice, bob, ann):
    lesson_at(ann, 10, days=4)
    own = [lesson_at(bob, hour, days=3) for hour in (8, 12)]
    lesson_at(bob, 8, days=0)
    absence = ensure_absence(alice.enterprise, alice)
    assert absence is not None
    assert (absence.teacher, list(touched_lessons(absence))) == (bob, own)
    assert ensure_absence(alice.enterprise, alice) is None
    assert TeacherAbsence.objects.count() == 1


def test_a_school_without_lessons_has_none(alice):
    Lesson.objects.all().delete()
    assert ensure_absence(alice.enterprise, alice) is None
