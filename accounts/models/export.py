"""Background exports of people."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.enterprise import Enterprise
from accounts.models.group import StudentGroup


class Export(models.Model):
    """A background export that only its requester can download. The file expires; the row stays.

    With a `person` it is the copy of everything about them (`accounts.people.subject_access`), else a table
    of people.
    """

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="exports")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("actor")
    )
    groups = models.BooleanField(default=False)
    role = models.CharField(_("role"), max_length=20, blank=True)
    group = models.ForeignKey(StudentGroup, models.SET_NULL, null=True, related_name="+")
    suffix = models.CharField(_("format"), max_length=5)
    contacts = models.BooleanField(_("with phone and e-mail"), default=False)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    language = models.CharField(max_length=10)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("data of")
    )
    job = models.ForeignKey("jobs.Job", models.SET_NULL, null=True, related_name="+")
    filename = models.CharField(_("file"), max_length=250, blank=True)
    size = models.PositiveBigIntegerField(_("bytes"), default=0)
    created_at = models.DateTimeField(_("requested at"), default=timezone.now)
    ready_at = models.DateTimeField(_("ready"), null=True)
    emptied_at = models.DateTimeField(_("file deleted at"), null=True)

    class Meta:
        verbose_name = _("large export")
        verbose_name_plural = _("large exports")
        ordering = ["-id"]
        indexes = [models.Index(fields=["enterprise", "by", "-id"], name="export_of_a_person")]

    def __str__(self) -> str:
        return self.filename or f"{self.pk}{self.suffix}"

    @property
    def ends_at(self) -> datetime:
        """Return when the file expires."""
        return (self.ready_at or self.created_at) + timedelta(hours=settings.EXPORT_KEEP_HOURS)

    @property
    def is_available(self) -> bool:
        """Return whether the file can be downloaded."""
        return self.ready_at is not None and self.emptied_at is None and timezone.now() < self.ends_at


class PeopleExportChunk(models.Model):
    """A chunk of an export: collected rows or a part of the file, numbered in order."""

    class Holds(models.TextChoices):
        ROWS = "rows", _("rows")
        FILE = "file", _("file")

    source = models.ForeignKey(Export, models.CASCADE, related_name="pieces")
    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="+")
    holds = models.CharField(max_length=4, choices=Holds.choices)
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        db_table = "accounts_exportpiece"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["source", "holds", "number"], name="piece_once_a_file")
        ]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.holds} {self.number}"
