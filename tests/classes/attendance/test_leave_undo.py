"""An answer to a request for leave, and leave that was withdrawn or revoked, are taken back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from accounts.models import User
from classes.attendance.leave import answer_leave, grant_leave, request_leave, withdraw_leave
from classes.attendance.leave_undo import (
    answer_revocably,
    undo_answer,
    undo_withdrawal,
    withdraw_revocably,
)
from classes.models import Attendance, Leave, Lesson
from console.audit.models import AuditEntry
from console.notifications.email_delivery import send_due_emails
from console.notifications.models import Notification
from tests.classes.attendance.service_rows import moment
from tests.support.page_client import page_text
from tests.support.undo_button import press_undo, ticket_on

pytestmark = pytest.mark.usefixtures("nine", "english", "ten_seconds")
TIMES = {"begins_at": moment("7:00"), "ends_at": moment("12:00")}


@pytest.fixture
def ten_seconds(settings: Any) -> None:
    settings.UNDO_S = 10
    settings.EMAIL_IS_SET_UP = True


@pytest.fixture
def leave(register: Lesson, ben: User) -> Leave:
    """Ben, who has an e-mail address, asks for leave during the lesson."""
    User.objects.filter(pk=ben.pk).update(e_mail="ben@school.example")
    return ask(ben)


def ask(person: User) -> Leave:
    period = TIMES["begins_at"], TIMES["ends_at"]
    return request_leave(person=person, periods=[period], kind="sick", reason="Dentist", by=person)[0]


def stored(leave: Leave) -> Leave:
    return Leave.objects.select_related("person").get(pk=leave.pk)


def mark(lesson: Lesson) -> str:
    return Attendance.objects.get(lesson=lesson, user_id="ben").mark


def answers() -> int:
    return Notification.objects.filter(kind__in=("leave.approved", "leave.returned")).count()


@pytest.mark.parametrize("approved", [True, False])
def test_an_answer_is_taken_back_before_the_student_hears_of_it(
    leave: Leave, register: Lesson, alice: User, approved: bool
) -> None:
    values = answer_revocably(leave=leave, approved=approved, text="So it is.", by=alice)
    assert values
    assert (mark(register), answers()) == ("excused" if approved else "absent", 1)
    Notification.objects.filter(kind="leave.requested").update(mail="none")
    assert send_due_emails() == 0
    undo_answer(leave=stored(leave), by=alice, values=values)
    now = stored(leave)
    assert (now.state, now.answer, now.answered_by, now.answered_at) == ("requested", "", None, None)
    assert (mark(register), answers()) == ("absent", 0)
    assert AuditEntry.objects.filter(action="leave.reopen").count() == 1
    with pytest.raises(ValidationError, match="changed this leave since"):
        undo_answer(leave=stored(leave), by=alice, values=values)

    answer_leave(leave=leave, approved=True, text="", by=alice)
    assert answers() == 1, "the next answer is told as the first one"


def test_an_answer_that_the_student_was_sent_is_not_taken_back(leave: Leave, alice: User) -> None:
    values = answer_revocably(leave=leave, approved=True, text="", by=alice)
    assert values
    Notification.objects.filter(kind="leave.requested").update(mail="none")
    with time_machine.travel(timezone.now() + timedelta(seconds=11), tick=False):
        assert send_due_emails() == 1
    with pytest.raises(ValidationError, match="too late to take this back"):
        undo_answer(leave=stored(leave), by=alice, values=values)
    assert (stored(leave).state, answers()) == ("approved", 1)


def test_revoked_leave_excuses_again(register: Lesson, ben: User, alice: User) -> None:
    leave = grant_leave(person=ben, **TIMES, reason="Dentist", by=alice)
    values = withdraw_revocably(leave=leave, by=alice)
    assert values
    assert mark(register) == "absent"
    undo_withdrawal(leave=stored(leave), by=alice, values=values)
    assert (stored(leave).state, stored(leave).withdrawn_at, mark(register)) == ("approved", None, "excused")
    assert AuditEntry.objects.filter(action="leave.restore").count() == 1
    with pytest.raises(ValidationError, match="changed this leave since"):
        undo_withdrawal(leave=stored(leave), by=alice, values=values)


def test_a_request_that_was_asked_anew_does_not_come_back(leave: Leave, ben: User, alice: User) -> None:
    values = withdraw_revocably(leave=leave, by=ben)
    assert values
    newer = ask(ben)
    with pytest.raises(ValidationError, match="newer request for this time"):
        undo_withdrawal(leave=stored(leave), by=ben, values=values)
    assert stored(leave).state == "withdrawn"

    returned = answer_revocably(leave=newer, approved=False, text="Bring a note", by=alice)
    assert returned
    ask(ben)
    with pytest.raises(ValidationError, match="newer request for this time"):
        undo_answer(leave=stored(newer), by=alice, values=returned)
    assert (stored(newer).state, answers()) == ("returned", 1)


def test_what_was_withdrawn_before_offers_nothing(leave: Leave, ben: User) -> None:
    withdraw_leave(leave=leave, by=ben)
    assert withdraw_revocably(leave=leave, by=ben) is None


def test_the_messages_have_the_button_for_who_acted(
    leave: Leave, browse: Callable[..., Any], client: Client, alice: User, ben: User, charlie: User
) -> None:
    page = f"/leave/{leave.pk}/"
    browse(alice, f"{page}answer/", {"decision": "approve", "text": ""})
    press_undo(client, page)
    assert stored(leave).state == "requested"
    assert "Nothing was sent to iclass" not in page_text(client.get(page))

    assert browse(charlie, f"{page}withdraw/", {}).status_code == 404
    browse(ben, f"{page}withdraw/", {})
    assert stored(leave).state == "withdrawn"
    ticket = ticket_on(client, page)
    browse(charlie, "/undo/", {"ticket": ticket, "next": page})
    assert stored(leave).state == "withdrawn"
    browse(ben, "/undo/", {"ticket": ticket, "next": page})
    assert stored(leave).state == "requested"


def test_the_right_is_checked_again(
    leave: Leave, browse: Callable[..., Any], client: Client, alice: User
) -> None:
    page = f"/leave/{leave.pk}/"
    browse(alice, f"{page}answer/", {"decision": "approve", "text": ""})
    ticket = ticket_on(client, page)
    User.objects.filter(pk=alice.pk).update(role="student")
    alice.refresh_from_db()
    browse(alice, "/undo/", {"ticket": ticket, "next": page})
    assert stored(leave).state == "approved"
