"""Timetable imports and their rows."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from classes.models.course import Course
from classes.models.import_reasons import describe_reason
from classes.models.lesson import Lesson
from console.imports.models import FileImport


class TimetableImport(FileImport):
    """A file of lessons and weekly series. `seen` is the digest of the check, `reason` allows conflicts."""

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="timetable_imports")
    seen = models.CharField(max_length=64, blank=True)
    reason = models.CharField(_("reason for the conflicts"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("timetable import")
        verbose_name_plural = _("timetable imports")
        ordering = ["-id"]
        indexes = [models.Index(fields=["enterprise", "-id"], name="timetable_import_of_a_school")]


class TimetableRow(models.Model):
    """A row of the file: a lesson or a weekly rule, and its outcome.

    `wanted` are the requested values, `lessons` is the number of new lessons, `conflicts` are the first
    conflicts. A refused row names the column, the value and the reason (classes.models.import_reasons).
    """

    class Outcome(models.TextChoices):
        ADDED = "added", _("added")
        CONFLICT = "conflict", _("conflict")
        UNCHANGED = "unchanged", _("unchanged")
        REFUSED = "refused", _("rejected")

    source = models.ForeignKey(TimetableImport, models.CASCADE, related_name="lines")
    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="+")
    number = models.PositiveIntegerField(_("row"))
    cells = ArrayField(models.TextField(blank=True))
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome.choices, blank=True)
    column = models.CharField(_("column"), max_length=20, blank=True)
    value = models.CharField(_("value"), max_length=200, blank=True)
    why = models.CharField(_("reason"), max_length=20, blank=True)
    named = models.CharField(max_length=200, blank=True)
    wanted = models.JSONField(null=True)
    lessons = models.PositiveIntegerField(_("number of lessons"), default=0)
    conflicts = models.JSONField(default=list)
    conflicts_in_all = models.PositiveIntegerField(default=0)
    course = models.ForeignKey(Course, models.SET_NULL, null=True, related_name="+")
    lesson = models.ForeignKey(Lesson, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("timetable row")
        verbose_name_plural = _("timetable rows")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["source", "number"], name="timetable_row_once")]
        indexes = [models.Index(fields=["source", "outcome", "number"], name="timetable_row_by_outcome")]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.number}"

    @property
    def refusal_message(self) -> str:
        """The reason for the refusal in the reader's language; empty if the row was not refused."""
        return describe_reason(self.why, self.named) if self.why else ""
