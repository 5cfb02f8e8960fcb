"""How often the looks into a room saw somebody's devices on."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from classes.models.lesson import Lesson

DEVICES = ("camera", "mic", "speaker", "silence", "hand_up")


class Samples(models.Model):
    """One student's devices in one lesson, as a number of checks; made only where the school wants it.

    `checks` are the looks that saw the student; of each device `…_told` counts those that told of it and
    `…_on` those that saw it on. What was not told is unknown, never off. None of it enters a mark.
    """

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="samples", verbose_name=_("lesson"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("person")
    )
    checks = models.PositiveIntegerField(_("checks"))
    camera_on = models.PositiveIntegerField(_("camera on"), default=0)
    camera_told = models.PositiveIntegerField(_("camera told"), default=0)
    mic_on = models.PositiveIntegerField(_("microphone on"), default=0)
    mic_told = models.PositiveIntegerField(_("microphone told"), default=0)
    speaker_on = models.PositiveIntegerField(_("speaker on"), default=0)
    speaker_told = models.PositiveIntegerField(_("speaker told"), default=0)
    silence_on = models.PositiveIntegerField(_("silenced"), default=0)
    silence_told = models.PositiveIntegerField(_("silence told"), default=0)
    hand_up_on = models.PositiveIntegerField(_("hand up"), default=0)
    hand_up_told = models.PositiveIntegerField(_("hand told"), default=0)

    class Meta:
        verbose_name = _("engagement samples")
        verbose_name_plural = _("engagement samples")
        ordering = ["-lesson", "id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "lesson"], name="one_sample_a_person_and_lesson")
        ]

    def __str__(self) -> str:
        return f"{self.lesson_id}: {self.checks}"
