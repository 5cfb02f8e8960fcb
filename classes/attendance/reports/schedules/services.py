"""Create, change and stop schedules of reports, and the times at which they are due."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Grade, StudentGroup, User
from classes.attendance.reports.quick_ranges import month_of, week_of
from classes.attendance.reports.registry import SCHOOL
from classes.attendance.reports.schedules.filters import filter_form, filters_exist, subject_of
from classes.attendance.reports.schedules.reports import MAILED
from classes.models import ReportSchedule
from console.audit.models import AuditEntry
from console.audit.trail import record
from console.concurrency import lock_row, service
from console.deleted_rows import Kept, delete_keeping, undo_deletion
from console.policy import may
from console.undo import register_undo
from console.wakeup import wake_worker

SEND_TIME = time(7)
TASK = "classes.tasks.send_scheduled_reports"
#: A second press so soon after the first one sends nothing; a run that takes longer was killed. Longer
#: than the time until a retry (`delivery.RETRY_DELAY`), which sends the report of an earlier press.
SENDING_TAKES, JUST_SENT = timedelta(minutes=15), timedelta(minutes=1)
Every, Reason, Result = ReportSchedule.Every, ReportSchedule.Reason, ReportSchedule.Result


def next_due(every: str, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the next Monday or first of a month at SEND_TIME in the zone, after `now`."""
    day = now.astimezone(zone).date()
    begins = week_of(day)[0] if every == Every.WEEK else day.replace(day=1)
    due = datetime.combine(begins, SEND_TIME, zone)
    if due > now:
        return due
    last = week_of(day)[1] if every == Every.WEEK else month_of(day)[1]
    return datetime.combine(last + timedelta(days=1), SEND_TIME, zone)


def last_days(every: str, today: date) -> tuple[date, date]:
    """Return the first and the last day of the last whole week or month before a day."""
    if every == Every.WEEK:
        return week_of(week_of(today)[0] - timedelta(days=1))
    return month_of(today.replace(day=1) - timedelta(days=1))


def stop_reason(schedule: ReportSchedule) -> ReportSchedule.Reason:
    """Return why the recipient gets no e-mail any more; NONE if they do."""
    if schedule.report not in MAILED:
        return Reason.UNKNOWN
    person, group = schedule.person, schedule.group
    if not person.is_active or not person.e_mail or person.enterprise_id != schedule.enterprise_id:
        return Reason.LEFT
    resources = {"report", MAILED[schedule.report].resource}
    if not all(may(person, action, one) for one in resources for action in ("list", "export")):
        return Reason.ROLE
    if group and group.archived_at:
        return Reason.GROUP
    return Reason.NONE if filters_exist(schedule) else Reason.FILTERS


@service
def create_schedule(
    *,
    person: User,
    every: str,
    by: User,
    group: StudentGroup | None = None,
    grade: Grade | None = None,
    report: str = SCHOOL,
    filters: str = "",
) -> ReportSchedule:
    """Create a schedule. ValidationError if the person receives this report already."""
    received = ReportSchedule.objects.filter(person=person, report=report, filters=filters, every=every)
    if received.filter(group=group, grade=grade).exists():
        raise ValidationError(_("This person receives this report already."))
    school: Any = by.enterprise
    schedule = ReportSchedule(
        enterprise=school,
        person=person,
        report=report,
        filters=filters,
        group=group,
        grade=grade,
        every=every,
        due_at=next_due(every, timezone.now(), school.tz),
        created_by=by,
    )
    if reason := stop_reason(schedule):
        raise ValidationError(reason.label)
    schedule.save(force_insert=True)
    about = {"grade": grade.name} if grade else {"group": group.name if group else ""}
    if MAILED[report].subject:
        about = {"name": subject_of(schedule, filter_form(schedule))}
    after = {"person": person.user_id, "report": report, **about, "every": every}
    record("report_schedule.add", schedule, by=by, after=after)
    return schedule


@service
def switch_schedule(*, schedule: ReportSchedule, on: bool, by: User) -> None:
    """Turn a schedule on or off. ValidationError if it would stop at once."""
    stored = lock_row(schedule)
    if stored.is_on == on:
        return
    if on:
        if reason := stop_reason(stored):
            raise ValidationError(reason.label)
        stored.due_at = next_due(stored.every, timezone.now(), stored.enterprise.tz)
    stored.result, stored.reason, stored.attempts = Result.NONE, Reason.NONE, 0
    stored.is_on = on
    stored.save(update_fields=["is_on", "result", "reason", "attempts", "due_at"])
    record("report_schedule.change", stored, by=by, before={"is_on": not on}, after={"is_on": on})


@service
def send_now(*, schedule: ReportSchedule, by: User) -> None:
    """Let the worker send the report of the last whole week or month now.

    ValidationError if it is off, on its way since an earlier press, or not known to this version.
    """
    stored = lock_row(schedule)
    if not stored.is_on:
        raise ValidationError(_("Turn this report on first."))
    if stored.report not in MAILED:
        raise ValidationError(Reason.UNKNOWN.label)
    if _is_on_its_way(stored):
        raise ValidationError(_("This report is already on its way."))
    stored.due_at, stored.attempts = timezone.now(), 0
    stored.save(update_fields=["due_at", "attempts"])
    record("report_schedule.send_now", stored, by=by)
    transaction.on_commit(lambda: wake_worker(TASK))


def _is_on_its_way(schedule: ReportSchedule) -> bool:
    """Return whether the report waits for the worker, is being sent, or was sent just now."""
    now = timezone.now()
    if schedule.result == Result.SENT and schedule.sent_at and schedule.sent_at > now - JUST_SENT:
        return True
    presses = AuditEntry.objects.filter(
        action="report_schedule.send_now",
        object_type=schedule._meta.label_lower,
        object_id=str(schedule.pk),
        at__gt=now - SENDING_TAKES,
    )
    return schedule.due_at <= now or (schedule.result == Result.SENDING and presses.exists())


@service
def delete_schedule(*, schedule: ReportSchedule, by: User) -> Kept | None:
    """Delete a schedule; nothing happens, and None is returned, if somebody else has."""
    stored = ReportSchedule.objects.select_for_update(of=("self",)).filter(pk=schedule.pk).first()
    if stored is None:
        return None
    record("report_schedule.delete", stored, by=by)
    return delete_keeping(stored)


register_undo("report_schedule.delete", undo_deletion("report_schedule"))
