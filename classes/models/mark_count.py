"""Counts of marks per lesson."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from classes.models.lesson import Lesson


class MarkCount(models.Model):
    """Numbers of a lesson, so that a report over a year reads one row per lesson.

    A database trigger maintains it in every statement that writes marks. It counts the students by the marks
    in force, corrections included. `people` were in the room at all, for `present_seconds` all together;
    staff and guests are among them.
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
    people = models.PositiveIntegerField(_("people in the room"), default=0, db_default=0)
    present_seconds = models.PositiveBigIntegerField(_("participant seconds"), default=0, db_default=0)

    class Meta:
        db_table = "classes_tally"
        verbose_name = _("attendance summary")
        verbose_name_plural = _("attendance summaries")

    def __str__(self) -> str:
        return f"{self.lesson_id}: {self.expected}"
