"""Exports that a school has made on a schedule, and the runs that made their files."""

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Role
from console.jobs.models import Job


def export_storage() -> Storage:
    """Return the storage of files of scheduled exports (settings.STORAGES)."""
    return storages["exports"]


class ExportKind(models.TextChoices):
    """What an export holds."""

    PEOPLE = "people", _("People")
    LESSONS = "lessons", _("Lessons")
    MARKS = "marks", _("Attendance marks")
    GRADES = "grades", _("Attendance grades")


class FileType(models.TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", _("Excel (XLSX)")


class RunState(models.TextChoices):
    """What became of a run."""

    WAITING = "waiting", _("waiting")
    DONE = "done", _("delivered")
    REFUSED = "refused", _("refused")


class RefusalReason(models.TextChoices):
    """Why a run was refused, as a sentence."""

    NONE = "", ""
    LEFT = "left", _("Its owner has left the school or is deactivated.")
    ROLE = "role", _("The role of its owner no longer allows this export.")
    TERM = "term", _("The school has no term that has begun.")
    LONG = "long", _("It has more rows than an Excel file holds. Choose CSV.")


class ExportSchedule(models.Model):
    """An export that is made every day, week or month at an hour of the school's time zone.

    `owner` is who saved it last: it is made with their rights. `weekday` counts from Monday (0); `month_day`
    is the last day of a month that is shorter. `due_at` is when it is made next.
    """

    class Period(models.TextChoices):
        """The days of an export, relative to the day on which it is made."""

        NONE = "", "—"
        YESTERDAY = "yesterday", _("yesterday")
        LAST_WEEK = "last_week", _("last week")
        LAST_MONTH = "last_month", _("last month")
        TERM = "term", _("this term")

    class Every(models.TextChoices):
        DAY = "day", _("every day")
        WEEK = "week", _("every week")
        MONTH = "month", _("every month")

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="export_schedules")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="export_schedules", verbose_name=_("owner")
    )
    kind = models.CharField(_("what"), max_length=8, choices=ExportKind.choices)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, blank=True)
    group = models.ForeignKey(
        "accounts.StudentGroup",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="export_schedules",
        verbose_name=_("group"),
    )
    course = models.ForeignKey(
        "classes.Course",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="export_schedules",
        verbose_name=_("course"),
    )
    period = models.CharField(_("days"), max_length=10, choices=Period.choices, blank=True)
    file_type = models.CharField(
        _("format"), max_length=4, choices=FileType.choices, default=FileType.CSV.value
    )
    every = models.CharField(_("how often"), max_length=5, choices=Every.choices)
    weekday = models.PositiveSmallIntegerField(_("weekday"), default=0, validators=[MaxValueValidator(6)])
    month_day = models.PositiveSmallIntegerField(
        _("day of the month"), default=1, validators=[MaxValueValidator(31)]
    )
    hour = models.PositiveSmallIntegerField(_("hour"), default=6, validators=[MaxValueValidator(23)])
    recipients = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", blank=True, verbose_name=_("recipients")
    )
    attach = models.BooleanField(_("attach the file to the e-mail"), default=False)
    is_on = models.BooleanField(pgettext_lazy("schedule", "on"), default=True)
    due_at = models.DateTimeField(_("next run"))
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("scheduled export")
        verbose_name_plural = _("scheduled exports")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(is_on=True), name="export_schedule_due"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.get_file_type_display()}"


class ExportRun(models.Model):
    """A run of a scheduled export, and its file until the retention task deletes it.

    `planned_for` is when it was due; the period is relative to that day. `requested_by` is who pressed "Run
    now". `recipients` were told of the file, `left_out` is how many were not, because they may not export it.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="export_runs")
    schedule = models.ForeignKey(
        ExportSchedule, models.SET_NULL, null=True, related_name="runs", verbose_name=_("scheduled export")
    )
    kind = models.CharField(_("what"), max_length=8, choices=ExportKind.choices)
    file_type = models.CharField(_("format"), max_length=4, choices=FileType.choices)
    planned_for = models.DateTimeField(_("planned for"))
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("requested by")
    )
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(
        _("state"), max_length=8, choices=RunState.choices, default=RunState.WAITING.value
    )
    reason = models.CharField(_("reason"), max_length=8, choices=RefusalReason.choices, blank=True)
    first_day = models.DateField(_("first day"), null=True)
    last_day = models.DateField(_("last day"), null=True)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    bytes = models.PositiveBigIntegerField(_("size"), default=0)
    file = models.FileField(_("file"), storage=export_storage, max_length=200, blank=True)
    recipients = models.PositiveSmallIntegerField(_("recipients"), default=0)
    left_out = models.PositiveSmallIntegerField(_("recipients left out"), default=0)
    attached = models.BooleanField(_("attached to the e-mail"), default=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("run of a scheduled export")
        verbose_name_plural = _("runs of scheduled exports")
        ordering = ["-id"]
        constraints = [
            # Whatever beats and workers do: one run for each time at which one is due.
            models.UniqueConstraint(
                fields=["schedule", "planned_for"],
                condition=Q(requested_by=None),
                name="export_run_once_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["enterprise", "-id"], name="export_run_of_school"),
            models.Index(fields=["schedule", "-id"], name="export_run_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.planned_for:%Y-%m-%d}"
