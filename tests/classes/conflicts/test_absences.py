"""A lesson while its teacher is absent, or on a holiday, is a conflict: named, and allowed with a reason."""

from datetime import datetime, timedelta

import pytest
from django.utils import translation

from accounts.models import Role
from classes.conflicts.absences import find_lessons_without_teacher
from classes.conflicts.guard import BookingConflictError, describe_conflict
from classes.lessons.services import cancel_lesson, edit_lesson, schedule_lesson
from classes.models import Course, Holiday, Lesson, Term
from classes.timetable.bulk.changes import find_change_conflicts, plan_change
from classes.timetable.courses.changes import change_course, preview_change
from classes.timetable.courses.planning import plan_course, preview_course
from classes.timetable.cover.services import assign_covers, enter_absence, withdraw_absence
from console.audit.models import AuditEntry
from tests.support.cast import create_person

pytestmark = pytest.mark.django_db

FIRST = datetime(2027, 3, 2, 9)
DAY = timedelta(days=1)


def lesson_at(teacher, by, days=0, **fields):
    starts_at = FIRST.replace(tzinfo=teacher.enterprise.tz) + days * DAY
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=45)}
    return schedule_lesson(teacher=teacher, by=by, topic="Croquet", **times, **fields)


def move(lesson, by, days, **more):
    lesson = Lesson.objects.get(pk=lesson.pk)
    times = {"starts_at": lesson.starts_at + days * DAY, "ends_at": lesson.ends_at + days * DAY}
    return edit_lesson(lesson=lesson, by=by, **times, **more)


def told(conflicts):
    return [(one.day.isoformat(), one.kind, one.who, one.name) for one in conflicts]


def refused(act, *args, **fields):
    with pytest.raises(BookingConflictError) as error:
        act(*args, **fields)
    assert all(one.lesson is None for one in error.value.conflicts)
    return told(error.value.conflicts)


@pytest.fixture
def tom(school):
    return create_person(school, "tom", Role.TEACHER)


@pytest.fixture
def be_absent(alice):
    """Enter that somebody is away on the second day, or another one."""

    def enter(teacher, days=1):
        midnight = datetime(2027, 3, 2, tzinfo=teacher.enterprise.tz) + days * DAY
        return enter_absence(
            teacher=teacher, begins_at=midnight, ends_at=midnight + DAY, kind="sick", by=alice
        )

    return enter


@pytest.fixture
def fair(school):
    """A holiday on the second day."""
    day = FIRST.date() + DAY
    return Holiday.objects.create(enterprise=school, name="Fair", starts_on=day, ends_on=day)


AWAY = [("2027-03-03", "absence", "bob", "Bob")]
OFF = [("2027-03-03", "holiday", "", "Fair")]


def test_an_absent_teacher_or_assistant_is_not_planned_without_a_reason(alice, bob, tom, be_absent):
    be_absent(bob)
    assert refused(lesson_at, bob, alice, 1) == AWAY
    assert refused(lesson_at, tom, alice, 1, staff=[bob]) == AWAY
    lesson_at(bob, alice)
    lesson_at(tom, alice, 1)
    lesson_at(bob, alice, 2)
    made = lesson_at(bob, alice, 1, conflict_reason="Bob comes for it.")
    assert (made.conflict_allowed, made.conflict_by) == (True, alice)
    entry = AuditEntry.objects.filter(action="lesson.add").latest("pk")
    assert entry.reason == "Bob comes for it."


def test_a_revoked_absence_and_one_of_another_school_are_no_conflict(alice, bob, charlie, be_absent):
    withdraw_absence(absence=be_absent(bob), by=alice)
    be_absent(create_person(charlie.enterprise, "bob", Role.TEACHER))
    assert not lesson_at(bob, alice, 1).conflict_allowed


def test_a_lesson_is_not_moved_into_an_absence_and_one_that_is_there_stays_editable(alice, bob, be_absent):
    lesson, there = lesson_at(bob, alice), lesson_at(bob, alice, 1.25)
    be_absent(bob)
    be_absent(bob, 4)
    assert refused(move, lesson, alice, 1) == AWAY
    there = edit_lesson(lesson=there, by=alice, ends_at=there.ends_at + timedelta(minutes=1))
    assert not there.conflict_allowed
    assert refused(move, there, alice, 3) == [("2027-03-06", "absence", "bob", "Bob")]
    assert move(lesson, alice, 4, conflict_reason="By telephone.").conflict_reason == "By telephone."


def test_a_lesson_is_not_given_to_an_absent_teacher(alice, bob, tom, be_absent):
    lesson = lesson_at(tom, alice, 1)
    be_absent(bob)
    assert refused(edit_lesson, lesson=lesson, by=alice, teacher=bob) == AWAY


