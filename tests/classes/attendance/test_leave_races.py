"""Two who decide about one request for leave at once: one decision counts, the other gets a sentence."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.people.erasure import erase_person
from classes.attendance.leave import answer_leave, grant_leave, request_leave, withdraw_leave
from classes.models import Attendance, Leave, Lesson
from console.audit.models import AuditEntry
from console.concurrency import Conflict
from tests.classes.attendance.service_rows import moment
from tests.support.concurrent_calls import call_concurrently, call_while_other_waits

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("nine", "english")]


def ask(person: User, begins: str = "7:00", ends: str = "12:00") -> Leave:
    period = moment(begins), moment(ends)
    return request_leave(person=person, periods=[period], kind="sick", reason="Dentist", by=person)[0]


def mark(lesson: Lesson) -> str:
    return Attendance.objects.get(lesson=lesson, user_id="ben").mark


def refused(outcome: Any) -> str:
    assert isinstance(outcome.error, Conflict), (outcome.error, outcome.value)
    return " ".join(outcome.error.messages)


def test_of_two_who_answer_one_request_the_second_is_told(
    register: Lesson, ben: User, bob: User, alice: User
) -> None:
    leave = ask(ben)
    second = call_while_other_waits(
        lambda: answer_leave(leave=leave, approved=True, text="", by=bob),
        lambda: answer_leave(leave=leave, approved=False, text="No", by=alice),
    )
    assert "already been answered" in refused(second)
    assert (Leave.objects.get().state, mark(register)) == (Leave.State.APPROVED, "excused")


def test_a_request_that_is_withdrawn_while_it_is_approved_ends_as_one_of_both(
    register: Lesson, ben: User, bob: User
) -> None:
    leave = ask(ben)
    outcomes = call_concurrently(
        lambda: answer_leave(leave=leave, approved=True, text="", by=bob),
        lambda: withdraw_leave(leave=leave, by=ben),
    )
    assert [isinstance(one.error, Conflict) for one in outcomes].count(True) == 1
    state, expected = Leave.objects.get().state, {"approved": "excused", "withdrawn": "absent"}
    assert mark(register) == expected[state]
    assert AuditEntry.objects.filter(action__in=("leave.approve", "leave.cancel")).count() == 1


def test_a_request_that_is_replaced_while_it_is_approved_is_decided_once(
    register: Lesson, ben: User, bob: User
) -> None:
    leave = ask(ben)
    second = call_while_other_waits(
        lambda: ask(ben, "8:00", "13:00"),
        lambda: answer_leave(leave=leave, approved=True, text="", by=bob),
    )
    assert "replaced by a new one" in refused(second)
    assert mark(register) == "absent"
    assert Leave.objects.get(state=Leave.State.REQUESTED).begins_at == moment("7:00")


def test_requests_that_overlap_and_come_at_once_become_one(ben: User) -> None:
    times = [("8:00", "10:00"), ("9:00", "11:00"), ("10:30", "12:00")]
    outcomes = call_concurrently(*[lambda span=span: ask(ben, *span) for span in times])
    assert [one.error for one in outcomes] == [None] * 3
    merged = Leave.objects.get(state=Leave.State.REQUESTED)
    assert (merged.begins_at, merged.ends_at) == (moment("8:00"), moment("12:00"))


def test_leave_that_waits_for_the_erasure_of_the_student_is_refused(
    register: Lesson, ben: User, alice: User
) -> None:
    times = {"begins_at": moment("7:00"), "ends_at": moment("12:00")}
    second = call_while_other_waits(
        lambda: erase_person(person=ben, by=alice, reason="asked"),
        lambda: grant_leave(person=ben, reason="Dentist", by=alice, **times),
    )
    assert isinstance(second.error, ValidationError)
    assert "permanently erased" in " ".join(second.error.messages)
    assert (Leave.objects.count(), mark(register)) == (0, "absent")
