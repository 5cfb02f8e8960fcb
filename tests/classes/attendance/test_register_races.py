"""Two clerks at one register at once: each decides about what is stored, and the second gets a sentence."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Enterprise, Role, User
from classes.attendance.appeals import (
    add_credit,
    answer_appeal,
    file_appeal,
    undo_credit,
)
from classes.attendance.corrections import close_register, correct_mark, excuse_people, reopen_register
from classes.attendance.leave import grant_leave, withdraw_leave
from classes.attendance.policy_changes import set_course_rules, set_lesson_rules
from classes.attendance.register import finalize_register
from classes.models import Appeal, Attendance, Correction, Course, GuestCredit, Lesson, Register
from console.audit.models import AuditEntry
from console.concurrency import EditConflict
from tests.classes.attendance.service_rows import poll_lesson, record_history_rows
from tests.support.cast import create_person
from tests.support.concurrent_calls import call_concurrently, call_while_other_waits
from tests.support.page_client import client_for, page_says
from tests.support.rest_client import rest_client

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("nine", "english")]
VISITS = {"bob": [("7:59", "8:45")], "ann": [("8:00", "8:20")], "zoe": [("8:22", "8:45")]}


@pytest.fixture
def register(lesson: Lesson) -> Lesson:
    poll_lesson(lesson, VISITS)
    record_history_rows(lesson, VISITS)
    finalize_register(lesson)
    return lesson


def row(lesson: Lesson, user_id: str = "ben") -> Attendance:
    return Attendance.objects.get(lesson=lesson, user_id=user_id)


def refused(outcome: Any) -> str:
    """The sentence of an act that came too late."""
    assert isinstance(outcome.error, ValidationError), (outcome.error, outcome.value)
    return " ".join(outcome.error.messages)


def test_of_two_clerks_who_answer_one_appeal_the_second_is_told(
    register: Lesson, ben: User, bob: User, alice: User
) -> None:
    made = file_appeal(mark_of=row(register), text="I sat beside Ann", by=ben)
    second = call_while_other_waits(
        lambda: answer_appeal(appeal=made, granted=True, mark="present", text="So says Ann", by=bob),
        lambda: answer_appeal(appeal=made, granted=False, text="No", by=alice),
    )
    assert "already been answered" in refused(second)
    assert Appeal.objects.get().state == Appeal.State.GRANTED
    assert row(register).mark == "present"


def test_two_who_answer_and_correct_at_once_do_not_wait_for_each_other(
    register: Lesson, ben: User, bob: User, alice: User
) -> None:
    made = file_appeal(mark_of=row(register), text="I sat beside Ann", by=ben)
    outcomes = call_concurrently(
        lambda: answer_appeal(appeal=made, granted=True, mark="present", text="So says Ann", by=bob),
        lambda: correct_mark(mark_of=row(register), mark="late", reason="Ben said so", by=alice),
        lambda: close_register(lesson=register, by=bob, anyway=True),
    )
    for one in outcomes:
        assert one.error is None or isinstance(one.error, ValidationError), one.error
    assert Register.objects.count() == 1


def test_one_appeals_once_however_often_it_is_sent(register: Lesson, ben: User) -> None:
    outcomes = call_concurrently(
        *[lambda: file_appeal(mark_of=row(register), text="I was there", by=ben)] * 3
    )
    assert Appeal.objects.count() == 1
    assert sum(one.error is not None for one in outcomes) == 2


def test_a_register_that_is_closed_meanwhile_is_not_corrected(
    register: Lesson, bob: User, alice: User
) -> None:
    seen = row(register)
    second = call_while_other_waits(
        lambda: close_register(lesson=register, by=bob),
        lambda: correct_mark(mark_of=seen, mark="present", reason="late note", by=alice),
    )
    assert "closed" in refused(second)
    assert not Correction.objects.exists()


def test_two_who_close_a_register_make_one_revision(register: Lesson, bob: User, alice: User) -> None:
    outcomes = call_concurrently(
        lambda: close_register(lesson=register, by=bob), lambda: close_register(lesson=register, by=alice)
    )
    assert [isinstance(one.error, ValidationError) for one in outcomes].count(True) == 1
    assert Register.objects.count() == 1
    again = call_concurrently(
        lambda: reopen_register(lesson=register, reason="a note", by=bob),
        lambda: reopen_register(lesson=register, reason="a note", by=alice),
    )
    assert [isinstance(one.error, ValidationError) for one in again].count(True) == 1


def test_rest_tells_the_second_who_closes(register: Lesson, bob: User, alice: User) -> None:
    second = call_while_other_waits(
        lambda: close_register(lesson=register, by=bob),
        lambda: rest_client(alice).post(f"/api/v1/lessons/{register.pk}/attendance/close/"),
    )
    assert second.value.status_code == 400, second.value.content


def test_a_guest_counts_for_one_person_only(
    register: Lesson, ann: User, ben: User, bob: User, school: Enterprise
) -> None:
    outcomes = call_concurrently(
        lambda: add_credit(guest=row(register, "zoe"), person=ann, reason="by her phone", by=bob),
        lambda: add_credit(guest=row(register, "zoe"), person=ben, reason="by his phone", by=bob),
    )
    assert [isinstance(one.error, ValidationError) for one in outcomes].count(True) == 1
    made = GuestCredit.objects.get()
    undone = call_concurrently(*[lambda: undo_credit(credit=made, by=bob)] * 2)
    assert [one.error for one in undone] == [None, None]
    assert AuditEntry.objects.filter(action="attendance.uncredit").count() == 1


def test_leave_that_two_take_back_is_taken_back_once(
    register: Lesson, ben: User, bob: User, alice: User
) -> None:
    times = {"begins_at": register.starts_at, "ends_at": register.ends_at + timedelta(hours=1)}
    leave = grant_leave(person=ben, reason="ill", by=alice, **times)
    assert row(register).mark == "excused"
    outcomes = call_concurrently(
        lambda: withdraw_leave(leave=leave, by=alice),
        lambda: withdraw_leave(leave=leave, by=bob),
        lambda: correct_mark(mark_of=row(register, "ann"), mark="present", reason="she was", by=bob),
    )
    assert [one.error for one in outcomes] == [None] * 3
    assert AuditEntry.objects.filter(action="leave.withdraw").count() == 1
    assert row(register).mark == "absent"


def test_rules_leave_and_corrections_at_once_leave_the_marks_of_all_of_them(
    register: Lesson, ann: User, ben: User, bob: User, alice: User, school: Enterprise
) -> None:
    create_person(school, "cat", Role.STUDENT)
    times = {"begins_at": register.starts_at, "ends_at": register.ends_at}
    outcomes = call_concurrently(
        lambda: set_lesson_rules(lesson=register, rules={"late_after_s": 60}, reason="exam", by=alice),
        lambda: grant_leave(person=ben, reason="ill", by=alice, **times),
        lambda: excuse_people(lesson=register, user_ids=["ann"], reason="outage", by=bob),
    )
    assert [one.error for one in outcomes] == [None] * 3
    stored = Lesson.objects.get(pk=register.pk)
    assert stored.rules == {"late_after_s": 60}
    assert (row(register).mark, row(register, "ann").mark) == ("excused", "excused")


def test_of_two_who_give_a_lesson_rules_the_second_is_told(register: Lesson, alice: User, bob: User) -> None:
    old, path = Lesson.objects.get(pk=register.pk), f"/lessons/{register.pk}/attendance/rules/"
    seen = client_for(alice).get(path).context["form"].seen_json
    set_lesson_rules(lesson=register, rules={"late_after_s": 60}, reason="exam", by=alice)
    with pytest.raises(EditConflict):
        set_lesson_rules(lesson=old, rules={"late_after_s": 120}, reason="test", by=bob)
    typed = {"late_after": "2", "reason": "test", "confirm": "on", "seen": seen}
    page = client_for(alice).post(path, typed)
    assert page_says(
        page, "Someone changed this while you were editing. Save again to replace it with your value."
    )
    assert Lesson.objects.get(pk=register.pk).rules == {"late_after_s": 60}
    again = typed | {"seen": page.context["form"].seen_json}
    assert client_for(alice).post(path, again).status_code == 302
    assert Lesson.objects.get(pk=register.pk).rules == {"late_after_s": 120}


@pytest.mark.parametrize("kind", ["lessons", "courses"])
def test_rules_that_two_people_change_on_their_pages_merge(
    register: Lesson, alice: User, bob: User, kind: str
) -> None:
    row = register if kind == "lessons" else _course_of(register)
    path = f"/{kind}/{row.pk}/attendance/rules/"
    client, sure = client_for(alice), {"reason": "test", "confirm": "on", "past": "keep"}
    seen = client.get(path).context["form"].seen_json
    _set_rules(row, {"late_after_s": 60, "present_share": 40}, bob)
    assert client.post(path, {"early_leave": "2", "seen": seen, **sure}).status_code == 302
    both = {"late_after_s": 60, "present_share": 40, "early_leave_s": 120}
    assert type(row).objects.get(pk=row.pk).rules == both
    assert client.post(path, {"seen": seen, **sure}).status_code == 302
    assert type(row).objects.get(pk=row.pk).rules == both, "a page that changes nothing takes nothing back"


def test_of_two_who_change_one_rule_of_a_course_the_second_is_told(
    register: Lesson, alice: User, bob: User
) -> None:
    course = _course_of(register)
    path = f"/courses/{course.pk}/attendance/rules/"
    seen = client_for(alice).get(path).context["form"].seen_json
    _set_rules(course, {"late_after_s": 60}, bob)
    typed = {"late_after": "2", "early_leave": "1", "reason": "test", "past": "keep", "seen": seen}
    page = client_for(alice).post(path, typed)
    assert list(page.context["form"].errors) == ["late_after"]
    assert Course.objects.get(pk=course.pk).rules == {"late_after_s": 60}
    again = typed | {"seen": page.context["form"].seen_json}
    assert client_for(alice).post(path, again).status_code == 302
    assert Course.objects.get(pk=course.pk).rules == {"late_after_s": 120, "early_leave_s": 60}


def _course_of(lesson: Lesson) -> Course:
    course = Course.objects.create(
        enterprise=lesson.enterprise,
        title="Games",
        teacher=lesson.teacher,
        starts_local=datetime(2027, 3, 2, 19),
        duration_minutes=45,
    )
    Lesson.objects.filter(pk=lesson.pk).update(course=course)
    return course


def _set_rules(row: Lesson | Course, rules: dict[str, int], by: User) -> None:
    if isinstance(row, Lesson):
        set_lesson_rules(lesson=row, rules=rules, reason="exam", by=by)
    else:
        set_course_rules(course=row, rules=rules, back=False, reason="exam", by=by)
