"""What is looked at on a clock, and how far the walks of each school are."""

from datetime import datetime

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Watched(models.Model):
    """A row that a poller looks at when `look_at` has come.

    The lease (owner, end by the database's clock, fence) lets one poller at a time work on a row, and
    the fence keeps one that was paused past its lease from writing. `looked_at` is the last look that
    was answered, `look_failures` the failed ones since.
    """

    look_at = models.DateTimeField(null=True, editable=False)
    looked_at = models.DateTimeField(null=True, editable=False)
    look_failures = models.PositiveIntegerField(default=0, editable=False)
    look_owner = models.CharField(max_length=80, blank=True, editable=False)
    look_until = models.DateTimeField(null=True, editable=False)
    look_fence = models.PositiveBigIntegerField(default=0, editable=False)
    #: What `look_at` was when a poller took the row.
    look_asked: datetime | None = None

    class Meta:
        abstract = True


class Walked(models.Model):
    """How far the walks of one sort (people, lessons, …) of one school are.

    `generation` counts the complete walks: only these say that something is absent. The lease (owner, end
    by the database's clock, fence) lets one process at a time walk a sort of a school. `report` is what
    the last walk told, in numbers and sentences.
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
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "name"], name="walked_once_a_school_and_sort"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.generation}"


class Missed(models.Model):
    """A row that a complete walk did not find at the service; one that was found again has none.

    What was seen is not written down, for then each walk would write every row. `generation` is the first
    walk that missed it.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="+")
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    generation = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject_type", "subject_id"], name="missed_once_a_row"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id}"


class Ignored(models.Model):
    """A difference that somebody decided to leave as it is, for exactly this pair of values.

    Once either side changes, the pair is another and the difference is shown again. An empty `field` stands
    for the whole row: it is gone at the service and kept here alone.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="+")
    subject_type = models.CharField(_("subject type"), max_length=60)
    subject_id = models.BigIntegerField(_("subject"))
    subject_label = models.CharField(_("about"), max_length=200, blank=True)
    field = models.CharField(_("field"), max_length=40, blank=True)
    ours = models.JSONField(_("here"), null=True, encoder=DjangoJSONEncoder)
    theirs = models.JSONField(_("at iclass"), null=True, encoder=DjangoJSONEncoder)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
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
