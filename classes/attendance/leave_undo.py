"""Answer a request for leave, or withdraw leave, so that it can be taken back (`console.undo`)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Guardian, User
from accounts.sign_in.guardians.services import guardians_of
from accounts.sign_in.permissions import protect_erased
from classes.attendance.leave import answer_key, answer_leave, open_requests, recalculate, withdraw_leave
from classes.models import Leave
from console.audit.trail import record
from console.concurrency import lock_row, service
from console.notifications.services import postpone_notices, withdraw_notices
from console.policy import scoped
from console.undo import register_undo, too_late, undo_window


@service
def answer_revocably(*, leave: Leave, approved: bool, text: str, by: User) -> dict[str, Any]:
    """Answer as `answer_leave` does. Return the values for `undo_answer`."""
    stored = answer_leave(leave=leave, approved=approved, text=text, by=by)
    postpone_notices([stored.person], answer_key(stored), undo_window())
    return {"at": _iso(stored.answered_at)}


@service
def undo_answer(*, leave: Leave, by: User, values: Mapping[str, Any]) -> None:
    """Let a request wait again. The student is not notified, and the registers are as before.

    Raise ValidationError if the student was notified, who asked has asked anew, or the leave changed since.
    """
    person = lock_row(leave.person)
    stored = lock_row(leave)
    answered = stored.state in (Leave.State.APPROVED, Leave.State.RETURNED)
    if not answered or _iso(stored.answered_at) != values["at"]:
        raise _changed()
    if not withdraw_notices([person], answer_key(stored)):
        raise too_late(is_sent=False)
    _require_free(stored, person)
    was_approved = stored.state == Leave.State.APPROVED
    stored.state = Leave.State.REQUESTED
    stored.answer, stored.answered_by, stored.answered_at = "", None, None
    stored.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    record("leave.reopen", stored, by=by)
    if was_approved:
        recalculate(stored)


@service
def withdraw_revocably(
    *, leave: Leave, by: User | None, guardian: Guardian | None = None
) -> dict[str, Any] | None:
    """Withdraw as `withdraw_leave` does. Return the values for `undo_withdrawal`, None if it was before."""
    stored = lock_row(leave)
    if stored.state == Leave.State.WITHDRAWN:
        return None
    withdraw_leave(leave=stored, by=by, guardian=guardian)
    at = Leave.objects.values_list("withdrawn_at", flat=True).get(pk=stored.pk)
    return {"state": stored.state, "at": _iso(at)}


@service
def undo_withdrawal(*, leave: Leave, by: User | None, values: Mapping[str, Any]) -> None:
    """Restore leave that was revoked, or a request that was withdrawn; the registers are as before.

    Raise ValidationError if the leave changed since, or who asked has asked anew.
    """
    person = lock_row(leave.person)
    stored = lock_row(leave)
    if _iso(stored.withdrawn_at) != values["at"]:
        raise _changed()
    stored.state, stored.withdrawn_at = values["state"], None
    if stored.state == Leave.State.REQUESTED:
        _require_free(stored, person)
    protect_erased(person)
    stored.save(update_fields=["state", "withdrawn_at"])
    record("leave.restore", stored, by=by)
    if stored.state == Leave.State.APPROVED:
        recalculate(stored)


def _require_free(leave: Leave, person: User) -> None:
    """Raise ValidationError if who made it asked anew for this time: two requests of one would overlap."""
    protect_erased(person)
    own = open_requests(person, leave.guardian)
    if own.filter(begins_at__lt=leave.ends_at, ends_at__gt=leave.begins_at):
        raise ValidationError(_("There is a newer request for this time. See the list of leave."))


def _changed() -> ValidationError:
    return ValidationError(_("Someone changed this leave since. Open it again to see its state."))


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _find(by: Any, key: int, action: str) -> Leave:
    return _get(scoped(Leave.objects.all(), by, "leave", action), key)


def _get(rows: QuerySet[Leave], key: int) -> Leave:
    leave = rows.select_related("person").filter(pk=key).first()
    if leave is None:
        raise ValidationError(_("This cannot be taken back."))
    return leave


def _undo_answer(by: Any, key: int, values: Mapping[str, Any]) -> None:
    undo_answer(leave=_find(by, key, "answer"), by=by, values=values)


def _undo_withdrawal(by: Any, key: int, values: Mapping[str, Any]) -> None:
    undo_withdrawal(leave=_find(by, key, "withdraw"), by=by, values=values)


def _undo_withdrawal_of_guardian(account: Any, key: int, values: Mapping[str, Any]) -> None:
    may_ask = guardians_of(account).filter(told_leave=True)
    leave = _get(Leave.objects.filter(guardian__in=may_ask), key)
    undo_withdrawal(leave=leave, by=None, values=values)


register_undo("leave.answer", _undo_answer)
register_undo("leave.withdraw", _undo_withdrawal)
register_undo("leave.withdraw_as_guardian", _undo_withdrawal_of_guardian)
