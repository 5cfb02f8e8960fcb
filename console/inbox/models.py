"""Models of the inbox: stored events, counts of refused deliveries, and hourly sizes of the queues."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Callback(models.Model):
    """One distinct event of one school; a repeat increments `deliveries` and adds no row.

    `body` is untrusted: it is a hint which objects to query.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("pending")
        DONE = "done", _("handled")
        PARKED = "parked", _("waiting for its lesson")
        QUARANTINED = "quarantined", _("set aside")

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="callbacks")
    fingerprint = models.CharField(max_length=64)
    event = models.CharField(_("event"), max_length=60, blank=True)
    class_id = models.CharField(_("class"), max_length=64, blank=True)
    body = models.JSONField(_("body"), null=True)
    unreadable = models.TextField(_("unreadable body"), blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.WAITING)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    deliveries = models.PositiveIntegerField(_("deliveries"), default=1)
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    last_delivery_at = models.DateTimeField(_("last delivery"), default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    handled_at = models.DateTimeField(_("handled"), null=True)

    class Meta:
        verbose_name = _("callback")
        verbose_name_plural = _("callbacks")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "fingerprint"], name="one_row_a_distinct_event"),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(state__in=["waiting", "parked"]), name="callback_due"
            ),
            models.Index(fields=["enterprise", "-id"], name="callback_enterprise"),
            models.Index(fields=["enterprise", "class_id"], name="callback_class"),
            # For the count in the menu, which each page shows.
            models.Index(
                fields=["enterprise"], condition=models.Q(state="quarantined"), name="callback_set_aside"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event or '?'} {self.class_id}"


class RefusedDelivery(models.Model):
    """The number of deliveries refused in one hour for one reason; their content is not stored.

    `enterprise` is null if the address belongs to no school.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, null=True, related_name="+")
    hour = models.DateTimeField()
    reason = models.CharField(max_length=20)
    count = models.PositiveIntegerField(default=1)

    class Meta:
        db_table = "inbox_refusal"
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "hour", "reason"],
                nulls_distinct=False,
                name="one_count_an_hour_and_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.hour} {self.count}"


class QueueSample(models.Model):
    """The sizes of a school's queues in an hour: open operations, and callbacks that are not handled."""

    # No index of its own: that of the constraint starts with it.
    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="+", db_index=False)
    hour = models.DateTimeField(_("hour"), db_index=True)
    operations = models.PositiveIntegerField(_("operations"))
    callbacks = models.PositiveIntegerField(_("callbacks"))

    class Meta:
        verbose_name = _("queue sizes")
        verbose_name_plural = _("queue sizes")
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "hour"], name="one_queue_sample_an_hour"),
        ]

    def __str__(self) -> str:
        return f"{self.hour} {self.operations} {self.callbacks}"
