"""Terms and holidays of a school."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

END_BEFORE_START = _("The last day must not be before the first day.")


class Term(models.Model):
    """A period in which the school teaches; a series may end with it."""

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="terms")
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=60)
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
                violation_error_message=END_BEFORE_START,
            ),
            models.UniqueConstraint(
                fields=["enterprise", "name"],
                name="term_name_once_a_school",
                violation_error_message=_("A term with this name already exists in your school."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Holiday(models.Model):
    """Days without lessons of series, both ends included: of the whole school or of one term.

    A series in a term observes the holidays of the school and of that term; a series without a term observes
    all holidays.
    """

    enterprise = models.ForeignKey("accounts.Enterprise", models.CASCADE, related_name="holidays")
    term = models.ForeignKey(
        Term, models.CASCADE, related_name="holidays", null=True, blank=True, verbose_name=_("term")
    )
    name = models.CharField(pgettext_lazy("thing", "name"), max_length=60)
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
                violation_error_message=END_BEFORE_START,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def covers(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on

    def holds_in(self, term: int | None) -> bool:
        """Return whether a series of this term (pk, None for no term) observes this holiday."""
        return self.term_id is None or term is None or self.term_id == term
