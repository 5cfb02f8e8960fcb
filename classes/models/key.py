"""The password of a lesson, which only a later revision of the service knows."""

from django.db import models

from classes.models.lesson import Lesson
from console.vault.fields import SealedField
from console.vault.models import Sealed


class LessonKey(Sealed):
    """What somebody types to enter a lesson. `version` counts its changes, so that what was sent last can be
    told from what is wanted without opening either."""

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="lesson_keys")
    lesson = models.OneToOneField(Lesson, models.CASCADE, related_name="key")
    password = SealedField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.lesson}"
