"""How many of the students of a lesson have which mark."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from classes.models.lesson import Lesson


class Tally(models.Model):
    """The register of a lesson in numbers, so that a report over a year reads a row a lesson.

    A trigger of the database writes it in the statement that writes marks, whoever that is; it counts the
    marks that hold, corrections in them. What no student has stands as 0.
    """

    lesson = models.OneToOneField(
        Lesson, models.CASCADE, primary_key=True, related_name="tally", verbose_name=_("lesson")
    )
    expected = models.PositiveIntegerField(_("expected"), default=0)
    present = models.PositiveIntegerField(_("present"), default=0)
    late = models.PositiveIntegerField(_("late"), default=0)
    left_early = models.PositiveIntegerField(_("left early"), default=0)
    late_and_left_early = models.PositiveIntegerField(_("late and left early"), default=0)
    absent = models.PositiveIntegerField(_("absent"), default=0)
    excused = models.PositiveIntegerField(_("excused"), default=0)
    unknown = models.PositiveIntegerField(_("no data"), default=0)

    class Meta:
        verbose_name = _("register in numbers")
        verbose_name_plural = _("registers in numbers")

    def __str__(self) -> str:
        return f"{self.lesson_id}: {self.expected}"
