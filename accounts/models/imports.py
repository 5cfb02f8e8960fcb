"""An import of people from a file, and its rows."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.imports.reasons import words
from accounts.models.enterprise import Enterprise
from accounts.models.user import User
from console.outbox.models import Operation


class FileImport(models.Model):
    """A file that was sent, from its upload to its undoing. The file itself is not kept, its rows are.

    `columns` names for each column of the file the field that it fills ("" for none). `counts` are rows by
    outcome.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("to be confirmed")
        APPLYING = "applying", _("being applied")
        APPLIED = "applied", _("applied")
        UNDONE = "undone", _("undone")

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.UPLOADED)
    filename = models.CharField(_("file"), max_length=200)
    digest = models.CharField("SHA-256", max_length=64)
    kind = models.CharField(max_length=4)
    headings = ArrayField(models.CharField(max_length=200))
    columns = ArrayField(models.CharField(max_length=20, blank=True))
    left_out = ArrayField(models.CharField(max_length=200), default=list)
    options = models.JSONField(default=dict)
    rows_in_all = models.PositiveIntegerField(_("rows"), default=0)
    counts = models.JSONField(default=dict)
    job = models.ForeignKey("jobs.Job", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    applied_at = models.DateTimeField(_("applied"), null=True)
    undone_at = models.DateTimeField(_("undone"), null=True)
    emptied_at = models.DateTimeField(_("rows forgotten"), null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.filename


class PeopleImport(FileImport):
    """A file of people; `options` are those of accounts.imports.columns.Options. What rows say of people goes
    after a while (accounts.imports.tidying); who imported what stays."""

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="imports")
    new_groups = ArrayField(models.CharField(max_length=80), default=list)
    made_groups = ArrayField(models.BigIntegerField(), default=list)
    #: Groups whose person in charge it changes, by id: who that was, and after it is applied who it became.
    charges = models.JSONField(default=dict)
    #: Why somebody may be planned twice by it.
    conflict_reason = models.CharField(max_length=300, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("import of people")
        verbose_name_plural = _("imports of people")
        ordering = ["-id"]
        indexes = [models.Index(fields=["enterprise", "-id"], name="import_of_a_school")]


class ImportRow(models.Model):
    """A row of the file: what stands in it, and what comes of it; `claims` are groups it puts in charge of.

    `before` and `after` are a person's fields, the names of their groups and of those that they are in charge
    of, as compared and as wanted. A refused row names the column, the value and the reason
    (accounts.imports.reasons).
    """

    class Outcome(models.TextChoices):
        ADDED = "added", _("added")
        CHANGED = "changed", _("changed")
        UNCHANGED = "unchanged", _("unchanged")
        REFUSED = "refused", _("refused")

    class Undone(models.TextChoices):
        REMOVED = "removed", _("removed")
        DEACTIVATED = "deactivated", _("deactivated")
        RESTORED = "restored", _("restored")
        KEPT = "kept", _("changed since, kept")

    source = models.ForeignKey(PeopleImport, models.CASCADE, related_name="lines")
    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="+")
    number = models.PositiveIntegerField(_("row"))
    cells = ArrayField(models.TextField(blank=True))
    user_id = models.CharField(_("user id"), max_length=64, blank=True)
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome.choices, blank=True)
    column = models.CharField(_("column"), max_length=20, blank=True)
    value = models.CharField(_("value"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=20, blank=True)
    named = models.CharField(max_length=100, blank=True)
    claims = ArrayField(models.CharField(max_length=80), default=list)
    twin = models.BooleanField(_("of the same name as somebody else"), default=False)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    person = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    operation = models.ForeignKey(Operation, models.SET_NULL, null=True, related_name="+")
    undone = models.CharField(max_length=11, choices=Undone.choices, blank=True)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of an import")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["source", "number"], name="row_once_an_import")]
        indexes = [models.Index(fields=["source", "outcome", "number"], name="row_by_outcome")]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.number}"

    @property
    def why(self) -> str:
        """Why the row was refused, in the reader's language; empty where it was not."""
        return words(self.reason, self.named) if self.reason else ""
