"""Models of the outbox: Operation (a command to the API), its Attempts, and the Gate of a school."""

from datetime import UTC, datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console.outbox.states import OPEN_STATES, OperationState

#: Default of `refilled_at`: a bucket last refilled at this time is full.
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class QueuedRow(models.Model):
    """A row of a queue (`console.outbox.queues`). The table is the queue; Celery only wakes the worker.

    `fence` grows by one at each claim and is part of every later compare-and-set, so that a worker whose
    lease ended cannot overwrite the result of its successor. Rows of one `lane` are sent in order.
    """

    lane = models.CharField(max_length=200)
    state = models.CharField(
        _("state"), max_length=12, choices=OperationState.choices, default=OperationState.READY
    )
    due_at = models.DateTimeField(_("scheduled for"), default=timezone.now)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    first_sent_at = models.DateTimeField(_("first sent at"), null=True)
    lease_owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)
    fence = models.PositiveBigIntegerField(default=0)

    class Meta:
        abstract = True


class SendingGate(models.Model):
    """Rate limit, circuit breaker and holds of the rows of a queue that have this gate.

    Its times are those of the database clock, as for leases. `tokens` may fall below zero where one row
    needed several calls. `open_until` is set while the other side has problems. Once it has passed, one
    row is sent on trial, until `trial_until` at the latest; `trial_of` is the state that it was claimed
    from. While `held_for` holds a reason, nothing is sent.
    """

    tokens = models.FloatField(default=0)
    refilled_at = models.DateTimeField(default=LONG_AGO)
    failures = models.PositiveIntegerField(_("consecutive failures"), default=0)
    openings = models.PositiveIntegerField(_("consecutive pauses"), default=0)
    open_until = models.DateTimeField(_("paused until"), null=True)
    trial_until = models.DateTimeField(null=True)
    trial_of = models.CharField(max_length=12, default="", db_default="")
    held_for = ArrayField(
        models.CharField(max_length=40), verbose_name=_("reason for the hold"), default=list
    )
    held_since = models.DateTimeField(_("on hold since"), null=True)

    class Meta:
        abstract = True


class Operation(QueuedRow):
    """A command to the API: a row of the queue that the relay sends."""

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="operations")
    kind = models.CharField(_("type"), max_length=40)
    subject_type = models.CharField(_("subject type"), max_length=60)
    subject_id = models.BigIntegerField(_("subject"))
    subject_label = models.CharField(_("object"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)
    args = models.JSONField(default=dict, blank=True)
    waits_for = models.ManyToManyField("self", symmetrical=False, blank=True)
    error_code = models.IntegerField(_("error code"), null=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("requested at"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("operation")
        verbose_name_plural = _("operations")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["lane", "id"], condition=models.Q(state__in=OPEN_STATES), name="operation_open_lane"
            ),
            models.Index(
                fields=["due_at", "id"], condition=models.Q(state__in=OPEN_STATES), name="operation_due"
            ),
            models.Index(fields=["subject_type", "subject_id", "-id"], name="operation_subject"),
            models.Index(fields=["enterprise", "-id"], name="operation_enterprise"),
            models.Index(
                fields=["enterprise", "state"],
                condition=~models.Q(state__in=(OperationState.DONE, OperationState.SUPERSEDED)),
                name="operation_unfinished",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=OperationState.values), name="operation_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_label}"

    @property
    def audit_label(self) -> str:
        """Label for the audit trail, without `subject_label`, which may be a person's name."""
        return f"{self.kind} {self.subject_id}"

    def subject(self) -> Any:
        """Return the row that this operation is about, or None if it no longer exists."""
        return self._subjects().first()

    def locked_subject(self) -> Any:
        """Return the same row as it is stored now, locked until the transaction ends."""
        return self._subjects().select_for_update(of=("self",), no_key=True).first()

    def _subjects(self) -> Any:
        return apps.get_model(self.subject_type)._default_manager.filter(pk=self.subject_id)


class Attempt(models.Model):
    """One attempt: its endpoint and result. Bodies and signatures are never stored."""

    class Outcome(models.TextChoices):
        OK = "ok", _("accepted")
        REFUSED = "refused", _("rejected")
        NOT_REACHED = "not_reached", _("not delivered")
        UNKNOWN = "unknown", _("outcome unknown")
        FOUND = "found", _("checked: applied")
        ABSENT = "absent", _("checked: not applied")
        UNCLEAR = "unclear", _("checked: uncertain")
        UNRECORDED = "unrecorded", _("answered, but not recorded")

    operation = models.ForeignKey(Operation, models.CASCADE, related_name="tries")
    fence = models.PositiveBigIntegerField()
    endpoint = models.CharField(_("endpoint"), max_length=60)
    started_at = models.DateTimeField(_("started at"))
    milliseconds = models.PositiveIntegerField(_("milliseconds"), default=0)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices)
    http_status = models.PositiveSmallIntegerField(null=True)
    error_code = models.IntegerField(_("error code"), null=True)
    message = models.CharField(_("message"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = pgettext_lazy("table", "attempts")
        ordering = ["-id"]
        # Attempts are inserted in order of time, so a small BRIN index finds the latest.
        indexes = (BrinIndex(fields=["started_at"], name="attempt_started", pages_per_range=16),)

    def __str__(self) -> str:
        return f"{self.endpoint} {self.get_outcome_display()}"


class Gate(SendingGate):
    """The gate of a school's calls to iclass, shared by all workers."""

    enterprise = models.OneToOneField(
        "accounts.Enterprise", models.CASCADE, primary_key=True, related_name="gate"
    )
    skew_s = models.FloatField(_("seconds that iclass's clock is ahead"), default=0)

    class Meta:
        verbose_name = _("connection to iclass")
        verbose_name_plural = _("connections to iclass")

    def __str__(self) -> str:
        return f"{self.enterprise_id}: {self.held_reason or '–'}"

    @property
    def held_reason(self) -> str:
        """The first reason for the hold, a reason of `console.outbox.reasons`; empty without a hold."""
        return self.held_for[0] if self.held_for else ""


class TaskHeartbeat(models.Model):
    """When a scheduled task last ran, so that a stopped schedule is noticed.

    Rows named `beat:ENTRY` hold when beat last sent an entry of its schedule (console/beat.py).
    """

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "outbox_pulse"

    def __str__(self) -> str:
        return self.name
