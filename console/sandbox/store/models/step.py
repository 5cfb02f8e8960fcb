"""Steps of long-running work (transcoding, recording), and settings stored across restarts."""

from django.db import models


class Step(models.Model):
    """A step of a `kind` for the row `ref`; `due_at` empty: a test advances it manually."""

    kind = models.CharField(max_length=16)
    ref = models.BigIntegerField()
    name = models.CharField(max_length=16)
    due_at = models.FloatField(null=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="step_by_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.ref}: {self.name}"


class Setting(models.Model):
    """A changed knob, or the state of the clock."""

    name = models.CharField(max_length=64, primary_key=True)
    value = models.JSONField()

    def __str__(self) -> str:
        return self.name
