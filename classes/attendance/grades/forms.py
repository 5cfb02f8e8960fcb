"""Which grades are shown, and the rule by which they are calculated."""

from decimal import Decimal
from typing import Any

from django import forms
from django.http import Http404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.people.grades.filters import NamedRowField
from classes.attendance.forms.register import CloseForm
from classes.attendance.grades.queries import graded_courses
from classes.attendance.grades.sentences import format_weight
from classes.attendance.reports.forms import ReportPeriod, period_of_days
from classes.attendance.reports.lesson_matrix.forms import OptionField, offer_limits
from classes.models import Course, GradeRule, Term
from classes.models.grades import WEIGHED_MARKS
from console.policy.edit_forms import OptimisticLockMixin


class GradeForm(forms.Form):
    """A course of the reader, or the only one, and a term; by default that of the course, or the latest.

    A subject limits the courses offered.
    """

    subject = NamedRowField(label=gettext_lazy("Subject"))
    course = OptionField(queryset=Course.objects.none(), label=gettext_lazy("Course"))
    term = OptionField(queryset=Term.objects.none(), label=gettext_lazy("Term"))

    def __init__(self, *args: Any, reader: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        fields: Any = self.fields
        fields["course"].set_rows(graded_courses(reader).select_related("enterprise", "term", "subject"))
        offer_limits(self, {"subject": "course"})
        fields["term"].set_rows(
            Term.objects.filter(enterprise=reader.enterprise_id).order_by("-starts_on", "-id")
        )

    def full_clean(self) -> None:
        """Validate, and show the only course and the term in force where none was chosen."""
        super().full_clean()
        if {"course", "term"} & self.errors.keys():
            return
        if self.course_chosen is None and len(self.offered_courses) == 1:
            self.cleaned_data["course"] = self.offered_courses[0]
        chosen = {"course": self.course_chosen, "term": self.term_chosen}
        shown = {name: str(one.pk) for name, one in chosen.items() if one}
        self.data = {**dict(self.data.items()), **shown}

    def require_known_rows(self) -> None:
        """Raise Http404 for a course or a term that is not one of the reader's."""
        if any(self.has_error(name, "invalid_choice") for name in ("course", "term")):
            raise Http404(_("This course or term is not among yours."))

    @property
    def course_chosen(self) -> Course | None:
        return getattr(self, "cleaned_data", {}).get("course")

    @cached_property
    def term_chosen(self) -> Term | None:
        course = self.course_chosen
        chosen: Term | None = getattr(self, "cleaned_data", {}).get("term")
        return chosen or (course.term if course else None) or self._latest_term()

    @property
    def offered_courses(self) -> list[Course]:
        fields: Any = self.fields
        offered: list[Course] = fields["course"].offered
        return offered

    @property
    def period(self) -> ReportPeriod:
        """The days of the term; today where the school has none."""
        term = self.term_chosen
        today = timezone.localdate()
        return period_of_days(term.starts_on, term.ends_on) if term else period_of_days(today, today)

    def _latest_term(self) -> Term | None:
        fields: Any = self.fields
        offered: list[Term] = fields["term"].offered
        begun = [one for one in offered if one.starts_on <= timezone.localdate()]
        return next(iter(begun or offered[-1:]), None)


class FixForm(CloseForm):
    """Asks for confirmation if lessons are not final yet."""

    anyway = forms.BooleanField(label=gettext_lazy("Fix anyway"), required=False)


class GradeRuleForm(OptimisticLockMixin, forms.Form):
    """The points of each mark; an empty field makes the mark neutral."""

    def __init__(self, *args: Any, rule: GradeRule, **more: Any) -> None:
        self.instance = rule
        super().__init__(*args, **more)
        for mark in WEIGHED_MARKS:
            weight: Decimal | None = getattr(rule, mark)
            self.fields[mark.value] = forms.DecimalField(
                label=mark.label,
                required=False,
                min_value=0,
                max_value=1,
                max_digits=3,
                decimal_places=2,
                initial=None if weight is None else format_weight(weight),
                help_text=gettext_lazy("0 to 1 point. Leave empty to leave the mark out."),
            )
