"""Two administrators plan cover at the same time: one of them gets a sentence, and nobody teaches twice."""

import pytest
from django.core.exceptions import ValidationError

from classes.conflicts.guard import BookingConflictError
from classes.lessons.services import edit_lesson, schedule_lesson
from classes.models import Cover, Lesson, TeacherAbsence
from classes.timetable.cover.queries import touched_lessons
from classes.timetable.cover.services import assign_covers, enter_absence, undo_cover, withdraw_absence
from console.concurrency import Conflict
from tests.classes.timetable.cover.conftest import lesson_at, on_the_day
from tests.support.concurrent_calls import call_concurrently, call_while_other_waits

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("english")]


def give(absence, lesson, teacher, by, **seen):
    return lambda: assign_covers(absence=absence, choices={lesson.pk: teacher}, by=by, **seen)


def test_of_two_covers_of_one_lesson_the_second_is_told_of_the_first(chen, bob, dora, alice, absence):
    lesson = lesson_at(chen, 10)
    seen = {"seen": {lesson.pk: "chen"}}
    second = call_while_other_waits(
        give(absence, lesson, bob, alice, **seen), give(absence, lesson, dora, alice, **seen)
    )
    assert isinstance(second.error, Conflict)
    assert second.error.messages == [
        "Someone else gave “Croquet 1” to Bob in the meantime. Check it again, then decide."
    ]
    assert Cover.objects.get().covering == bob


def test_nobody_covers_two_lessons_at_once_for_two_absent_teachers(
    chen, dora, bob, alice, absence, be_absent
):
    lessons = [lesson_at(chen, 10), lesson_at(dora, 10)]
    other = be_absent(dora)
    outcomes = call_concurrently(give(absence, lessons[0], bob, alice), give(other, lessons[1], bob, alice))
    (refused,) = [one.error for one in outcomes if one.error is not None]
    assert isinstance(refused, ValidationError)
    assert "Bob has “Croquet" in " ".join(refused.messages)
    assert Lesson.objects.filter(teacher=bob).count() == Cover.objects.count() == 1


def test_the_same_absence_is_entered_once(chen, alice):
    times = {"begins_at": on_the_day(0), "ends_at": on_the_day(0, days=2)}

    def enter():
        return enter_absence(teacher=chen, kind="sick", by=alice, **times)

    outcomes = call_concurrently(enter, enter)
    (refused,) = [one.error for one in outcomes if one.error is not None]
    assert "has already been entered" in " ".join(refused.messages)
    assert TeacherAbsence.objects.count() == 1


@pytest.mark.parametrize("booking", ["schedule", "move"])
def test_a_booking_while_an_absence_is_entered_is_asked_about_it(chen, alice, booking):
    lesson = lesson_at(chen, 10, days=2)
    times = {"starts_at": on_the_day(10), "ends_at": on_the_day(11)}

    def enter():
        enter_absence(
            teacher=chen, kind="sick", by=alice, begins_at=on_the_day(0), ends_at=on_the_day(0, days=2)
        )

    def book():
        if booking == "move":
            return edit_lesson(lesson=lesson, by=alice, **times)
        return schedule_lesson(teacher=chen, by=alice, topic="Flamingos", **times)

    second = call_while_other_waits(enter, book)
    assert isinstance(second.error, BookingConflictError)
    assert [one.kind for one in second.error.conflicts] == ["absence"]


def test_an_absence_that_is_entered_during_a_booking_finds_the_lesson(chen, alice):
    def book():
        times = {"starts_at": on_the_day(10), "ends_at": on_the_day(11)}
        schedule_lesson(teacher=chen, by=alice, topic="Flamingos", **times)

    def enter():
        times = {"begins_at": on_the_day(0), "ends_at": on_the_day(0, days=2)}
        return list(touched_lessons(enter_absence(teacher=chen, kind="sick", by=alice, **times)))

    assert call_while_other_waits(book, enter).value == [Lesson.objects.get()]


def test_a_cover_that_is_decided_while_the_absence_is_revoked_is_refused(chen, bob, alice, absence):
    lesson = lesson_at(chen, 10)
    second = call_while_other_waits(
        lambda: withdraw_absence(absence=absence, by=alice), give(absence, lesson, bob, alice)
    )
    assert isinstance(second.error, Conflict)
    assert Lesson.objects.get(pk=lesson.pk).teacher == chen


def test_an_absence_is_not_revoked_past_a_cover_that_is_decided_meanwhile(chen, bob, alice, absence):
    lesson = lesson_at(chen, 10)
    second = call_while_other_waits(
        give(absence, lesson, bob, alice), lambda: withdraw_absence(absence=absence, by=alice)
    )
    assert isinstance(second.error, Conflict)
    assert TeacherAbsence.objects.get().withdrawn_at is None
    assert withdraw_absence(absence=absence, by=alice).returned == 1
    assert Lesson.objects.get(pk=lesson.pk).teacher == chen


def test_an_undo_happens_once(chen, bob, alice, absence):
    lesson = lesson_at(chen, 10)
    (cover,) = give(absence, lesson, bob, alice)()
    outcomes = call_concurrently(*[lambda: undo_cover(cover=cover, by=alice)] * 2)
    (refused,) = [one.error for one in outcomes if one.error is not None]
    assert isinstance(refused, Conflict)
    assert Lesson.objects.get(pk=lesson.pk).teacher == chen
