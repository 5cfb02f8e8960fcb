"""Imports of people from files."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.enterprise import Enterprise
from accounts.models.import_reasons import refusal_message
from accounts.models.user import User
from console.imports.models import FileImport
from console.outbox.models import Operation


class PeopleImport(FileImport):
    """An import of people; `options` are accounts.imports.columns.ImportOptions.

    Personal data in the rows is deleted after a while (accounts.imports.retention); the import stays.
    """

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="imports")
    new_groups = ArrayField(models.CharField(max_length=80), default=list)
    made_groups = ArrayField(models.BigIntegerField(), default=list)
    #: Group ID → its teachers in charge before the import, and after it once it is applied; see
    #: accounts.imports.group_teachers.
    charges = models.JSONField(default=dict)
    #: Group ID → its grades before and after the import; see accounts.imports.group_grades.
    grades = models.JSONField(default=dict, db_default={})
    #: Reason to allow schedule conflicts.
    conflict_reason = models.CharField(max_length=300, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("people import")
        verbose_name_plural = _("people imports")
        ordering = ["-id"]
        indexes = [models.Index(fields=["enterprise", "-id"], name="import_of_a_school")]


class PeopleImportRow(models.Model):
    """A row of the file and its outcome; `claims` are the groups that its cell puts the person in charge of.

    `before` and `after` hold a person's fields, group names and names of groups in charge: as stored, and as
    the row requests. An unchanged row has in `after` only the grade that it asks for. A refused row names the
    column, the value and the reason (accounts.models.import_reasons). In an import of OneRoster
    (accounts.imports.one_roster) the outcome of somebody who is no longer there is LEFT.
    """

    LEFT = "left"

    class Outcome(models.TextChoices):
        ADDED = "added", _("added")
        CHANGED = "changed", _("changed")
        UNCHANGED = "unchanged", _("unchanged")
        REFUSED = "refused", _("rejected")

    class Undone(models.TextChoices):
        REMOVED = "removed", _("removed")
        DEACTIVATED = "deactivated", _("deactivated")
        RESTORED = "restored", _("restored")
        KEPT = "kept", _("kept because it changed later")

    source = models.ForeignKey(PeopleImport, models.CASCADE, related_name="lines")
    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="+")
    number = models.PositiveIntegerField(_("row"))
    cells = ArrayField(models.TextField(blank=True))
    user_id = models.CharField(_("user ID"), max_length=64, blank=True)
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome.choices, blank=True)
    column = models.CharField(_("column"), max_length=20, blank=True)
    value = models.CharField(_("value"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=20, blank=True)
    named = models.CharField(max_length=100, blank=True)
    claims = ArrayField(models.CharField(max_length=80), default=list)
    twin = models.BooleanField(_("same name as another person"), default=False)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    person = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    operation = models.ForeignKey(Operation, models.SET_NULL, null=True, related_name="+")
    undone = models.CharField(max_length=11, choices=Undone.choices, blank=True)

    class Meta:
        db_table = "accounts_importrow"
        verbose_name = _("import row")
        verbose_name_plural = _("import rows")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["source", "number"], name="row_once_an_import")]
        indexes = [models.Index(fields=["source", "outcome", "number"], name="row_by_outcome")]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.number}"

    @property
    def refusal_message(self) -> str:
        """Return why the row was refused, in the active language, or an empty string."""
        return refusal_message(self.reason, self.named) if self.reason else ""
