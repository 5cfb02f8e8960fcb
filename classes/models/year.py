"""The school's year: its terms, and the days on which no lesson is planned."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

ENDS = _("The last day is not before the first.")


class Term(models.Model):
    """A stretch of days in which the school teaches; a series may go on until its end."""

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="terms")
    name = models.CharField(_("name"), max_length=60)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="term_runs_forward",
                violation_error_message=ENDS,
            ),
            models.UniqueConstraint(
                fields=["enterprise", "name"],
                name="term_name_once_a_school",
                violation_error_message=_("Your school has a term of this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Holiday(models.Model):
    """Days, both included, on which series have no lesson: of the whole school, or of one of its terms.

    A series that is planned in a term keeps the school's days and that term's; one in no term keeps them all.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="holidays")
    term = models.ForeignKey(
        Term, models.CASCADE, related_name="holidays", null=True, blank=True, verbose_name=_("term")
    )
    name = models.CharField(_("name"), max_length=60)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="holiday_runs_forward",
                violation_error_message=ENDS,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def covers(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on

    def holds_in(self, term: int | None) -> bool:
        """Whether a series of this term (its key, None for none) keeps these days free."""
        return self.term_id is None or term is None or self.term_id == term
