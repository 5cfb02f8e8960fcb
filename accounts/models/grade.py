"""Grades of a school (年级), through which its groups are promoted from year to year."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.enterprise import Enterprise


class Grade(models.Model):
    """A grade of a school; the API has none. They follow each other by position; the last has no next one."""

    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="grades", db_index=False, verbose_name=_("school")
    )
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=40)
    position = models.PositiveSmallIntegerField(_("position"))

    class Meta:
        verbose_name = _("grade")
        verbose_name_plural = _("grades")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "name"],
                name="grade_name_once_a_school",
                violation_error_message=_("A grade with this name already exists in your school."),
            ),
            # Deferred, so that grades can change places in one transaction.
            models.UniqueConstraint(
                fields=["enterprise", "position"],
                name="grade_position_once_a_school",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return self.name
