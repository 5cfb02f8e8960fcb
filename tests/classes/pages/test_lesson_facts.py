"""What the page of a lesson says of its course, and of who cancelled it."""

import re
from datetime import datetime

import pytest

from classes.models import Course
from classes.timetable.bulk.cancellation import cancel_lessons
from tests.classes.factories import add_members, create_planned_lesson

pytestmark = pytest.mark.django_db

BY_ALICE = re.compile(r"Cancelled on [^<]+ by Alice\.")


def page_of(browse, reader, lesson):
    return browse(reader, f"/lessons/{lesson.pk}/").content.decode()


@pytest.mark.parametrize("remote_id", ["100001", ""])
def test_a_cancelled_lesson_says_by_whom(browse, alice, bob, remote_id):
    lesson = create_planned_lesson(bob, remote_id=remote_id)
    browse(alice, f"/lessons/{lesson.pk}/cancel/", {})
    assert BY_ALICE.search(page_of(browse, alice, lesson))


def test_lessons_that_were_cancelled_together_say_by_whom(browse, alice, bob, school):
    lesson = create_planned_lesson(bob)
    cancel_lessons(school, [lesson], by=alice)
    assert BY_ALICE.search(page_of(browse, alice, lesson))


def test_a_lesson_leads_to_its_course_for_those_who_may_see_it(browse, alice, bob, kids):
    times = {"starts_local": datetime(2027, 3, 2), "duration_minutes": 45}
    course = Course.objects.create(enterprise=bob.enterprise, title="Ball games", teacher=bob, **times)
    lesson = create_planned_lesson(bob, course=course)
    add_members(lesson, kids[0])
    link = f'<a href="/courses/{course.pk}/">Ball games</a>'
    for reader in (alice, bob):
        assert link in page_of(browse, reader, lesson)
    # Kid1 was invited to this lesson alone.
    assert "Ball games" not in page_of(browse, kids[0], lesson)
