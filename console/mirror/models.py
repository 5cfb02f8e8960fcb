"""Models of the mirror: polled rows, the state of reconciliation, missing rows and ignored differences."""

from datetime import datetime

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PolledModel(models.Model):
    """A row that is polled when `look_at` has passed.

    The lease (owner, end by the database clock, fence) lets one poller at a time work on a row. The fence
    keeps a poller that was paused past its lease from writing. `looked_at` is the time of the last successful
    poll, `look_failures` the number of failures since.
    """

    look_at = models.DateTimeField(null=True, editable=False)
    looked_at = models.DateTimeField(null=True, editable=False)
    look_failures = models.PositiveIntegerField(default=0, editable=False)
    look_owner = models.CharField(max_length=80, blank=True, editable=False)
    look_until = models.DateTimeField(null=True, editable=False)
    look_fence = models.PositiveBigIntegerField(default=0, editable=False)
    #: The value of `look_at` when the row was leased.
    look_requested_at: datetime | None = None

    class Meta:
        abstract = True


class ReconcileState(models.Model):
    """State of the reconciliation of one list (people, lessons, …) of one school.

    `generation` counts complete runs: only these show that something is absent. The lease (owner, end by the
    database clock, fence) lets one process at a time reconcile a list. `report` is the ReconcileReport of the
    last run.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="+")
    name = models.CharField(max_length=20)
    generation = models.PositiveBigIntegerField(default=0)
    complete = models.BooleanField(default=False)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    report = models.JSONField(default=dict)
    owner = models.CharField(max_length=80, blank=True)
    until = models.DateTimeField(null=True)
    fence = models.PositiveBigIntegerField(default=0)

    class Meta:
        db_table = "mirror_walked"
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "name"], name="walked_once_a_school_and_sort"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.generation}"


class MissingRow(models.Model):
    """A row that a complete run did not find at the service. It is deleted once the row is found again.

    Only missing rows are stored: storing found ones would write every row in each run. `generation` is the
    first run that missed it.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="+")
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    generation = models.PositiveBigIntegerField()

    class Meta:
        db_table = "mirror_missed"
        constraints = [
            models.UniqueConstraint(fields=["subject_type", "subject_id"], name="missed_once_a_row"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id}"


class IgnoredDifference(models.Model):
    """A difference that a person decided to ignore, for exactly this pair of values.

    Once either side changes, the difference is shown again. An empty `field` means the whole row: it is gone
    at the service and kept here.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="+")
    subject_type = models.CharField(_("subject type"), max_length=60)
    subject_id = models.BigIntegerField(_("subject"))
    subject_label = models.CharField(_("object"), max_length=200, blank=True)
    field = models.CharField(_("field"), max_length=40, blank=True)
    ours = models.JSONField(_("here"), null=True, encoder=DjangoJSONEncoder)
    theirs = models.JSONField(_("at iclass"), null=True, encoder=DjangoJSONEncoder)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("time"), default=timezone.now)

    class Meta:
        db_table = "mirror_ignored"
        verbose_name = _("ignored difference")
        verbose_name_plural = _("ignored differences")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "field"], name="ignored_once_a_row_and_field"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_label} {self.field}".strip()
