"""Start the exports that are due, and make their files: a background job each, whose engine runs it once.

A run and its job are created in the transaction that moves the schedule on, so that no number of beats starts
two. The job makes the file and ends the run in one transaction: a worker that is killed leaves the run to the
next one.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from io import BytesIO
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Role, User
from accounts.people.queries import active_people
from classes.attendance.reports.exports.files import file_name, store_file
from classes.attendance.reports.exports.periods import days_of_period, last_due, next_due
from classes.attendance.reports.exports.tables import EXPORT_TYPES
from classes.attendance.reports.forms import ReportPeriod, period_of_days
from classes.models import ExportRun, ExportSchedule
from classes.models.export_schedule import RefusalReason, RunState
from console.audit.trail import record
from console.failpoints import point
from console.imports.downloads import write_sheet
from console.jobs.models import Job
from console.jobs.runner import JobFailed, enqueue_job
from console.notifications.channels.mail_server import mail_is_set_up
from console.notifications.services import notify
from console.policy.database_scope import use_scope_of
from console.sheets.xlsx_writer import SheetTooLong

EXPORT_JOB = "exports.run"
STORED = point("exports.stored", "the file of a run is stored, the transaction not committed")
FINISHED_FIELDS = (
    *("state", "finished_at", "first_day", "last_day", "rows", "bytes", "file"),
    *("recipients", "left_out", "attached"),
)


class RunRefused(Exception):
    """The export must not or cannot be made; the argument is the RefusalReason."""


def start_due_exports() -> int:
    """Start the exports that are due; return how many. One that was due several times is made once."""
    started = 0
    while _start_next():
        started += 1
    return started


@transaction.atomic
def _start_next() -> bool:
    now = timezone.now()
    due = ExportSchedule.objects.filter(is_on=True, due_at__lte=now).order_by("due_at", "pk")
    locked = due.select_for_update(of=("self",), no_key=True, skip_locked=True)
    schedule = locked.select_related("enterprise", "owner").first()
    if schedule is None:
        return False
    zone = schedule.enterprise.tz
    planned_for = last_due(schedule, now, zone)
    if not schedule.runs.filter(planned_for=planned_for, requested_by=None).exists():
        create_run(schedule, planned_for=planned_for)
    schedule.due_at = next_due(schedule, now, zone)
    schedule.save(update_fields=["due_at"])
    return True


def create_run(schedule: ExportSchedule, *, planned_for: datetime, by: User | None = None) -> ExportRun:
    """Create a run and its job. Call it in a transaction that has locked the schedule."""
    run = ExportRun.objects.create(
        enterprise=schedule.enterprise,
        schedule=schedule,
        kind=schedule.kind,
        file_type=schedule.file_type,
        planned_for=planned_for,
        requested_by=by,
    )
    args = {"run": run.pk}
    run.job = enqueue_job(EXPORT_JOB, enterprise=run.enterprise, by=by or schedule.owner, args=args, total=1)
    run.save(update_fields=["job"])
    return run


def job_url(job: Job) -> str:
    return reverse("classes:exports")


def run_step(job: Job) -> timedelta | None:
    """Make the file of a run, or refuse it. Raise JobFailed if its schedule was deleted."""
    rows = ExportRun.objects.select_for_update(of=("self",), no_key=True).select_related("enterprise")
    run = rows.filter(pk=job.args["run"], state=RunState.WAITING).first()
    schedules = ExportSchedule.objects.select_related("owner__enterprise", "enterprise", "group", "course")
    schedule = schedules.filter(pk=run.schedule_id).first() if run and run.schedule_id else None
    if run is None or schedule is None:
        raise JobFailed(gettext_noop("This scheduled export was deleted."))
    language = schedule.owner.language or settings.LANGUAGE_CODE
    with translation.override(language), timezone.override(run.enterprise.tz):
        try:
            _make(run, schedule)
        except RunRefused as refusal:
            _refuse(run, schedule, refusal.args[0])
    job.done = 1
    return None


def stop_reason(schedule: ExportSchedule, person: User) -> RefusalReason:
    """Return why this owner may not have the export made; NONE if they may."""
    if not person.is_active or person.enterprise_id != schedule.enterprise_id:
        return RefusalReason.LEFT
    if not EXPORT_TYPES[schedule.kind].may_read(person):
        return RefusalReason.ROLE
    return RefusalReason.NONE


def _make(run: ExportRun, schedule: ExportSchedule) -> None:
    """Make the file, tell the recipients, and end the run; RunRefused if it must not be made."""
    if reason := stop_reason(schedule, schedule.owner):
        raise RunRefused(reason)
    period = _set_days(run, schedule)
    try:
        with use_scope_of(schedule.owner):
            content = _write(run, schedule, period)
    except SheetTooLong:
        raise RunRefused(RefusalReason.LONG) from None
    with content:
        store_file(run, content)
    STORED.hit()
    run.state, run.finished_at = RunState.DONE, timezone.now()
    people = _set_recipients(run, schedule)
    run.save(update_fields=FINISHED_FIELDS)
    after = {"kind": run.kind, "format": run.file_type, "rows": run.rows, "owner": schedule.owner.user_id}
    told = {"recipients": [one.user_id for one in people], "attach": run.attached}
    record("export_schedule.run", schedule, by=None, after=after | told)
    days = run.enterprise.keep_export_files_days
    notify(
        "export_schedule.ready",
        people=people,
        key=notice_key(run),
        args={"file": file_name(run), "rows": run.rows, "days": days},
        link=reverse("classes:export_file", args=[run.pk]),
    )


def notice_key(run: ExportRun) -> str:
    """Return the key of the notices about the file of a run."""
    return f"export_run:{run.pk}"


def _set_days(run: ExportRun, schedule: ExportSchedule) -> ReportPeriod | None:
    """Set the days of the run, relative to the day for which it was planned; RunRefused without a term."""
    zone = run.enterprise.tz
    if not EXPORT_TYPES[schedule.kind].has_period:
        return None
    days = days_of_period(schedule.period, run.planned_for.astimezone(zone).date(), run.enterprise_id)
    if days is None:
        raise RunRefused(RefusalReason.TERM)
    run.first_day, run.last_day = days
    return period_of_days(*days, zone)


def _write(run: ExportRun, schedule: ExportSchedule, period: ReportPeriod | None) -> IO[bytes]:
    """Return the open file, and set the number of its rows."""
    table = EXPORT_TYPES[schedule.kind].build(schedule, period)
    title, suffix = str(run.get_kind_display()), f".{run.file_type}"
    meta = {_("Days"): f"{run.first_day} – {run.last_day}"} if run.first_day else {}
    if table.note:
        meta[_("Note")] = str(table.note)
    rows = _counted(run, table.rows)
    content = write_sheet(rows, table.columns, title, by=schedule.owner, suffix=suffix, more=meta)
    return BytesIO(content.encode()) if isinstance(content, str) else content


def _counted(run: ExportRun, rows: Any) -> Iterator[Mapping[str, Any]]:
    run.rows = 0
    for row in rows:
        run.rows += 1
        yield row


def _set_recipients(run: ExportRun, schedule: ExportSchedule) -> list[User]:
    """Return the recipients who may export these data today, and set how many they are."""
    chosen = list(schedule.recipients.all())
    people = [one for one in chosen if not stop_reason(schedule, one)]
    run.recipients, run.left_out = len(people), len(chosen) - len(people)
    run.attached = schedule.attach and bool(people) and mail_is_set_up()
    return people


def _refuse(run: ExportRun, schedule: ExportSchedule, reason: RefusalReason) -> None:
    """End the run without a file, pause the schedule, and tell the administrators."""
    run.state, run.reason, run.finished_at = RunState.REFUSED, reason, timezone.now()
    run.save(update_fields=["state", "reason", "finished_at"])
    ExportSchedule.objects.filter(pk=schedule.pk).update(is_on=False)
    record("export_schedule.refuse", schedule, by=None, reason=str(reason.label))
    administrators = active_people(run.enterprise_id, Role.SUPERADMIN, Role.ADMIN)
    kind, link = f"export_schedule.refused_{reason.value}", reverse("classes:exports")
    notify(kind, people=administrators, key=f"export_refused:{run.pk}", link=link)
