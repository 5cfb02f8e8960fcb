"""Engagement samples: how often polls of a room saw the devices of a person on."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from classes.models.lesson import Lesson

DEVICES = ("camera", "mic", "speaker", "silence", "hand_up")


class EngagementSample(models.Model):
    """Device states of one student in one lesson as counts; only if the school turned sampling on.

    `checks` counts the polls that saw the student. Per device, `…_told` counts the polls that reported its
    state and `…_on` those that reported it on. A missing state is unknown, never off. No mark depends on it.
    """

    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="samples", verbose_name=_("lesson"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("person")
    )
    checks = models.PositiveIntegerField(_("checks"))
    camera_on = models.PositiveIntegerField(_("camera on"), default=0)
    camera_told = models.PositiveIntegerField(_("checks with camera data"), default=0)
    mic_on = models.PositiveIntegerField(_("microphone on"), default=0)
    mic_told = models.PositiveIntegerField(_("checks with microphone data"), default=0)
    speaker_on = models.PositiveIntegerField(_("speaker on"), default=0)
    speaker_told = models.PositiveIntegerField(_("checks with speaker data"), default=0)
    silence_on = models.PositiveIntegerField(_("silenced"), default=0)
    silence_told = models.PositiveIntegerField(_("checks with silence data"), default=0)
    hand_up_on = models.PositiveIntegerField(_("hand raised"), default=0)
    hand_up_told = models.PositiveIntegerField(_("checks with hand data"), default=0)

    class Meta:
        db_table = "classes_samples"
        verbose_name = _("engagement samples")
        verbose_name_plural = _("engagement samples")
        ordering = ["-lesson", "id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "lesson"], name="one_sample_a_person_and_lesson")
        ]

    def __str__(self) -> str:
        return f"{self.lesson_id}: {self.checks}"
