"""Scheduled exports and their runs as the page shows them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.dates import WEEKDAYS
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from classes.attendance.reports.exports.runs import notice_key
from classes.models import ExportRun, ExportSchedule
from classes.models.export_schedule import RefusalReason, RunState
from console.jobs.models import Job
from console.notifications.models import Notification
from console.ui.badges import Badge

WAITING = Badge(gettext_lazy("being made"), "clock", "busy", "")
DELIVERED = Badge(gettext_lazy("delivered"), "circle-check", "ok", "")
REFUSED = Badge(gettext_lazy("refused"), "alert-triangle", "bad", "")
FAILED = Badge(gettext_lazy("failed"), "alert-triangle", "bad", "")
STOPPED = Badge(gettext_lazy("stopped"), "player-stop", "idle", "")


@dataclass(frozen=True)
class RunRow:
    """A run; `unsent` is how many of its e-mails did not leave."""

    run: ExportRun
    unsent: int = 0

    @property
    def badge(self) -> Badge:
        if self.run.state != RunState.WAITING:
            return DELIVERED if self.run.state == RunState.DONE else REFUSED
        state = self.run.job.state if self.run.job else Job.State.FAILED
        if state in (Job.State.WAITING, Job.State.RUNNING):
            return WAITING
        return STOPPED if state == Job.State.STOPPED else FAILED

    @property
    def is_open(self) -> bool:
        return self.badge is WAITING

    @property
    def outcome(self) -> str:
        """What became of the run, in one line."""
        run = self.run
        if run.state == RunState.REFUSED:
            return str(RefusalReason(run.reason).label)
        if run.state == RunState.WAITING:
            text = _("The file could not be made. Run it again, or ask the operator of the console.")
            return text if self.badge is FAILED else ""
        rows = ngettext("%(n)s row", "%(n)s rows", run.rows) % {
            "n": number_format(run.rows, force_grouping=True)
        }
        parts = [rows, filesizeformat(run.bytes)]
        if run.recipients:
            parts.append(
                ngettext("%(n)d person told", "%(n)d people told", run.recipients) % {"n": run.recipients}
            )
        if run.left_out:
            text = ngettext(
                "%(n)d person left out, who may not export this",
                "%(n)d people left out, who may not export this",
                run.left_out,
            )
            parts.append(text % {"n": run.left_out})
        if self.unsent:
            text = ngettext("%(n)d e-mail did not leave", "%(n)d e-mails did not leave", self.unsent)
            parts.append(text % {"n": self.unsent})
        return " · ".join(parts)


@dataclass(frozen=True)
class ScheduleRow:
    """A schedule and its last run."""

    schedule: ExportSchedule
    last: RunRow | None

    @property
    def what(self) -> str:
        """The kind and its filters."""
        one = self.schedule
        parts = [one.get_kind_display(), one.get_role_display() if one.role else "", one.group, one.course]
        parts += [one.get_period_display() if one.period else "", one.file_type.upper()]
        return " · ".join(str(part) for part in parts if part)

    @property
    def when(self) -> str:
        one, hour = self.schedule, f"{self.schedule.hour:02}:00"
        if one.every == ExportSchedule.Every.WEEK:
            return _("every %(weekday)s at %(hour)s") % {"weekday": WEEKDAYS[one.weekday], "hour": hour}
        if one.every == ExportSchedule.Every.MONTH:
            return _("on day %(day)d of each month at %(hour)s") % {"day": one.month_day, "hour": hour}
        return _("every day at %(hour)s") % {"hour": hour}

    @property
    def people(self) -> list[str]:
        return [one.nickname or one.user_id for one in self.schedule.recipients.all()]


def run_rows(runs: Iterable[ExportRun]) -> list[RunRow]:
    """Return runs with the number of their e-mails that did not leave; one query."""
    found = list(runs)
    failed = Notification.objects.filter(
        key__in=[notice_key(run) for run in found if run.recipients], mail=Notification.Mail.FAILED
    )
    keys = list(failed.values_list("key", flat=True))
    return [RunRow(run, keys.count(notice_key(run))) for run in found]


def last_rows(schedules: Iterable[ExportSchedule]) -> dict[int, RunRow]:
    """Return the last run of each schedule that has one, by the key of the schedule; two queries."""
    newest = ExportRun.objects.filter(schedule__in=[one.pk for one in schedules])
    newest = newest.order_by("schedule_id", "-id").distinct("schedule_id").select_related("job", "enterprise")
    return {row.run.schedule_id: row for row in run_rows(newest) if row.run.schedule_id}


def storage_folder(school: int) -> str:
    """Return where the files of a school are stored, in words."""
    folder = f"exports/{school}/"
    if settings.S3.name:
        return _("bucket “%(bucket)s”, folder %(folder)s") % {"bucket": settings.S3.name, "folder": folder}
    return _("storage of this console, folder %(folder)s") % {"folder": folder}
