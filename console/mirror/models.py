"""The abstract model of what is looked at on a clock."""

from django.db import models


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

    class Meta:
        abstract = True
