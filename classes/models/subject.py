"""Subjects of a school (科目), such as mathematics."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SUBJECT_NAME_TAKEN = _("A subject with this name already exists in your school.")


def initial_of(name: str) -> str:
    """Return the first letter or digit of a name in upper case, which says the same as a colour."""
    return next((letter.upper() for letter in name if letter.isalnum()), "?")


class Subject(models.Model):
    """A subject of a school, in which courses are taught. `teachers` are those who teach it.

    `colour` is its colour in the timetable, the number of a `--ic-subject-N` of the style sheets. A deleted
    subject leaves its courses without one.
    """

    class Colour(models.IntegerChoices):
        TEAL = 1, pgettext_lazy("colour", "teal")
        BLUE = 2, pgettext_lazy("colour", "blue")
        PURPLE = 3, pgettext_lazy("colour", "purple")
        RED = 4, pgettext_lazy("colour", "red")
        AMBER = 5, pgettext_lazy("colour", "amber")
        CYAN = 6, pgettext_lazy("colour", "cyan")
        GREEN = 7, pgettext_lazy("colour", "green")
        PINK = 8, pgettext_lazy("colour", "pink")

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="subjects")
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=60)
    colour = models.PositiveSmallIntegerField(_("colour"), choices=Colour.choices)
    teachers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="subjects_taught", blank=True, verbose_name=_("teachers")
    )

    class Meta:
        verbose_name = pgettext_lazy("school", "subject")
        verbose_name_plural = pgettext_lazy("school", "subjects")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "name"],
                name="subject_name_once_a_school",
                violation_error_message=SUBJECT_NAME_TAKEN,
            ),
            models.CheckConstraint(
                condition=Q(colour__gte=1, colour__lte=8), name="subject_colour_is_one_of_eight"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("classes:subject_edit", args=[self.pk])

    @property
    def initial(self) -> str:
        return initial_of(self.name)
