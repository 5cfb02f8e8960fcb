"""Courseware of a lesson or of a course."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from classes.models.course import Course
from classes.models.lesson import Lesson


class Attachment(models.Model):
    """A document attached to a lesson or to every lesson of a course.

    It is local to the console: iclass shows each person the documents that they may see there.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="attachments")
    document = models.ForeignKey("documents.Document", models.CASCADE, related_name="attachments")
    lesson = models.ForeignKey(Lesson, models.CASCADE, null=True, related_name="attachments")
    course = models.ForeignKey(Course, models.CASCADE, null=True, related_name="attachments")
    place = models.PositiveSmallIntegerField(_("place"), default=0)

    class Meta:
        verbose_name = _("attached courseware")
        verbose_name_plural = _("attached courseware")
        ordering = ["place", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lesson=None) ^ Q(course=None), name="attachment_of_a_lesson_or_a_course"
            ),
            models.UniqueConstraint(fields=["document", "lesson"], name="attachment_once_a_lesson"),
            models.UniqueConstraint(fields=["document", "course"], name="attachment_once_a_course"),
        ]

    def __str__(self) -> str:
        return str(self.document)
