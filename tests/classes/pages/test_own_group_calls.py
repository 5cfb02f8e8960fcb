"""Calls that a teacher in charge records on the page of their group."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Enterprise, Grade, Role, StudentGroup, User
from classes.attendance.leave import request_leave
from classes.attendance.register import recompute_register
from classes.models import AbsenceCall, Leave, Lesson
from console.audit.models import AuditEntry
from tests.classes.factories import add_members, create_running_lesson, create_students, record_poll
from tests.support.cast import create_person
from tests.support.charges import put_in_charge
from tests.support.page_client import page_text

pytestmark = pytest.mark.django_db
PAGE, CALL = "/groups/mine/", "/groups/mine/call/"


@pytest.fixture
def kids(school: Enterprise, tom: User) -> list[User]:
    """Year 7, which Tom is in charge of and Bob teaches."""
    kids = create_students(school, 2, "Year 7")
    put_in_charge(StudentGroup.objects.get(name="Year 7"), tom)
    return kids


@pytest.fixture
def lesson(bob: User, kids: list[User]) -> Lesson:
    """A running lesson of Bob's in which Kid1 is and Kid2 is not."""
    lesson = create_running_lesson(bob, topic="Croquet")
    add_members(lesson, *kids)
    record_poll(lesson, [kids[0]], at=timezone.now() - timedelta(minutes=2))
    recompute_register(lesson)
    Lesson.objects.filter(pk=lesson.pk).update(looked_at=timezone.now())
    return lesson


def call_data(student: User, lesson: Lesson, **more: Any) -> dict[str, Any]:
    return {"student": student.pk, "lesson": lesson.pk, "outcome": "coming", "note": "On the bus"} | more


def test_a_call_is_recorded_on_the_page_and_stands_beside_the_student(
    browse: Any, tom: User, kids: list[User], lesson: Lesson
) -> None:
    assert browse(tom, f"/lessons/{lesson.pk}/").status_code == 403
    assert "Record a call" in page_text(browse(tom, PAGE))
    group = StudentGroup.objects.get(name="Year 7")
    answer = browse(tom, f"{CALL}?group={group.pk}", call_data(kids[1], lesson))
    assert answer["Location"] == f"{PAGE}?group={group.pk}"
    call = AbsenceCall.objects.get()
    assert (call.lesson, call.person, call.by) == (lesson, kids[1], tom)
    assert (call.outcome, call.note) == ("coming", "On the bus")
    page = page_text(browse(tom, PAGE))
    assert "The call has been saved." in page
    assert "is coming" in page
    assert AuditEntry.objects.filter(action="lesson.call", actor=tom).count() == 1


def test_a_call_needs_a_student_of_the_group_who_has_the_lesson_now(
    browse: Any, tom: User, bob: User, school: Enterprise, kids: list[User], lesson: Lesson
) -> None:
    dina = create_person(school, "dina", Role.STUDENT)
    add_members(lesson, dina)
    other = create_running_lesson(bob, topic="Chess")
    for wrong in (
        call_data(dina, lesson),
        call_data(kids[1], other),
        call_data(kids[1], lesson) | {"student": "x"},
    ):
        browse(tom, CALL, wrong)
        assert "The call was not saved." in page_text(browse(tom, PAGE))
    Lesson.objects.filter(pk=lesson.pk).update(status="end")
    browse(tom, CALL, call_data(kids[1], lesson))
    assert not AbsenceCall.objects.exists()


def test_a_call_that_brings_the_student_into_the_room_is_recorded(
    browse: Any, tom: User, kids: list[User], lesson: Lesson
) -> None:
    record_poll(lesson, kids)
    recompute_register(lesson)
    browse(tom, CALL, call_data(kids[1], lesson))
    page = page_text(browse(tom, PAGE))
    assert "Nobody is missing." in page
    assert "The call has been saved." in page
    assert AbsenceCall.objects.get().note == "On the bus"


def test_a_call_about_a_student_whose_leave_was_approved_meanwhile_is_recorded(
    browse: Any, tom: User, kids: list[User], lesson: Lesson
) -> None:
    now = timezone.now()
    (leave,) = request_leave(
        person=kids[1],
        periods=[(now - timedelta(hours=1), now + timedelta(hours=1))],
        kind="sick",
        reason="Ill",
        by=kids[1],
    )
    Leave.objects.filter(pk=leave.pk).update(state="approved")
    browse(tom, CALL, call_data(kids[1], lesson))
    assert AbsenceCall.objects.get().person == kids[1]


def test_a_call_from_the_page_of_the_grade_returns_to_the_grade(
    browse: Any, school: Enterprise, kids: list[User], lesson: Lesson
) -> None:
    grade = Grade.objects.create(enterprise=school, name="Grade 7", position=1)
    StudentGroup.objects.update(grade=grade)
    put_in_charge(grade, hal := create_person(school, "hal", Role.TEACHER))
    address = f"{CALL}?group={StudentGroup.objects.get().pk}&amp;grade={grade.pk}"
    assert f'action="{address}"' in browse(hal, f"{PAGE}?grade={grade.pk}").content.decode()
    answer = browse(hal, address.replace("&amp;", "&"), call_data(kids[1], lesson))
    assert answer["Location"] == f"{PAGE}?grade={grade.pk}"
    assert AbsenceCall.objects.get().by == hal


@pytest.mark.parametrize("wrong", [{"outcome": "nonsense"}, {"outcome": ""}, {"note": "x" * 201}])
def test_a_wrong_call_is_not_saved_and_says_why(
    browse: Any, tom: User, kids: list[User], lesson: Lesson, wrong: dict[str, str]
) -> None:
    assert browse(tom, CALL, call_data(kids[1], lesson, **wrong)).status_code == 302
    assert 'class="flash' in page_text(browse(tom, PAGE))
    assert not AbsenceCall.objects.exists()


def test_only_who_is_in_charge_records_calls(
    browse: Any, bob: User, alice: User, charlie: User, school: Enterprise, kids: list[User], lesson: Lesson
) -> None:
    group = StudentGroup.objects.get(name="Year 7")
    for stranger in (bob, alice, charlie):
        assert browse(stranger, f"{CALL}?group={group.pk}", call_data(kids[1], lesson)).status_code == 404
    sue = create_person(school, "sue", Role.SUPERVISOR)
    put_in_charge(group, sue, kind="deputy")
    assert "Record a call" not in page_text(browse(sue, PAGE))
    assert browse(sue, CALL, call_data(kids[1], lesson)).status_code == 403
    assert browse(kids[1], CALL, call_data(kids[1], lesson)).status_code == 403
    assert not AbsenceCall.objects.exists()
