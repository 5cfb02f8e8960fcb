"""Lesson passwords, which only a later revision of the API supports."""

from django.db import models

from classes.models.lesson import Lesson
from console.vault.fields import SealedField
from console.vault.models import Sealed


class LessonKey(Sealed):
    """The password of a lesson.

    `version` counts its changes, so that the sent and the desired password can be compared without unsealing.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="lesson_keys")
    lesson = models.OneToOneField(Lesson, models.CASCADE, related_name="key")
    password = SealedField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.lesson}"
