"""The make-up of a lesson that somebody covers is given by the teacher who was absent."""

import pytest
from django.urls import reverse

from accounts.models import Role
from classes.lessons.services import cancel_lesson
from classes.models import Cover
from classes.timetable.cover.services import enter_absence
from classes.timetable.make_up.services import make_up_lesson
from classes.timetable.make_up.times import propose_times
from tests.classes.factories import add_members
from tests.classes.timetable.make_up.conftest import lesson_at, moment
from tests.support.cast import create_person
from tests.support.page_client import page_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def dora(school):
    return create_person(school, "dora", Role.TEACHER)


@pytest.fixture
def cover(alice, bob, dora, students):
    """Dora was to cover Bob's lesson in two days, which is cancelled."""
    lesson = lesson_at(dora, moment(2))
    add_members(lesson, *students)
    away = {"begins_at": moment(2, 0), "ends_at": moment(3, 0)}
    absence = enter_absence(teacher=bob, by=alice, kind="sick", note="", **away)
    found = Cover.objects.create(
        enterprise=bob.enterprise, absence=absence, lesson=lesson, absent=bob, covering=dora, by=alice
    )
    cancel_lesson(lesson=lesson, by=alice)
    lesson.refresh_from_db()
    found.lesson = lesson
    return found


def test_the_absent_teacher_gives_it_at_a_time_at_which_they_are_free(cover, alice, bob, dora, browse):
    lesson_at(bob, moment(9, 10, 15))
    lesson_at(dora, moment(16, 10, 15))
    times = propose_times(cover.lesson)
    assert (moment(9), "Bob") in [(one.starts_at, one.people) for one in times.taken]
    assert moment(16) in [one.starts_at for one in times.free]
    page = page_text(browse(alice, reverse("classes:lesson_make_up", args=[cover.lesson.pk])))
    assert "Dora covers the lesson; the make-up lesson is given by Bob." in page
    assert make_up_lesson(lesson=cover.lesson, starts_at=moment(16), by=alice).teacher == bob


def test_a_covering_teacher_who_assisted_before_assists_again(cover, alice, dora):
    Cover.objects.filter(pk=cover.pk).update(was_assistant=True)
    made = make_up_lesson(lesson=cover.lesson, starts_at=moment(16), by=alice)
    assert made.members.get(user=dora).role == "assistant"


def test_a_lesson_whose_absent_teacher_was_deactivated_stays_with_who_covered_it(cover, alice, bob, dora):
    bob.is_active = False
    bob.save(update_fields=["is_active"])
    assert make_up_lesson(lesson=cover.lesson, starts_at=moment(16), by=alice).teacher == dora


def test_a_cover_that_was_undone_has_no_say(cover, alice, dora):
    Cover.objects.filter(pk=cover.pk).update(undone_at=moment(0))
    assert make_up_lesson(lesson=cover.lesson, starts_at=moment(16), by=alice).teacher == dora
