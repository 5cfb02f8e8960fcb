"""Set up, change, pause, run and delete scheduled exports. Each service is one transaction, and audited."""

from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from classes.attendance.reports.exports.files import OPEN_JOBS
from classes.attendance.reports.exports.periods import next_due
from classes.attendance.reports.exports.runs import create_run, stop_reason
from classes.attendance.reports.exports.tables import EXPORT_TYPES
from classes.models import ExportSchedule
from classes.models.export_schedule import RunState
from console.audit.trail import record
from console.concurrency import Conflict, changed_fields, lock_row, service
from console.deleted_rows import Kept, delete_keeping, undo_deletion
from console.undo import register_undo

MAX_SCHEDULES = 50
FILTERS = ("role", "group", "course")
RECIPIENTS = "recipients"


@service
def create_schedule(*, by: User, recipients: Collection[User] = (), **fields: Any) -> ExportSchedule:
    """Create a schedule whose owner is `by`. ValidationError at the field that does not fit."""
    school: Any = by.enterprise
    lock_row(school)
    if ExportSchedule.objects.filter(enterprise=school).count() >= MAX_SCHEDULES:
        raise ValidationError(_("A school has at most %(n)d scheduled exports.") % {"n": MAX_SCHEDULES})
    schedule = ExportSchedule(enterprise=school, owner=by, **fields)
    _settle(schedule, recipients)
    schedule.save(force_insert=True)
    schedule.recipients.set(recipients)
    record("export_schedule.add", schedule, by=by, after=fields | _names(recipients))
    return schedule


@service
def edit_schedule(
    *,
    schedule: ExportSchedule,
    by: User,
    recipients: Collection[User],
    seen: Mapping[str, str] | None = None,
    **fields: Any,
) -> ExportSchedule:
    """Change a schedule, which belongs to `by` from now on and is resumed.

    EditConflict if somebody else changed the same since it was read, ValidationError at the field that does
    not fit.
    """
    stored = lock_row(schedule)
    changed = changed_fields(stored, fields, seen or {})
    before = {name: getattr(stored, name) for name in changed} | {"owner": stored.owner.user_id}
    former = _names(stored.recipients.all())
    for name, value in changed.items():
        setattr(stored, name, value)
    stored.owner, stored.is_on = by, True
    _settle(stored, recipients)
    stored.save(update_fields=[*changed, *FILTERS, "period", "owner", "is_on", "attach", "due_at"])
    stored.recipients.set(recipients)
    after = changed | {"owner": by.user_id} | _names(recipients)
    record("export_schedule.change", stored, by=by, before=before | former, after=after)
    return stored


@service
def switch_schedule(*, schedule: ExportSchedule, on: bool, by: User) -> None:
    """Pause a schedule, or resume it. ValidationError if its owner may not have it made any more."""
    stored = lock_row(schedule)
    if stored.is_on == on:
        return
    if on:
        if reason := stop_reason(stored, stored.owner):
            advice = _("Edit and save the export: it is then made with your rights.")
            raise ValidationError(f"{reason.label} {advice}")
        stored.due_at = next_due(stored, timezone.now(), stored.enterprise.tz)
    stored.is_on = on
    stored.save(update_fields=["is_on", "due_at"])
    record("export_schedule.change", stored, by=by, before={"is_on": not on}, after={"is_on": on})


@service
def run_now(*, schedule: ExportSchedule, by: User) -> None:
    """Let the worker make the file now. Conflict while a run waits."""
    stored = lock_row(schedule)
    if stored.runs.filter(state=RunState.WAITING, job__state__in=OPEN_JOBS).exists():
        raise Conflict(_("This export is being made already."))
    create_run(stored, planned_for=timezone.now(), by=by)
    record("export_schedule.run_now", stored, by=by)


@service
def delete_schedule(*, schedule: ExportSchedule, by: User) -> Kept:
    """Delete a schedule. Its files stay until they expire."""
    stored = lock_row(schedule)
    record("export_schedule.delete", stored, by=by, before={"kind": stored.kind})
    return delete_keeping(stored)


register_undo("export_schedule.delete", undo_deletion("export_schedule"))


def _settle(schedule: ExportSchedule, recipients: Collection[User]) -> None:
    """Clear what this kind has no use for, check the rest, and set when it is due next."""
    kind = EXPORT_TYPES[schedule.kind]
    for name in FILTERS:
        if name not in kind.filters:
            setattr(schedule, name, "" if name == "role" else None)
    if not kind.has_period:
        schedule.period = ExportSchedule.Period.NONE
    elif not schedule.period:
        raise ValidationError({"period": _("Choose which days the file covers.")})
    if kind.needs_course and schedule.course is None:
        raise ValidationError({"course": _("Choose a course.")})
    if reason := stop_reason(schedule, schedule.owner):
        raise ValidationError({"kind": reason.label})
    if unable := [one.nickname or one.user_id for one in recipients if stop_reason(schedule, one)]:
        message = _("Their role does not allow this export: %(names)s.")
        raise ValidationError({RECIPIENTS: message % {"names": ", ".join(unable)}})
    schedule.attach = schedule.attach and bool(recipients)
    schedule.due_at = next_due(schedule, timezone.now(), schedule.enterprise.tz)


def _names(recipients: Collection[User] | Any) -> dict[str, list[str]]:
    return {RECIPIENTS: sorted(one.user_id for one in recipients)}
