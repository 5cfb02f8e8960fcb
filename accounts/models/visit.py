"""A visit: an operator in a school, with a reason and an end."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.enterprise import Enterprise


class Visit(models.Model):
    """An operator stands in a school from `entered_at` to `ends_at`, or `left_at` where they left early."""

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="visits", verbose_name=_("school")
    )
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="visits", verbose_name=_("operator")
    )
    operator_name = models.CharField(_("operator, as named then"), max_length=120)
    reason = models.CharField(_("reason"), max_length=300)
    entered_at = models.DateTimeField(_("entered"), default=timezone.now)
    ends_at = models.DateTimeField(_("ends"))
    left_at = models.DateTimeField(_("left"), null=True)

    class Meta:
        verbose_name = _("visit of an operator")
        verbose_name_plural = _("visits of operators")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="visit_has_a_reason"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("entered_at")), name="visit_runs_forward"),
        ]
        indexes = [models.Index(fields=["enterprise", "-id"], name="visit_of_a_school")]

    def __str__(self) -> str:
        return f"{self.operator_name}: {self.reason}"

    @property
    def over_at(self) -> datetime:
        """When it is over, or was."""
        return self.left_at or self.ends_at

    @property
    def is_on(self) -> bool:
        return self.over_at > timezone.now()

    @property
    def minutes_left(self) -> int:
        """Begun minutes count."""
        return max(0, -int((timezone.now() - self.over_at).total_seconds() // 60))
