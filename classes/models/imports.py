"""A timetable from a file, and its rows."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import FileImport
from classes.imports.reasons import words
from classes.models.course import Course
from classes.models.lesson import Lesson


class TimetableImport(FileImport):
    """A file of lessons and weekly series. `seen` digests what the check found, `reason` allows conflicts."""

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="timetable_imports")
    seen = models.CharField(max_length=64, blank=True)
    reason = models.CharField(_("reason for the conflicts"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("import of a timetable")
        verbose_name_plural = _("imports of timetables")
        ordering = ["-id"]
        indexes = [models.Index(fields=["enterprise", "-id"], name="timetable_import_of_a_school")]


class TimetableRow(models.Model):
    """A row of the file: a lesson, or a weekly rule, and what comes of it.

    `wanted` is what it asks for, `lessons` how many of them are new, `conflicts` the first of those in the
    way. A refused row names the column, the value and the reason (classes.imports.reasons).
    """

    class Outcome(models.TextChoices):
        ADDED = "added", _("added")
        CONFLICT = "conflict", _("conflict")
        UNCHANGED = "unchanged", _("unchanged")
        REFUSED = "refused", _("refused")

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
    lessons = models.PositiveIntegerField(_("lessons"), default=0)
    conflicts = models.JSONField(default=list)
    conflicts_in_all = models.PositiveIntegerField(default=0)
    course = models.ForeignKey(Course, models.SET_NULL, null=True, related_name="+")
    lesson = models.ForeignKey(Lesson, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("row of a timetable")
        verbose_name_plural = _("rows of a timetable")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["source", "number"], name="timetable_row_once")]
        indexes = [models.Index(fields=["source", "outcome", "number"], name="timetable_row_by_outcome")]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.number}"

    @property
    def sentence(self) -> str:
        """Why the row was refused, in the reader's language; empty where it was not."""
        return words(self.why, self.named) if self.why else ""
