"""A make-up lesson has what the other lesson had, and counts in its place."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Role, StudentGroup
from classes.conflicts.guard import BookingConflictError
from classes.courseware.attachments import attach_document, list_attached_documents
from classes.lessons.services import cancel_lesson
from classes.models import AbsenceStreak, Lesson
from classes.timetable.courses.changes import ChangeScope, change_course
from classes.timetable.courses.planning import plan_course
from classes.timetable.make_up.occasions import make_up_occasion
from classes.timetable.make_up.services import make_up_lesson
from console.audit.models import AuditEntry
from console.concurrency import Conflict
from console.outbox.models import Operation
from documents.models import Document
from tests.classes.factories import add_members, create_planned_lesson
from tests.classes.timetable.make_up.conftest import absent_from, lesson_at, moment
from tests.support.cast import create_person
from tests.support.concurrent_calls import call_while_other_waits

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def made_up(lesson, by, **more):
    return make_up_lesson(lesson=lesson, starts_at=more.pop("starts_at", moment(7)), by=by, **more)


def test_it_has_the_people_groups_settings_password_and_courseware_of_the_other(
    cancelled, alice, helper, students, school
):
    group = StudentGroup.objects.create(enterprise=school, name="Year 7")
    group.students.set(students[:1])
    cancelled.groups.add(group)
    Lesson.objects.filter(pk=cancelled.pk).update(auto_open_mic=True, class_type="public", capacity=9)
    decks = [
        Document.objects.create(enterprise=school, name=f"Deck {n}", ext="pdf", permission="public")
        for n in (2, 1)
    ]
    for deck in decks:
        attach_document(owner=cancelled, document=deck, by=alice)
    made = made_up(cancelled, alice)
    assert (made.topic, made.teacher, made.starts_at) == (cancelled.topic, cancelled.teacher, moment(7))
    assert made.ends_at - made.starts_at == timedelta(minutes=45)
    assert (made.auto_open_mic, made.class_type, made.capacity) == (True, "public", 9)
    assert dict(made.members.values_list("user__user_id", "role")) == {
        "hal": "assistant",
        "kid1": "student",
        "kid2": "student",
    }
    assert list(made.groups.all()) == [group]
    assert [one.document for one in list_attached_documents(made)] == decks
    assert Operation.objects.filter(kind="class.create", subject_id=made.pk).exists()
    entry = AuditEntry.objects.get(action="lesson.make_up")
    assert (entry.object_id, entry.after["make_up"]) == (str(cancelled.pk), made.pk)


def test_people_who_were_deactivated_are_left_out(cancelled, alice, students):
    students[0].is_active = False
    students[0].save(update_fields=["is_active"])
    made = made_up(cancelled, alice)
    assert sorted(made.members.values_list("user__user_id", flat=True)) == ["hal", "kid2"]


def test_a_lesson_has_one_make_up_at_a_time_and_another_once_that_is_cancelled(cancelled, alice):
    first = made_up(cancelled, alice)
    cancelled.refresh_from_db()
    assert cancelled.made_up
    with pytest.raises(Conflict, match="already has a make-up lesson"):
        made_up(cancelled, alice, starts_at=moment(8))
    cancel_lesson(lesson=first, by=alice)
    cancelled.refresh_from_db()
    assert not cancelled.made_up
    second = made_up(cancelled, alice, starts_at=moment(8))
    assert second.makes_up_for == cancelled
    assert make_up_occasion(Lesson.objects.get(pk=first.pk)) == ""


def test_what_was_neither_cancelled_nor_failed_cannot_be_made_up(alice, bob, students, ghost):
    held = ghost
    absent_from(held, students[0], mark="late")
    planned, running = create_planned_lesson(bob), create_planned_lesson(bob, status="ing")
    provisional = create_planned_lesson(bob, status="end", final_at=None)
    for lesson in (held, planned, running, provisional):
        with pytest.raises(ValidationError, match="can be made up"):
            made_up(lesson, alice)


def test_what_was_not_held_refused_or_attended_by_nobody_can_be_made_up(alice, bob, ghost):
    not_held = create_planned_lesson(bob, timedelta(days=-2))
    refused = create_planned_lesson(bob, timedelta(minutes=-5), remote_id="", sync_state="refused")
    excused = ghost
    absent_from(excused, *(one.user for one in excused.members.all()), mark="excused")
    found = [make_up_occasion(one) for one in (not_held, refused, excused)]
    assert found == ["not_held", "refused", "nobody_came"]
    absent_from(ghost, *(one.user for one in ghost.members.all()), mark="unknown")
    assert make_up_occasion(ghost) == ""


def test_a_time_that_is_over_and_one_with_a_conflict_are_refused_with_a_sentence(cancelled, alice, bob):
    with pytest.raises(ValidationError, match="This time is over"):
        made_up(cancelled, alice, starts_at=timezone.now() - timedelta(hours=1))
    lesson_at(bob, moment(7, 10, 15))
    with pytest.raises(BookingConflictError):
        made_up(cancelled, alice)
    assert made_up(cancelled, alice, conflict_reason="Both are short.").conflict_allowed


def test_the_absences_of_a_lesson_that_nobody_attended_count_no_more(ghost, alice, students):
    assert AbsenceStreak.objects.count() == 2
    made = made_up(ghost, alice)
    assert not AbsenceStreak.objects.exists()
    cancel_lesson(lesson=made, by=alice)
    assert AbsenceStreak.objects.count() == 2
    again = made_up(ghost, alice)
    Lesson.objects.filter(pk=again.pk).update(status="end", final_at=timezone.now())
    absent_from(again, students[0])
    (streak,) = AbsenceStreak.objects.all()
    assert streak.times == [again.starts_at]


def test_a_course_that_changes_its_rule_takes_a_make_up_for_no_day_of_its_own(alice, bob, school):
    kid = create_person(school, "kid", Role.STUDENT)
    course = plan_course(
        title="Croquet",
        teacher=bob,
        members=[kid],
        starts_local=timezone.make_naive(moment(2)),
        duration_minutes=45,
        rrule="FREQ=WEEKLY;COUNT=3",
        make_up_skipped=True,
        by=alice,
    )
    first = course.lessons.order_by("starts_at").first()
    cancel_lesson(lesson=first, by=alice)
    made = made_up(first, alice, starts_at=moment(3))
    assert made.course == course
    change_course(course=course, scope=ChangeScope.ALL, by=alice, rrule="FREQ=WEEKLY;COUNT=4")
    kept = course.lessons.filter(cancelled_at=None).count()
    assert kept == 4  # three of the rule, and the make-up instead of the cancelled one


@pytest.mark.django_db(transaction=True)
def test_of_two_who_make_up_a_lesson_at_once_the_second_is_told(cancelled, alice, helper):
    second = call_while_other_waits(
        lambda: made_up(cancelled, alice), lambda: made_up(cancelled, alice, starts_at=moment(8))
    )
    assert isinstance(second.error, Conflict)
    assert "already has a make-up lesson" in " ".join(second.error.messages)
    assert Lesson.objects.filter(makes_up_for=cancelled).count() == 1


def test_members_of_the_make_up_do_not_follow_the_first_lesson(cancelled, alice, school):
    made = made_up(cancelled, alice)
    add_members(cancelled, create_person(school, "late", Role.STUDENT))
    assert made.members.count() == 3
