"""Handling or closing a warning is taken back, unless something happened about it since."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.models import User
from classes.attendance.thresholds.evaluation import evaluate_due_rules
from classes.attendance.thresholds.services import acknowledge_warning, add_follow_up, close_warning
from classes.attendance.thresholds.undo import undo_handling
from classes.models import AttendanceWarning
from console.audit.models import AuditEntry
from tests.classes.attendance.thresholds.conftest import set_marks
from tests.support.undo_button import press_undo

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def warning(three_absences: Any, lessons: Any, pupils: Any) -> AttendanceWarning:
    set_marks(lessons, pupils[0], ["absent"] * 4)
    evaluate_due_rules()
    return AttendanceWarning.objects.get()


def state_of(warning: AttendanceWarning) -> tuple[str, User | None, User | None]:
    warning.refresh_from_db()
    return warning.state, warning.acknowledged_by, warning.closed_by


def test_a_closed_warning_is_as_before(warning: AttendanceWarning, alice: User, bob: User) -> None:
    taken = acknowledge_warning(warning=warning, by=bob)
    since = AttendanceWarning.objects.get().acknowledged_at
    closed = close_warning(warning=warning, by=alice)
    undo_handling(warning=warning, by=alice, values=closed)
    assert state_of(warning) == ("taken", bob, None)
    assert warning.acknowledged_at == since
    assert taken
    undo_handling(warning=warning, by=bob, values=taken)
    assert state_of(warning) == ("open", None, None)
    assert AuditEntry.objects.filter(action="warning.reopen").count() == 2


def test_what_changed_since_is_not_taken_back(warning: AttendanceWarning, alice: User, bob: User) -> None:
    taken = acknowledge_warning(warning=warning, by=bob)
    assert taken
    assert acknowledge_warning(warning=warning, by=bob) is None, "nothing was done, so nothing is offered"
    close_warning(warning=warning, by=alice)
    with pytest.raises(ValidationError, match="changed this warning since"):
        undo_handling(warning=warning, by=bob, values=taken)
    assert state_of(warning) == ("closed", bob, alice)


def test_a_follow_up_stays_with_who_handles_it(warning: AttendanceWarning, bob: User) -> None:
    taken = acknowledge_warning(warning=warning, by=bob)
    assert taken
    add_follow_up(warning=warning, kind="called", text="", by=bob)
    with pytest.raises(ValidationError, match="follow-up was recorded since"):
        undo_handling(warning=warning, by=bob, values=taken)
    assert state_of(warning) == ("taken", bob, None)


def test_the_message_has_the_button(
    warning: AttendanceWarning, browse: Callable[..., Any], client: Client, alice: User, settings: Any
) -> None:
    settings.UNDO_S = 10
    browse(alice, f"/warnings/{warning.pk}/close/", {})
    assert state_of(warning) == ("closed", alice, alice)
    press_undo(client, f"/warnings/{warning.pk}/")
    assert state_of(warning) == ("open", None, None)
