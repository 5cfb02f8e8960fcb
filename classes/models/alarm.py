"""Alarms that need a person now."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from classes.models.lesson import Lesson


class Alarm(models.Model):
    """An alarm: raised by the console, acknowledged by a person, resolved when its cause ends.

    A lesson has one row per kind: a cause that returns reopens the alarm without a second notification. An
    alarm without a lesson is about the whole school, with one open row per kind. `number` is a count for the
    message, 0 if there is nothing to count.
    """

    class Kind(models.TextChoices):
        TEACHER_OUT = "teacher_out", _("teacher not in the room")
        MASS_DROP = "mass_drop", _("many left within a minute")
        NOBODY_IN = "nobody_in", _("no student in the room")
        GHOST = "ghost", _("room is empty")
        RECORDING_MISSING = "recording_missing", _("not being recorded")
        OVERRUN = "overrun", _("running longer than planned")
        ABSENT = "absent", _("students absent")
        POLL_OUTAGE = "poll_outage", _("no data from iclass")
        CALLBACK_SILENCE = "callback_silence", _("no callbacks received")

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="alarms")
    lesson = models.ForeignKey(
        Lesson, models.CASCADE, null=True, related_name="alarms", verbose_name=_("lesson")
    )
    kind = models.CharField(_("type"), max_length=20, choices=Kind.choices)
    number = models.PositiveIntegerField(_("number"), default=0)
    raised_at = models.DateTimeField(_("raised at"), default=timezone.now)
    resolved_at = models.DateTimeField(_("ended"), null=True)
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["lesson", "kind"], condition=Q(lesson__isnull=False), name="alarm_once_a_lesson"
            ),
            models.UniqueConstraint(
                fields=["enterprise", "kind"],
                condition=Q(lesson__isnull=True, resolved_at__isnull=True),
                name="alarm_of_a_school_open_once",
            ),
        ]
        indexes = [
            models.Index(fields=["enterprise"], condition=Q(resolved_at=None), name="alarm_open"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} – {self.lesson or self.enterprise}"
