"""Operation (a command that we owe the API) and Attempt (one try at it)."""

from datetime import UTC, datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from console.outbox.states import OPEN, State

#: A bucket that was filled then is full.
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class Operation(models.Model):
    """A command owed to the API. The row is the queue; Celery only rings the bell.

    `fence` grows by one at each claim, and every later step names it: a worker whose lease ended
    cannot write over the one that took its place. `lane` orders what must not overtake each other.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="operations")
    kind = models.CharField(_("kind"), max_length=40)
    subject_type = models.CharField(_("subject type"), max_length=60)
    subject_id = models.BigIntegerField(_("subject"))
    subject_label = models.CharField(_("about"), max_length=200, blank=True)
    lane = models.CharField(max_length=200)
    version = models.PositiveIntegerField(default=1)
    args = models.JSONField(default=dict, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.READY)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    first_sent_at = models.DateTimeField(_("first sent"), null=True)
    lease_owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)
    fence = models.PositiveBigIntegerField(default=0)
    waits_for = models.ManyToManyField("self", symmetrical=False, blank=True)
    error_code = models.IntegerField(_("error code"), null=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("asked"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("operation")
        verbose_name_plural = _("operations")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["lane", "id"], condition=models.Q(state__in=OPEN), name="operation_open_lane"
            ),
            models.Index(fields=["due_at", "id"], condition=models.Q(state__in=OPEN), name="operation_due"),
            models.Index(fields=["subject_type", "subject_id", "-id"], name="operation_subject"),
            models.Index(fields=["enterprise", "-id"], name="operation_enterprise"),
            models.Index(
                fields=["enterprise", "state"],
                condition=~models.Q(state__in=(State.DONE, State.SUPERSEDED)),
                name="operation_unfinished",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="operation_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_label}"

    @property
    def audit_label(self) -> str:
        """Without the label, which may be a person's name."""
        return f"{self.kind} {self.subject_id}"

    def subject(self) -> Any:
        """The row that this operation is about, or None where it is gone."""
        return apps.get_model(self.subject_type)._default_manager.filter(pk=self.subject_id).first()


class Attempt(models.Model):
    """One try: which endpoint, how it ended. Bodies and signatures are never stored."""

    class Outcome(models.TextChoices):
        OK = "ok", _("accepted")
        REFUSED = "refused", _("refused")
        NOT_REACHED = "not_reached", _("did not arrive")
        UNKNOWN = "unknown", _("outcome unknown")
        FOUND = "found", _("checked: it is there")
        ABSENT = "absent", _("checked: it is not there")
        UNCLEAR = "unclear", _("checked: not certain")
        UNRECORDED = "unrecorded", _("answered, but not recorded")

    operation = models.ForeignKey(Operation, models.CASCADE, related_name="tries")
    fence = models.PositiveBigIntegerField()
    endpoint = models.CharField(_("endpoint"), max_length=60)
    started_at = models.DateTimeField(_("started"))
    milliseconds = models.PositiveIntegerField(_("milliseconds"), default=0)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices)
    http_status = models.PositiveSmallIntegerField(null=True)
    error_code = models.IntegerField(_("error code"), null=True)
    message = models.CharField(_("message"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["-id"]
        # Tries are written in the order of their time, so a small index of ranges finds the latest.
        indexes = (BrinIndex(fields=["started_at"], name="attempt_started", pages_per_range=16),)

    def __str__(self) -> str:
        return f"{self.endpoint} {self.get_outcome_display()}"


class Gate(models.Model):
    """What a school's calls must pass, shared by all workers: bucket, breaker, reasons to hold.

    Its times are the database's, as those of leases. `tokens` may fall below zero where one operation
    needed several calls. `open_until` is set while the service is in trouble; once it has passed, one
    operation goes through on trial, until `trial_until` at the latest. While `held_for` names a reason
    nothing of the school is sent.
    """

    enterprise = models.OneToOneField(
        "accounts.Enterprise", models.CASCADE, primary_key=True, related_name="gate"
    )
    tokens = models.FloatField(default=0)
    refilled_at = models.DateTimeField(default=LONG_AGO)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    openings = models.PositiveIntegerField(_("pauses in a row"), default=0)
    open_until = models.DateTimeField(_("paused until"), null=True)
    trial_until = models.DateTimeField(null=True)
    held_for = ArrayField(models.CharField(max_length=40), verbose_name=_("held for"), default=list)
    held_since = models.DateTimeField(_("held since"), null=True)
    skew_s = models.FloatField(_("seconds by which the service's clock is ahead"), default=0)

    class Meta:
        verbose_name = _("way to the service")
        verbose_name_plural = _("ways to the service")

    def __str__(self) -> str:
        return f"{self.enterprise_id}: {self.held_reason or '–'}"

    @property
    def held_reason(self) -> str:
        """Why nothing is sent, a reason of `console.outbox.words`; empty where it is."""
        return self.held_for[0] if self.held_for else ""


class Pulse(models.Model):
    """When a scheduled task last ran, so that a schedule that died is seen."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name
