"""Nobody is planned twice: found before saving, allowed with a reason, and guarded by the database."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, StudentGroup
from classes.conflicts.detection import BookingRequest, TimeSlot, find_conflicts
from classes.conflicts.guard import BookingConflictError
from classes.lessons.services import cancel_lesson, edit_lesson, schedule_lesson
from classes.models import Course, Lesson
from classes.timetable.courses.planning import plan_course
from console.audit.models import AuditEntry
from tests.classes.factories import add_members
from tests.support.cast import create_person
from tests.support.concurrent_calls import call_concurrently

pytestmark = pytest.mark.django_db

FIRST = datetime(2027, 3, 2, 19)


def lesson_at(teacher, by, hours=0, **fields):
    starts_at = FIRST.replace(tzinfo=teacher.enterprise.tz) + timedelta(hours=hours)
    plan = {"topic": "Croquet", "starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=45)}
    return schedule_lesson(teacher=teacher, by=by, **{**plan, **fields})


def series(teacher, by, **fields):
    plan = {"title": "Quadrille", "starts_local": FIRST, "duration_minutes": 45}
    rule = {"rrule": "FREQ=DAILY;COUNT=3"}
    return plan_course(teacher=teacher, by=by, **{**plan, **rule, **fields})


def told(conflicts):
    return [(one.day.isoformat(), one.kind, one.who, one.lesson and one.lesson.topic) for one in conflicts]


def refused(act, *args, **fields):
    with pytest.raises(BookingConflictError) as error:
        act(*args, **fields)
    return told(error.value.conflicts)


@pytest.fixture
def tom(school):
    return create_person(school, "tom", Role.TEACHER)


def test_a_teacher_a_helper_and_students_are_named_with_the_day_and_the_lesson(alice, bob, tom, ann, kids):
    lesson_at(bob, alice, 24, staff=[ann], students=kids[:1])
    year7 = StudentGroup.objects.get()
    found = refused(series, tom, alice, assistants=[bob, ann], groups=[year7])
    assert found == [
        ("2027-03-03", "assistant", "ann", "Croquet"),
        ("2027-03-03", "assistant", "bob", "Croquet"),
        ("2027-03-03", "student", "kid1", "Croquet"),
    ]
    assert refused(series, bob, alice) == [("2027-03-03", "teacher", "bob", "Croquet")]
    assert not Course.objects.exists()


def test_lessons_made_outside_are_in_the_way_as_well(alice, bob, school):
    starts_at = FIRST.replace(tzinfo=school.tz)
    Lesson.objects.create(
        enterprise=school,
        teacher=bob,
        topic="Elsewhere",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        made_outside=True,
        conflict_allowed=True,
        conflict_reason="made outside",
    )
    assert refused(lesson_at, bob, alice) == [("2027-03-02", "teacher", "bob", "Elsewhere")]


def test_a_lesson_made_outside_is_found_however_long_it_lasts(alice, bob, school):
    starts_at = FIRST.replace(tzinfo=school.tz)
    Lesson.objects.create(
        enterprise=school,
        teacher=bob,
        topic="A week",
        starts_at=starts_at - timedelta(days=6),
        ends_at=starts_at + timedelta(days=1),
        made_outside=True,
        conflict_allowed=True,
        conflict_reason="made outside",
    )
    assert refused(lesson_at, bob, alice) == [("2027-03-02", "teacher", "bob", "A week")]


def test_touching_cancelled_and_supervised_lessons_are_no_conflict(alice, bob, tom, sue, kids):
    lesson_at(bob, alice, students=kids, staff=[sue])
    lesson_at(bob, alice, 0.75, students=kids)
    cancelled = lesson_at(tom, alice)
    cancel_lesson(lesson=cancelled, by=alice)
    lesson_at(tom, alice, staff=[sue])
    assert list(Lesson.objects.values_list("conflict_allowed", flat=True)) == [False] * 4


def test_one_to_one_is_for_one_student(alice, bob, kids):
    found = refused(series, bob, alice, class_type="1v1", members=kids, rrule="FREQ=DAILY;COUNT=2")
    assert found == [("2027-03-02", "capacity", "", None), ("2027-03-03", "capacity", "", None)]
    series(bob, alice, class_type="1v1", members=kids[:1])


def test_only_the_lessons_in_conflict_carry_the_reason_and_it_is_on_the_trail(alice, bob):
    lesson_at(bob, alice, 24)
    made = series(bob, alice, conflict_reason="Tom takes over that day.")
    flags = list(made.lessons.order_by("starts_at").values_list("conflict_allowed", "conflict_reason"))
    assert flags == [(False, ""), (True, "Tom takes over that day."), (False, "")]
    entry = AuditEntry.objects.get(action="course.add")
    assert (entry.reason, entry.after["conflicts_allowed"]) == ("Tom takes over that day.", 1)


def test_a_reason_of_blanks_is_none(alice, bob):
    lesson_at(bob, alice)
    assert refused(lesson_at, bob, alice, conflict_reason="  ")


def test_a_change_asks_only_about_conflicts_that_it_brings(alice, bob, kids):
    lesson_at(bob, alice, students=kids[:1])
    twin = lesson_at(bob, alice, conflict_reason="Both rooms at once.")
    edit_lesson(lesson=twin, by=alice, topic="Quadrille", ends_at=twin.ends_at + timedelta(minutes=1))
    assert refused(edit_lesson, lesson=twin, by=alice, students=kids[:1]) == [
        ("2027-03-02", "student", "kid1", "Croquet")
    ]
    edit_lesson(lesson=twin, by=alice, students=kids[:1], conflict_reason="Kid1 watches both.")
    twin.refresh_from_db()
    assert (twin.conflict_allowed, twin.conflict_reason) == (True, "Kid1 watches both.")
    hour = timedelta(hours=2)
    edit_lesson(lesson=twin, by=alice, starts_at=twin.starts_at + hour, ends_at=twin.ends_at + hour)
    twin.refresh_from_db()
    assert (twin.conflict_allowed, twin.conflict_reason) == (False, "")


def test_a_series_is_asked_about_in_one_query_for_each_sort_of_people_and_one_for_days_off(
    alice, bob, tom, ann, kids, school
):
    lesson_at(bob, alice, students=kids)
    slots = [TimeSlot(start, start + timedelta(hours=1)) for start in _starts(school, 40)]
    wanted = BookingRequest(
        school=school, slots=slots, teacher=tom, assistants=[ann.pk], students=[one.pk for one in kids]
    )
    with CaptureQueriesContext(connection) as asked:
        assert len(find_conflicts(wanted)) == 3
    assert len(asked) == 4


def _starts(school, number):
    first = FIRST.replace(tzinfo=school.tz)
    return [first + timedelta(days=day) for day in range(number)]


def row(teacher, **fields):
    starts_at = FIRST.replace(tzinfo=teacher.enterprise.tz)
    plan = {"topic": "Row", "starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=45)}
    return Lesson.objects.create(enterprise=teacher.enterprise, teacher=teacher, **{**plan, **fields})


@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_a_double_booking_that_no_service_made(bob):
    row(bob)
    with pytest.raises(IntegrityError, match="lesson_teacher_once_at_a_time"):
        row(bob)
    row(bob, conflict_allowed=True, conflict_reason="On purpose.")
    with pytest.raises(IntegrityError, match="lesson_conflict_has_a_reason"):
        row(bob, conflict_allowed=True)
    row(bob, cancelled_at=FIRST.replace(tzinfo=bob.enterprise.tz))


@pytest.mark.django_db(transaction=True)
def test_the_guard_judges_at_the_end_so_that_lessons_may_change_places(bob):
    early, late = row(bob), row(bob, starts_at=_moved(bob, 1), ends_at=_moved(bob, 2))
    with transaction.atomic():
        Lesson.objects.filter(pk=early.pk).update(starts_at=late.starts_at, ends_at=late.ends_at)
        Lesson.objects.filter(pk=late.pk).update(starts_at=early.starts_at, ends_at=early.ends_at)


def _moved(teacher, hours):
    return FIRST.replace(tzinfo=teacher.enterprise.tz) + timedelta(hours=hours)


@pytest.mark.django_db(transaction=True)
def test_of_bookings_at_one_instant_one_wins_and_the_others_hear_of_it(alice, bob):
    outcomes = call_concurrently(*(lambda: lesson_at(bob, alice) for _ in range(4)))
    assert sorted(type(one.error).__name__ for one in outcomes) == ["BookingConflictError"] * 3 + ["NoneType"]
    assert Lesson.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_rows_written_past_the_services_at_one_instant_the_database_keeps_one_at_most(bob):
    """Each has written its row before either ends: neither could see the other's. A deadlock may end both."""
    written = threading.Barrier(2, timeout=30)

    def write():
        with transaction.atomic():
            row(bob)
            written.wait()

    errors = [one.error for one in call_concurrently(write, write) if one.error is not None]
    assert errors
    assert Lesson.objects.count() == 2 - len(errors)
    for error in map(str, errors):
        assert "lesson_teacher_once_at_a_time" in error or "deadlock" in error


def test_expected_people_of_a_lesson_are_found_by_their_rows(alice, bob, tom, kids):
    other = lesson_at(bob, alice)
    add_members(other, kids[0])
    assert refused(lesson_at, tom, alice, students=kids) == [("2027-03-02", "student", "kid1", "Croquet")]
