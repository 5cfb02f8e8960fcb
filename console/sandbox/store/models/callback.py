"""事件回调: an event for the callback URL of an enterprise."""

from django.db import models

from console.sandbox.store.models.enterprise import Enterprise


class Callback(models.Model):
    """Waits until the URL responds with `error_code` 0 or the repeats are used up.

    `state`: waiting, delivered, given_up, dropped (a fault), no_address.
    """

    enterprise = models.ForeignKey(Enterprise, models.CASCADE)
    event = models.CharField(max_length=32)
    data = models.JSONField()
    state = models.CharField(max_length=12, default="waiting")
    created_at = models.FloatField()
    due_at = models.FloatField()
    attempts = models.IntegerField(default=0)
    last_status = models.IntegerField(null=True)
    last_answer = models.TextField(default="")
    # The time signed at the first attempt, used again if repeats are not signed again.
    signed_until = models.BigIntegerField(null=True)
    fault = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "due_at"], name="callback_by_due")]

    def __str__(self) -> str:
        return f"{self.event} {self.pk} ({self.state})"