def test_a_lesson_is_not_moved_onto_a_holiday_without_a_reason(alice, bob, fair):
    lesson = lesson_at(bob, alice)
    assert refused(move, lesson, alice, 1) == OFF
    moved = move(lesson, alice, 1, conflict_reason="A tournament.")
    assert (moved.conflict_allowed, moved.conflict_reason) == (True, "A tournament.")
    edit_lesson(lesson=moved, by=alice, ends_at=moved.ends_at + timedelta(minutes=1))
    back = move(moved, alice, -1)
    assert not back.conflict_allowed


def test_a_lesson_observes_the_holidays_of_the_term_of_its_course_alone(alice, bob, school, fair):
    whole = {"starts_on": FIRST.date(), "ends_on": FIRST.date() + 30 * DAY}
    terms = [Term.objects.create(enterprise=school, name=name, **whole) for name in "AB"]
    plan = {"title": "Tea", "starts_local": FIRST, "duration_minutes": 45, "term": terms[0]}
    lesson = plan_course(teacher=bob, by=alice, **plan).lessons.get()
    Holiday.objects.update(term=terms[0])
    assert refused(move, lesson, alice, 1) == OFF
    Holiday.objects.update(term=terms[1])
    assert not move(lesson, alice, 1).conflict_allowed


def test_a_series_names_the_days_of_an_absence_and_leaves_holidays_out(alice, bob, fair, be_absent):
    be_absent(bob, 2)
    plan = {"title": "Tea", "starts_local": FIRST, "duration_minutes": 45, "rrule": "FREQ=DAILY;COUNT=4"}
    away = [("2027-03-04", "absence", "bob", "Bob")]
    assert told(preview_course(teacher=bob, **plan).conflicts) == away
    assert refused(plan_course, teacher=bob, by=alice, **plan) == away
    assert not Course.objects.exists()
    made = plan_course(teacher=bob, by=alice, conflict_reason="Tom comes.", **plan)
    assert list(made.lessons.order_by("starts_at").values_list("conflict_allowed", flat=True)) == [
        *[False, True],
        *[False] * (made.lessons.count() - 2),
    ]


def test_a_course_is_not_given_to_an_absent_teacher(alice, bob, tom, be_absent):
    plan = {"title": "Tea", "starts_local": FIRST, "duration_minutes": 45, "rrule": "FREQ=DAILY;COUNT=2"}
    course = plan_course(teacher=tom, by=alice, **plan)
    be_absent(bob)
    assert told(preview_change(course, teacher=bob).conflicts) == AWAY
    assert refused(change_course, course=course, by=alice, teacher=bob) == AWAY


def test_many_lessons_that_move_are_asked_about(alice, bob, school, fair, be_absent):
    lessons = [lesson_at(bob, alice, days) for days in (-1, 0)]
    be_absent(bob, 2)
    planned = [
        plan_change(one, starts_at=one.starts_at + 2 * DAY, ends_at=one.ends_at + 2 * DAY) for one in lessons
    ]
    found = find_change_conflicts(school, planned)
    assert told(found) == [*OFF, ("2027-03-04", "absence", "bob", "Bob")]
    assert [len(one.new) for one in planned] == [1, 1]


@translation.override("en")
def test_each_is_described_in_a_sentence(alice, bob, fair, be_absent):
    be_absent(bob)
    with pytest.raises(BookingConflictError) as error:
        lesson_at(bob, alice, 1)
    assert [describe_conflict(one) for one in error.value.conflicts] == [
        "2027-03-03: Bob is absent at this time",
        "2027-03-03: holiday “Fair”",
    ]
    assert error.value.messages[0].startswith("1 day has a conflict: people planned twice or absent,")


def test_lessons_are_without_a_teacher_until_they_are_covered(alice, bob, tom, be_absent):
    lessons = [lesson_at(bob, alice, days) for days in (0, 1)]
    off = lesson_at(tom, alice, 1)
    absence = be_absent(bob)
    keys = [one.pk for one in (*lessons, off)]
    assert find_lessons_without_teacher(keys) == {lessons[1].pk}
    (cover,) = assign_covers(
        absence=absence,
        choices={lessons[1].pk: create_person(bob.enterprise, "una", Role.TEACHER)},
        by=alice,
    )
    assert cover.lesson == lessons[1]
    assert find_lessons_without_teacher(keys) == set()
    be_absent(tom)
    assert find_lessons_without_teacher(keys) == {off.pk}
    cancel_lesson(lesson=off, by=alice)
    assert find_lessons_without_teacher(keys) == set()
