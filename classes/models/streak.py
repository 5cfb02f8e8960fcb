"""Absences in a row, kept so that who stays away is found without reading marks."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Streak(models.Model):
    """A row of absences of a student: after a mark of having come, up to the next one.

    Marks count of lessons that are over and not cancelled; "excused" and "no data" neither end a row nor add
    to it. `times` are the starts of the lessons missed, in order, `number` is how many, `began_at` the first
    and `last_at` the last of them. `ended_at` is the start of the lesson to which the student came again;
    empty until then. `level` says how long `began_at` lies before `ended_at`, as a place in `REACH`.

    A trigger of the database writes it in the statement that writes marks, or that ends, moves or cancels a
    lesson, whoever that is. `manage.py recount` makes it anew.
    """

    #: Days below which a streak is of level 0, 1, …; those of the last level, one beyond, have no bound.
    #: Who asks for the streaks of one moment has to look, of each level, only at those that end so soon after
    #: it, and of these a quarter or more are found; without levels it would be all that ended since.
    REACH = (1, 4, 16, 64, 256, 1024)

    # The indexes of `Meta` begin with it.
    enterprise = models.ForeignKey(
        "accounts.Enterprise", models.CASCADE, related_name="streaks", db_index=False
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="streaks", verbose_name=_("person")
    )
    times = ArrayField(models.DateTimeField(), verbose_name=_("lessons missed"))
    number = models.PositiveIntegerField(_("absent in a row"))
    began_at = models.DateTimeField(_("first lesson missed"))
    last_at = models.DateTimeField(_("last lesson missed"))
    ended_at = models.DateTimeField(_("came again"), null=True)
    level = models.PositiveSmallIntegerField(null=True)

    class Meta:
        verbose_name = _("absences in a row")
        verbose_name_plural = _("absences in a row")
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
