"""Reports that are sent by e-mail every week or month."""

from django.conf import settings
from django.db import models
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

#: The titles of the reports, by their names in the registries (`classes.attendance.reports`).
REPORT_TITLES = {
    "school": _("School"),
    "group": _("Group"),
    "absences": _("Consecutive absences"),
    "registers": _("Registers to close"),
    "teachers": _("Teachers"),
    "usage": _("Usage"),
    "matrix": _("Attendance matrix"),
    "grades": _("Attendance grades"),
}


class ReportSchedule(models.Model):
    """A report that a person receives by e-mail: of the school, a grade or a group.

    `report` is its name in the registry of reports, `filters` the query string of its other filters. While an
    older version still runs, it may read a name that only a newer one knows.

    `due_at` is when it is sent next, `attempts` are those of the e-mail that is being sent. It turns itself
    off if its recipient has left or may not export reports any more, its group is archived, or what a filter
    names is gone.
    """

    MAX_FILTERS = 300

    class Every(models.TextChoices):
        WEEK = "week", _("every week, Monday 07:00")
        MONTH = "month", _("every month, on the first at 07:00")

    class Result(models.TextChoices):
        NONE = "", "—"
        SENDING = "sending", _("sending")
        SENT = "sent", _("sent")
        WAITING = "waiting", _("not sent, will be tried again")
        FAILED = "failed", _("not sent")
        STOPPED = "stopped", _("stopped")

    class Reason(models.TextChoices):
        NONE = "", ""
        LEFT = "left", _("The recipient has left the school or has no e-mail address.")
        ROLE = "role", _("The recipient's role no longer allows exporting reports.")
        GROUP = "group", _("The group is archived.")
        FILTERS = "filters", _("What the report filters by no longer exists.")
        MAIL = "mail", _("The mail server did not accept the e-mail. Ask the operator of the console.")
        REPORT = "report", _("The report could not be made. Ask the operator of the console.")
        UNKNOWN = "unknown", _("This version of the console does not have this report.")
        NO_MAIL = "no_mail", _("This console does not send e-mail. Ask its operator to set it up.")

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="report_schedules")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="report_schedules",
        verbose_name=_("recipient"),
    )
    group = models.ForeignKey(
        "accounts.StudentGroup",
        models.CASCADE,
        null=True,
        related_name="report_schedules",
        verbose_name=_("group"),
    )
    grade = models.ForeignKey(
        "accounts.Grade",
        models.CASCADE,
        null=True,
        related_name="report_schedules",
        verbose_name=_("grade"),
    )
    report = models.CharField(
        _("report"), max_length=12, choices=REPORT_TITLES, default="school", db_default="school"
    )
    filters = models.CharField(_("filters"), max_length=MAX_FILTERS, blank=True, default="", db_default="")
    every = models.CharField(_("how often"), max_length=5, choices=Every.choices)
    is_on = models.BooleanField(pgettext_lazy("schedule", "on"), default=True)
    due_at = models.DateTimeField(_("next e-mail"))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    result = models.CharField(_("last result"), max_length=8, choices=Result.choices, blank=True)
    reason = models.CharField(_("reason"), max_length=8, choices=Reason.choices, blank=True)
    sent_at = models.DateTimeField(_("last sent"), null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("created by")
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("report by e-mail")
        verbose_name_plural = _("reports by e-mail")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "report", "filters", "group", "grade", "every"],
                nulls_distinct=False,
                name="report_schedule_once_a_person",
            ),
            models.CheckConstraint(
                condition=models.Q(group=None) | models.Q(grade=None), name="report_schedule_of_one_subject"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(is_on=True), name="report_schedule_due"),
        ]

    def __str__(self) -> str:
        chosen = QueryDict(self.filters)
        courses = self.enterprise.courses.filter(pk__in=chosen.getlist("course"))
        groups = self.enterprise.groups.filter(pk__in=chosen.getlist("group"))
        subject = " · ".join(str(one) for one in (self.group, self.grade, *courses, *groups) if one)
        return f"{self.title} · {subject or self.enterprise}: {self.get_every_display()}"

    @property
    def title(self) -> str:
        """The title of the report in the active language; its name if this version does not have it."""
        name = "group" if self.group_id else self.report
        return str(REPORT_TITLES.get(name, name))
