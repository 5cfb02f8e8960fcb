"""Callback: one stored event. Refusal: how many deliveries were turned away."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Callback(models.Model):
    """One distinct event of one school; a repeat raises `deliveries` and adds no row.

    `body` is what was sent, untrusted: a hint that says where to look.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("to be handled")
        DONE = "done", _("handled")
        PARKED = "parked", _("waits for its lesson")
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
    received_at = models.DateTimeField(_("received"), default=timezone.now)
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
        ]

    def __str__(self) -> str:
        return f"{self.event or '?'} {self.class_id}"


class Refusal(models.Model):
    """How many deliveries of an hour were refused for one reason; nothing of them is kept.

    `enterprise` is empty where the address belonged to no school.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, null=True, related_name="+")
    hour = models.DateTimeField()
    reason = models.CharField(max_length=20)
    count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "hour", "reason"],
                nulls_distinct=False,
                name="one_count_an_hour_and_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.hour} {self.count}"
