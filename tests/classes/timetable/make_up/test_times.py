"""Which times are proposed: when all are free, the weekday and time of the lesson first."""

from datetime import date

import pytest
from django.utils import timezone

from accounts.models import Role
from classes.attendance.leave import grant_leave
from classes.lessons.services import cancel_lesson
from classes.models import Holiday, Lesson, Term
from classes.timetable.cover.services import enter_absence
from classes.timetable.make_up.times import propose_times
from tests.classes.factories import add_members
from tests.classes.timetable.make_up.conftest import WEEK, lesson_at, moment
from tests.support.cast import create_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def starts(lesson):
    return [one.starts_at for one in propose_times(lesson).free]


def test_the_weekday_and_time_of_the_lesson_come_first_and_other_usual_times_follow(cancelled, bob):
    for day in (-6, -5):
        lesson_at(bob, moment(day, 14))
    lesson_at(bob, moment(-4, 15))  # once is not usual
    found = propose_times(cancelled).free
    assert [one.starts_at for one in found if one.usual] == [moment(7 * n) for n in (0, 1, 2, 3, 4)]
    others = [one.starts_at for one in found if not one.usual]
    assert others == sorted(others)
    assert {timezone.localtime(at).hour for at in others} <= {10, 14}


def test_the_time_that_was_just_cancelled_is_not_proposed(bob):
    lesson = lesson_at(bob, moment(7))
    cancel_lesson(lesson=lesson, by=None)
    assert {moment(7), moment(14)} & set(starts(lesson)) == {moment(14)}


def test_a_time_at_which_anybody_has_a_lesson_is_not_proposed_and_says_who(
    cancelled, bob, helper, students, school
):
    dora = create_person(school, "dora", Role.TEACHER)
    for week, people in ((1, [helper]), (2, students)):
        other = lesson_at(dora, moment(7 * week, 10, 30))
        add_members(other, *people)
    lesson_at(bob, moment(21, 9, 30))
    times = propose_times(cancelled)
    assert not {moment(7), moment(14), moment(21)} & {one.starts_at for one in times.free}
    assert moment(28) in [one.starts_at for one in times.free]
    taken = {one.starts_at: one.people for one in times.taken}
    assert (taken[moment(7)], taken[moment(21)]) == ("Hal", "Bob")
    assert taken[moment(14)] == "Kid1 and Kid2"


def test_holidays_the_end_of_the_term_absences_and_leave_leave_no_time(
    cancelled, bob, alice, students, school
):
    day = timezone.localdate()
    term = Term.objects.create(
        enterprise=school, name="Spring", starts_on=day - 2 * WEEK, ends_on=day + 3 * WEEK
    )
    other = Term.objects.create(enterprise=school, name="Other", starts_on=day, ends_on=day)
    Holiday.objects.create(
        enterprise=school, name="May Day", starts_on=day + WEEK, ends_on=day + WEEK, term=term
    )
    Holiday.objects.create(
        enterprise=school, name="Elsewhere", starts_on=day, ends_on=day + 3 * WEEK, term=other
    )
    enter_absence(teacher=bob, by=alice, kind="sick", note="", begins_at=moment(14, 0), ends_at=moment(15, 0))
    assert starts(cancelled) == [moment(0), moment(21)]
    grant_leave(person=students[0], begins_at=moment(20), ends_at=moment(22), reason="Tea", by=alice)
    times = propose_times(cancelled)
    assert times.last_day == term.ends_on
    assert [one.starts_at for one in times.free] == [moment(0)]
    assert [one.people for one in times.taken if one.starts_at == moment(21)] == ["Kid1"]


def test_lessons_that_are_cancelled_and_people_who_are_deactivated_are_in_nobodys_way(
    cancelled, bob, students, school
):
    dora = create_person(school, "dora", Role.TEACHER)
    lesson_at(bob, moment(7), cancelled_at=timezone.now())
    add_members(lesson_at(dora, moment(14)), students[0])
    students[0].is_active = False
    students[0].save(update_fields=["is_active"])
    assert {moment(7), moment(14)} <= set(starts(cancelled))


def test_the_number_of_queries_does_not_grow_with_people_and_lessons(
    cancelled, bob, school, django_assert_max_num_queries
):
    kids = [create_person(school, f"many{n}", Role.STUDENT) for n in range(40)]
    add_members(cancelled, *kids)
    for n in range(1, 12):
        add_members(lesson_at(bob, moment(n, 16)), *kids)
    found = Lesson.objects.select_related("teacher", "enterprise", "course__term").get(pk=cancelled.pk)
    with django_assert_max_num_queries(8):
        assert propose_times(found).free


def test_a_lesson_across_midnight_is_proposed_at_its_own_time(bob, students):
    late = lesson_at(bob, moment(-7, 23, 30), ends_at=moment(-6, 0, 30), cancelled_at=timezone.now())
    add_members(late, *students)
    days: list[date] = [timezone.localdate(at) for at in starts(late)]
    assert all(timezone.localtime(at).hour == 23 for at in starts(late))
    assert len(days) >= 4
