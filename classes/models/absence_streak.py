"""Absence streaks, stored so that consecutive absences are found without reading marks."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AbsenceStreak(models.Model):
    """Consecutive absences of a student, between two attended lessons.

    Marks of final lessons that are neither cancelled nor made up count; "excused" and "no data" neither end
    nor extend a streak. `times` are the sorted starts of the missed lessons, `number` is their count,
    `began_at` the first and `last_at` the last. `ended_at` is the start of the next attended lesson, empty
    until then. `level` is the index in `REACH` of the time from `began_at` to `ended_at`.

    Database triggers maintain it in every statement that writes marks, or makes a lesson final, moves it,
    cancels it or makes it up. `manage.py recount` rebuilds it.
    """

    #: Upper bounds of the levels 0, 1, … in days; one more level has no bound. A query for the streaks of one
    #: moment reads, per level, only those that end within the bound after it, and at least a quarter of them
    #: match. Without levels it would read all streaks that ended since.
    REACH = (1, 4, 16, 64, 256, 1024)

    # No index of its own: the indexes of `Meta` start with it.
    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.CASCADE, related_name="streaks", db_index=False
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="streaks", verbose_name=_("person")
    )
    times = ArrayField(models.DateTimeField(), verbose_name=_("missed lessons"))
    number = models.PositiveIntegerField(_("consecutive absences"))
    began_at = models.DateTimeField(_("first missed lesson"))
    last_at = models.DateTimeField(_("last missed lesson"))
    ended_at = models.DateTimeField(_("attended again"), null=True)
    level = models.PositiveSmallIntegerField(null=True)

    class Meta:
        db_table = "classes_streak"
        verbose_name = _("consecutive absence records")
        verbose_name_plural = _("consecutive absence records")
        indexes = [
            models.Index(
                fields=["enterprise", "number", "last_at"],
                condition=Q(ended_at__isnull=True),
                name="streak_of_now",
            ),
            models.Index(
                fields=["enterprise", "level", "ended_at", "number"],
                condition=Q(ended_at__isnull=False),
                name="streak_of_then",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.number}"
