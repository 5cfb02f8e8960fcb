"""Notifications to guardians: at most one a day, what a school tells them, and what became of each e-mail."""

from datetime import time
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.guardian import Guardian
from console.notifications.channels.models import MAX_ANSWER_LENGTH, Delivery
from console.vault.fields import SealedField
from console.vault.models import Sealed

#: Most lessons of a day that a school may wait for before it tells guardians.
MAX_LESSONS = 12


class GuardianNoticeSettings(models.Model):
    """What a school tells guardians, and when. Without a row, nothing but warnings whose rule names them.

    `notify_at` is in the zone of the school. `on_since` is when absences were turned on: registers that were
    final before are not told of. `planned_on` is the day of the school for which notices were last made.
    """

    enterprise = models.OneToOneField("accounts.Enterprise", models.CASCADE, related_name="+")
    is_on = models.BooleanField(_("Tell guardians of absences"), default=False)
    least_lessons = models.PositiveSmallIntegerField(
        _("From so many lessons on a day on"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(MAX_LESSONS)],
    )
    tells_late = models.BooleanField(_("Tell of lateness too"), default=False)
    needs_consent = models.BooleanField(_("Only with recorded consent"), default=False)
    notify_at = models.TimeField(_("Time of day"), default=time(18))
    on_since = models.DateTimeField(null=True, editable=False)
    planned_on = models.DateField(null=True, editable=False)

    class Meta:
        verbose_name = _("settings of notifications to guardians")
        verbose_name_plural = _("settings of notifications to guardians")

    def __str__(self) -> str:
        return str(self.enterprise_id)


class GuardianNotice(Sealed):
    """What a guardian is told on one day, in one e-mail.

    `facts` is encrypted JSON by section (accounts.people.guardian_notices.sections), from which the text is
    built in the language of the guardian. `lessons` and `warnings` are the keys of what this notice tells
    of, and `corrected` and `withdrawn` of what it takes back. The guardian is of one student, so the notice
    is too. `reason` says in one word why it did not leave, `answer` is what the mail server said.
    """

    # No index of its own: those of `Meta` begin with it.
    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="+", db_index=False)
    guardian = models.ForeignKey(
        Guardian, models.CASCADE, related_name="notices", verbose_name=_("guardian"), db_index=False
    )
    day = models.DateField(_("day"))
    facts = SealedField(null=True)
    lessons = ArrayField(models.BigIntegerField(), default=list)
    corrected = ArrayField(models.BigIntegerField(), default=list)
    warnings = ArrayField(models.BigIntegerField(), default=list)
    withdrawn = ArrayField(models.BigIntegerField(), default=list)
    created_at = models.DateTimeField(_("notified at"), default=timezone.now)
    delivery = models.CharField(_("State"), max_length=9, choices=Delivery.choices, default=Delivery.WAITING)
    delivery_due_at = models.DateTimeField(default=timezone.now)
    delivery_attempts = models.PositiveSmallIntegerField(default=0)
    attempted_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(_("delivered at"), null=True)
    reason = models.CharField(max_length=12, blank=True)
    answer = models.CharField(_("Answer"), max_length=MAX_ANSWER_LENGTH, blank=True)

    class Meta:
        verbose_name = _("notification to a guardian")
        verbose_name_plural = _("notifications to guardians")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["guardian", "day"], name="guardian_notice_once_a_day")]
        indexes = [
            models.Index(fields=["enterprise", "created_at"], name="guardian_notice_oldest"),
            models.Index(
                fields=["delivery_due_at"],
                condition=models.Q(delivery__in=["waiting", "sending"]),
                name="guardian_notice_due",
            ),
            models.Index(
                fields=["attempted_at"],
                condition=models.Q(attempted_at__isnull=False),
                name="guardian_notice_rate",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}"

    @property
    def person(self) -> Any:
        """The student whom the notice is about."""
        return self.guardian.person
