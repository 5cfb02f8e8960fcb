"""Job: work that takes too long for a request."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Job(models.Model):
    """A job that runs in steps. Each step is one transaction that also saves the progress.

    `args` are the arguments: IDs and options. Where many lessons are cancelled and Undo is offered, they also
    hold what the cancellation overwrote, such as the message of an earlier notice. `cursor` is the position
    in the format of the job type, and `result` is data for the job's page. A process that dies loses at most
    the current step.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        STOPPED = "stopped", _("stopped")

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="jobs")
    kind = models.CharField(_("type"), max_length=40)
    args = models.JSONField(default=dict, blank=True)
    cursor = models.JSONField(default=dict, blank=True)
    result = models.JSONField(default=dict, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    total = models.PositiveIntegerField(_("total"), default=0)
    done = models.PositiveIntegerField(_("done"), default=0)
    failed = models.PositiveIntegerField(_("failed"), default=0)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("requested at"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True)
    due_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    fence = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(state__in=["waiting", "running"]), name="job_due"
            ),
            models.Index(fields=["enterprise", "-id"], name="job_enterprise"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether the job is waiting or running."""
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def percent(self) -> int:
        """Progress from 0 to 100; 100 only if the job is done."""
        if self.state == self.State.DONE:
            return 100
        return min(99, (self.done + self.failed) * 100 // self.total) if self.total else 0
