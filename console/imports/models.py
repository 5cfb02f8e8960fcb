"""Base class of the apps' models of imported files."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class FileImport(models.Model):
    """An imported file, from upload to undo. Its rows are stored, the file itself is not.

    `columns` holds the field that each column of the file fills ("" for none). `counts` is the number of
    rows by outcome.

    A subclass adds `enterprise`. The model of its rows has `source` (related name `lines`), `enterprise`,
    `number`, `cells`, `outcome` and `refusal_message`.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        CHECKING = "checking", _("validating")
        CHECKED = "checked", _("awaiting confirmation")
        APPLYING = "applying", _("importing")
        APPLIED = "applied", _("imported")
        UNDONE = "undone", _("undone")

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("actor")
    )
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
    applied_at = models.DateTimeField(_("imported"), null=True)
    undone_at = models.DateTimeField(_("undone"), null=True)
    emptied_at = models.DateTimeField(_("row details deleted"), null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.filename

    @property
    def can_be_undone(self) -> bool:
        return self.state == self.State.APPLIED and self.undone_at is None and self.emptied_at is None
