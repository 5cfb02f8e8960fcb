"""A course keeps its colour and letter in the timetable."""

from datetime import datetime

import pytest

from classes.models import Course, Lesson
from tests.classes.factories import add_members, create_planned_lesson
from tests.classes.timetable.calendar.test_views import fetch_timetable

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(school, bob):
    """Plan a course, with a lesson of its name."""

    def add(title):
        times = {"starts_local": datetime(2027, 3, 2), "duration_minutes": 45}
        course = Course.objects.create(enterprise=school, title=title, teacher=bob, **times)
        create_planned_lesson(bob, topic=title, course=course)
        return course

    return add


def looks_of(browse, reader, title):
    """Return the hue and the letter of a course."""
    lessons = fetch_timetable(browse, reader, "&colour=course")["lessons"]
    return next((one["hue"], one["mark"]) for one in lessons if one["title"] == title)


def test_courses_that_are_planned_later_change_no_other(browse, alice, plan):
    for title in ("Maths", "Music"):
        plan(title)
    before = [looks_of(browse, alice, title) for title in ("Maths", "Music")]
    for title in ("Mandarin", "Maps", "Art"):
        plan(title)
    assert [looks_of(browse, alice, title) for title in ("Maths", "Music")] == before


def test_it_is_the_same_in_a_week_without_the_others_and_for_a_student(browse, alice, kids, plan):
    plan("Maths")
    course = plan("Music")
    before = looks_of(browse, alice, "Music")
    assert before[1] == "M2"
    Lesson.objects.exclude(topic="Music").delete()
    add_members(Lesson.objects.get(), kids[0])
    course.members.add(kids[0])
    assert looks_of(browse, alice, "Music") == looks_of(browse, kids[0], "Music") == before
