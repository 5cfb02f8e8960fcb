"""事件回调: one event owed to an enterprise's callback address."""

from django.db import models

from .enterprise import Enterprise


class Callback(models.Model):
    """Waits until the address answers `error_code` 0 or the repeats are used up.

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
    # The moment signed at the first try, used again where repeats are not signed anew.
    signed_until = models.BigIntegerField(null=True)
    fault = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "due_at"], name="callback_by_due")]

    def __str__(self) -> str:
        return f"{self.event} {self.pk} ({self.state})"
