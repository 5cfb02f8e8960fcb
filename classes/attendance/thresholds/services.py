"""Add, change, switch and remove rules, and what people do about warnings. Each is one transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from classes.models import AttendanceWarning, ThresholdRule, WarningFollowUp
from console.audit.trail import record
from console.concurrency import Conflict, RowDeleted, changed_fields, lock_row, service
from console.wakeup import wake_worker

TASK = "classes.tasks.evaluate_thresholds"
#: The fields of a rule by which it counts; the others say who is told.
TARGET_FIELDS = ("scope", "grade", "group", "course")
COUNTING_FIELDS = (*TARGET_FIELDS, "kind", "number", "days", "least")
State, Ending = AttendanceWarning.State, AttendanceWarning.Ending


@service
def add_rule(*, by: User, **fields: Any) -> ThresholdRule:
    """Add a rule, which a worker evaluates at once. ValidationError if the school has the same one."""
    school: Any = by.enterprise_id
    rule = ThresholdRule(enterprise_id=school, created_by=by, **fields)
    _check_is_new(rule)
    rule.save(force_insert=True)
    record("threshold.add", rule, by=by, after=_audit_values(fields))
    _evaluate_soon()
    return rule


@service
def edit_rule(
    *, rule: ThresholdRule, by: User, seen: Mapping[str, str] | None = None, **fields: Any
) -> ThresholdRule:
    """Change a rule. Where its condition changes, its warnings end, and it is evaluated anew.

    EditConflict if somebody else changed the same field, ValidationError if the school has the same rule or
    its grade, group or course would change: who sees its warnings depends on them.
    """
    stored = _lock_rule(rule)
    changed = changed_fields(stored, fields, seen or {})
    if not changed:
        return stored
    if any(name in TARGET_FIELDS for name in changed):
        raise ValidationError(_("A rule keeps its grade, group or course. Delete the rule and add another."))
    before = {name: getattr(stored, name) for name in changed}
    for name, value in changed.items():
        setattr(stored, name, value)
    saved = [*changed]
    if any(name in COUNTING_FIELDS for name in changed):
        _check_is_new(stored)
        _end_warnings(stored)
        stored.checked_on = stored.lease_until = None
        saved += ["checked_on", "lease_until"]
        _evaluate_soon()
    stored.save(update_fields=saved)
    record("threshold.change", stored, by=by, before=_audit_values(before), after=_audit_values(changed))
    return stored


@service
def switch_rule(*, rule: ThresholdRule, on: bool, by: User) -> None:
    """Turn a rule on, which evaluates it anew, or off, which ends its warnings."""
    stored = _lock_rule(rule)
    if stored.is_on == on:
        return
    stored.is_on, stored.checked_on, stored.lease_until = on, None, None
    stored.save(update_fields=["is_on", "checked_on", "lease_until"])
    if on:
        _evaluate_soon()
    else:
        _end_warnings(stored)
    record("threshold.change", stored, by=by, before={"is_on": not on}, after={"is_on": on})


@service
def remove_rule(*, rule: ThresholdRule, by: User) -> None:
    """Remove a rule from the list. Its warnings end and stay."""
    stored = _lock_rule(rule)
    stored.removed_at = timezone.now()
    stored.save(update_fields=["removed_at"])
    _end_warnings(stored)
    record("threshold.delete", stored, by=by)


@service
def acknowledge_warning(*, warning: AttendanceWarning, by: User) -> dict[str, Any] | None:
    """Say that one handles a warning. Return the values for `undo.undo_handling`, None if one does already.

    Conflict if somebody else does, or it was taken back.
    """
    stored = _lock_unhandled(warning)
    if stored.state == State.OPEN:
        former = _handling(stored)
        at = _acknowledge(stored, by)
        return former | {"made": stored.state, "at": at.isoformat()}
    if stored.acknowledged_by_id != by.pk:
        raise Conflict(_("Someone else is already handling this."))
    return None


@service
def add_follow_up(*, warning: AttendanceWarning, kind: str, text: str, by: User) -> WarningFollowUp:
    """Record what one did about a warning; whoever does something about a new one handles it.

    ValidationError for a note without text.
    """
    stored = lock_row(warning)
    if kind == WarningFollowUp.Kind.NOTE and not text.strip():
        raise ValidationError({"text": _("Write the note.")})
    if stored.state == State.OPEN:
        _acknowledge(stored, by)
    found = WarningFollowUp.objects.create(warning=stored, kind=kind, text=text.strip()[:1000], by=by)
    record("warning.follow_up", stored, by=by, after={"kind": kind})
    return found


@service
def close_warning(*, warning: AttendanceWarning, by: User) -> dict[str, Any]:
    """Close a warning, about which nothing more is to be done. Return the values for `undo.undo_handling`.

    Conflict as with `acknowledge_warning`.
    """
    stored = _lock_unhandled(warning)
    former = _handling(stored)
    if stored.state == State.OPEN:
        _acknowledge(stored, by)
    stored.state, stored.closed_by = State.CLOSED, by
    stored.closed_at = now = timezone.now()
    stored.save(update_fields=["state", "closed_by", "closed_at"])
    record("warning.close", stored, by=by)
    return former | {"made": stored.state, "at": now.isoformat()}


def _acknowledge(stored: AttendanceWarning, by: User) -> datetime:
    """Return since when it is handled."""
    stored.state, stored.acknowledged_by = State.ACKNOWLEDGED, by
    stored.acknowledged_at = now = timezone.now()
    stored.save(update_fields=["state", "acknowledged_by", "acknowledged_at"])
    record("warning.acknowledge", stored, by=by)
    return now


def _handling(stored: AttendanceWarning) -> dict[str, Any]:
    """Return how far people are with a warning, as JSON."""
    at = stored.acknowledged_at
    return {
        "state": stored.state,
        "acknowledged_by": stored.acknowledged_by_id,
        "acknowledged_at": at and at.isoformat(),
    }


def _lock_unhandled(warning: AttendanceWarning) -> AttendanceWarning:
    stored = lock_row(warning)
    if stored.state == State.WITHDRAWN:
        raise Conflict(_("This warning was taken back in the meantime."))
    if stored.state == State.CLOSED:
        raise Conflict(_("Someone has already closed this warning."))
    return stored


def _lock_rule(rule: ThresholdRule) -> ThresholdRule:
    stored = lock_row(rule)
    if stored.removed_at:
        raise RowDeleted
    return stored


def _check_is_new(rule: ThresholdRule) -> None:
    where = {name: getattr(rule, name) for name in COUNTING_FIELDS}
    same = ThresholdRule.objects.filter(enterprise=rule.enterprise_id, removed_at=None)
    if same.filter(**where).exclude(pk=rule.pk).exists():
        raise ValidationError(_("Your school has this rule already."))


def _end_warnings(rule: ThresholdRule) -> None:
    AttendanceWarning.objects.filter(rule=rule, ended_at=None).update(
        ended_at=timezone.now(), ending=Ending.RULE
    )


def _evaluate_soon() -> None:
    transaction.on_commit(lambda: wake_worker(TASK))


def _audit_values(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with names instead of rows."""
    return {name: str(value) if hasattr(value, "pk") else value for name, value in fields.items()}
