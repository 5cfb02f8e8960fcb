"""Visits of operators to schools."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.enterprise import Enterprise


class Visit(models.Model):
    """A visit of an operator to a school, from `entered_at` to `left_at` or, at the latest, `ends_at`."""

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="visits", verbose_name=_("school")
    )
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="visits", verbose_name=_("operator")
    )
    operator_name = models.CharField(_("operator's name at the time"), max_length=120)
    reason = models.CharField(_("reason"), max_length=300)
    entered_at = models.DateTimeField(_("entered"), default=timezone.now)
    ends_at = models.DateTimeField(_("ends at"))
    left_at = models.DateTimeField(_("left"), null=True)

    class Meta:
        verbose_name = _("operator visit")
        verbose_name_plural = _("operator visits")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="visit_has_a_reason"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("entered_at")), name="visit_runs_forward"),
        ]
        indexes = [models.Index(fields=["enterprise", "-id"], name="visit_of_a_school")]

    def __str__(self) -> str:
        return f"{self.operator_name}: {self.reason}"

    @property
    def effective_end(self) -> datetime:
        return self.left_at or self.ends_at

    @property
    def is_current(self) -> bool:
        return self.effective_end > timezone.now()

    @property
    def minutes_left(self) -> int:
        """Return the remaining minutes, rounded up."""
        return max(0, -int((timezone.now() - self.effective_end).total_seconds() // 60))
