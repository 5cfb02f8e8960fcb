"""OneRoster: the identifiers of a student information system beside the rows of the console, and what an
import says of terms, groups and refused lines. People are rows of accounts.models.PeopleImportRow."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.enterprise import Enterprise
from accounts.models.import_reasons import refusal_message
from accounts.models.imports import PeopleImport

#: The `kind` of a PeopleImport that came by OneRoster.
ROSTER = "1r"
MAX_SOURCED_ID = 255


class SourcedId(models.Model):
    """The `sourcedId` of a person, a group or a term in the school's student information system.

    `target` is the key of the row; rows of other apps are named, too, so it is no foreign key, and a link
    whose row is gone counts for nothing. `title` is the name that a class or session had there when it was
    last imported: only another one renames the row. `left_at` is when OneRoster deactivated the person.
    """

    class Kind(models.TextChoices):
        USER = "user", _("person")
        CLASS = "class", _("group")
        SESSION = "session", _("term")

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=7, choices=Kind.choices)
    sourced_id = models.CharField("sourcedId", max_length=MAX_SOURCED_ID)
    target = models.BigIntegerField()
    title = models.CharField(max_length=200, blank=True, default="", db_default="")
    left_at = models.DateTimeField(_("left"), null=True)

    class Meta:
        verbose_name = _("OneRoster ID")
        verbose_name_plural = _("OneRoster IDs")
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "kind", "sourced_id"], name="sourced_id_once"),
            models.UniqueConstraint(fields=["enterprise", "kind", "target"], name="sourced_id_of_a_row"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.sourced_id}"


class RosterRow(models.Model):
    """A class or session of a OneRoster import and its outcome, or a line that is refused.

    `line` is its number in `file`, 0 for a group that the file no longer names. `facts` is what the file
    says, `before` and `after` what the console has and gets. `about` is the sourcedId of the person of a
    refused line, by which an erasure finds it.
    """

    class Kind(models.TextChoices):
        SESSION = "session", _("term")
        CLASS = "class", _("group")
        LINE = "line", _("line")

    class Outcome(models.TextChoices):
        ADDED = "added", _("added")
        CHANGED = "changed", _("changed")
        UNCHANGED = "unchanged", _("unchanged")
        LEFT = "left", _("archived")
        REFUSED = "refused", _("rejected")

    source = models.ForeignKey(PeopleImport, models.CASCADE, related_name="roster_rows")
    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=7, choices=Kind.choices)
    file = models.CharField(_("file"), max_length=24)
    line = models.PositiveIntegerField(_("line"))
    sourced_id = models.CharField("sourcedId", max_length=MAX_SOURCED_ID, blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    facts = models.JSONField(default=dict)
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome.choices, blank=True)
    column = models.CharField(_("column"), max_length=40, blank=True)
    value = models.CharField(_("value"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=20, blank=True)
    named = models.CharField(max_length=100, blank=True)
    about = models.CharField(max_length=MAX_SOURCED_ID, blank=True)
    target = models.BigIntegerField(null=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        verbose_name = _("OneRoster row")
        verbose_name_plural = _("OneRoster rows")
        ordering = ["kind", "file", "line", "id"]
        indexes = [models.Index(fields=["source", "kind", "line"], name="roster_row_of_an_import")]

    def __str__(self) -> str:
        return f"{self.file}: {self.line}"

    @property
    def refusal_message(self) -> str:
        """Return why the row was refused, in the active language, or an empty string."""
        return refusal_message(self.reason, self.named) if self.reason else ""
