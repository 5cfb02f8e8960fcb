"""Models of webhooks: endpoints of a school, their gates, deliveries and attempts."""

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console.outbox.models import QueuedRow, SendingGate
from console.outbox.states import OperationState
from console.vault.fields import SealedField
from console.vault.models import Sealed

#: States of a delivery, all of them states of an operation.
DELIVERY_STATES = (
    OperationState.READY,
    OperationState.SENDING,
    OperationState.DONE,
    OperationState.PARKED,
)
#: A later event of the same object waits while an earlier one is in one of these.
OPEN_DELIVERY_STATES = (OperationState.READY, OperationState.SENDING)
#: Characters of an answer that are kept.
MAX_ANSWER_LENGTH = 500


class WebhookEndpoint(Sealed):
    """An address of a school's program that receives events.

    `events` are the names of those that it receives. With `personal_data` the events hold more about people
    than their IDs. Messages are signed with `secret`, and until `previous_until` with `previous_secret` too.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="+")
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=60)
    url = models.CharField(_("address"), max_length=500)
    events = ArrayField(models.CharField(max_length=40), verbose_name=_("events"), default=list)
    personal_data = models.BooleanField(_("with personal data"), default=False)
    secret = SealedField(_("signing secret"))
    previous_secret = SealedField(_("previous signing secret"), null=True, blank=True)
    previous_until = models.DateTimeField(_("previous secret signs until"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    class Meta:
        db_table = "webhook_endpoint"
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "name"],
                name="webhook_name_once_a_school",
                violation_error_message=_("Your school has a webhook of this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("webhooks:endpoint", args=[self.pk])


class WebhookGate(SendingGate):
    """The gate of an endpoint. It is paused while `held_for` holds a reason (`console.webhooks.reasons`)."""

    endpoint = models.OneToOneField(WebhookEndpoint, models.CASCADE, primary_key=True, related_name="gate")

    class Meta:
        db_table = "webhook_gate"
        verbose_name = _("state of a webhook")
        verbose_name_plural = _("states of webhooks")

    def __str__(self) -> str:
        return f"{self.endpoint_id}: {self.paused_for or '–'}"

    @property
    def paused_for(self) -> str:
        """The reason for the pause; empty without one."""
        return self.held_for[0] if self.held_for else ""


class WebhookDelivery(QueuedRow):
    """One event on its way to one endpoint. Triggers write it in the transaction of the change.

    `object` is what the event is about, such as `lesson:12`: events of one object arrive in order. `data`
    holds IDs alone; `uid` is the same in each attempt.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="+", db_index=False)
    endpoint = models.ForeignKey(
        WebhookEndpoint, models.CASCADE, related_name="deliveries", db_index=False, verbose_name=_("webhook")
    )
    uid = models.UUIDField(_("message ID"), default=uuid4, unique=True)
    event = models.CharField(_("event"), max_length=40)
    object = models.CharField(_("object"), max_length=80)
    data = models.JSONField(default=dict)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    created_at = models.DateTimeField(_("occurred"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        db_table = "webhook_delivery"
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["lane", "id"],
                condition=Q(state__in=OPEN_DELIVERY_STATES),
                name="webhook_open_lane",
            ),
            models.Index(
                fields=["endpoint", "due_at", "id"],
                condition=Q(state=OperationState.READY),
                name="webhook_due",
            ),
            models.Index(
                fields=["endpoint", "first_sent_at"],
                condition=Q(state=OperationState.READY),
                name="webhook_tried_since",
            ),
            models.Index(
                fields=["endpoint"], condition=Q(state=OperationState.SENDING), name="webhook_in_flight"
            ),
            models.Index(fields=["endpoint", "-id"], name="webhook_newest"),
            models.Index(fields=["enterprise", "-id"], name="webhook_of_school"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DELIVERY_STATES), name="webhook_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.object}"

    @property
    def message_id(self) -> str:
        """The value of the header `webhook-id`."""
        return f"msg_{self.uid.hex}"


class WebhookAttempt(models.Model):
    """One attempt of a delivery: what was answered, and how long it took."""

    class Outcome(models.TextChoices):
        DELIVERED = "delivered", pgettext_lazy("message", "delivered")
        REFUSED = "refused", _("rejected")
        NO_ANSWER = "no_answer", _("no answer")
        NOT_SENT = "not_sent", _("not sent")

    delivery = models.ForeignKey(WebhookDelivery, models.CASCADE, related_name="tries")
    fence = models.PositiveBigIntegerField()
    started_at = models.DateTimeField(_("started at"))
    milliseconds = models.PositiveIntegerField(_("milliseconds"), default=0)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    http_status = models.PositiveSmallIntegerField(null=True)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    answer = models.CharField(_("answer"), max_length=MAX_ANSWER_LENGTH, blank=True)

    class Meta:
        db_table = "webhook_attempt"
        verbose_name = _("attempt of a delivery")
        verbose_name_plural = _("attempts of deliveries")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.get_outcome_display()}"
