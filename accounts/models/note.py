"""Notes of teachers in charge and of the office about a student."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.enterprise import Enterprise
from accounts.models.user import User


class StudentNote(models.Model):
    """A short note about a student, read by the office and by those in charge of a group of the student.

    It never changes: whoever wrote it deletes it and writes another one.
    """

    MAX_LENGTH = 500

    # No index of its own: notes are found through their student.
    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="student_notes", db_index=False)
    person = models.ForeignKey(
        User, models.CASCADE, related_name="notes", db_index=False, verbose_name=_("student")
    )
    text = models.CharField(_("note"), max_length=MAX_LENGTH)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name=_("written by"))
    at = models.DateTimeField(_("written at"), default=timezone.now)

    class Meta:
        verbose_name = _("note about a student")
        verbose_name_plural = _("notes about students")
        ordering = ["-id"]
        indexes = [models.Index(fields=["person", "-id"], name="note_of_person")]

    def __str__(self) -> str:
        return f"{self.person}: {timezone.localtime(self.at):%Y-%m-%d %H:%M}"
