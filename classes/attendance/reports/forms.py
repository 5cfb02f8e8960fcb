"""Filter forms of reports."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Grade, StudentGroup, User
from accounts.people.grades.filters import GradeField, chosen_grade, offer_grades
from accounts.people.queries import active_people
from classes.lessons.forms.fields import PersonField, set_choices
from classes.lessons.status import counted_lessons
from classes.lessons.validation import TEACHING_ROLES
from classes.models import Course
from console.inputs.forms import BoundedDateField
from console.policy import scoped

#: Longest period of a report, in days.
MAX_DAYS = 400
#: Weeks until today that a report shows unless it says otherwise.
DEFAULT_WEEKS = 4


@dataclass(frozen=True, slots=True)
class ReportPeriod:
    """A half-open period.

    A data class, because mypy does not finish with a form in the module of a NamedTuple that has a property.
    """

    begins: datetime
    ends: datetime

    @property
    def last(self) -> datetime:
        """The last second of the period."""
        return self.ends - timedelta(seconds=1)


def final_lessons_of(period: ReportPeriod) -> dict[str, Any]:
    """Return the conditions on the lesson of a mark or a mark count that a report of the period counts.

    Only final lessons: whoever has not come to a running lesson yet is not absent, and the marks of an ended
    lesson may change until its history has settled.
    """
    return {
        "lesson__starts_at__gte": period.begins,
        "lesson__starts_at__lt": period.ends,
        "lesson__final_at__isnull": False,
        **counted_lessons("lesson__"),
    }


class PeriodForm(forms.Form):
    """The days of a report, kept in the query string; by default `weeks` until today."""

    since = BoundedDateField(label=_("From"), required=False)
    until = BoundedDateField(label=_("Until"), required=False)

    def __init__(self, *args: Any, weeks: int, **more: Any) -> None:
        super().__init__(*args, **more)
        self.weeks = weeks

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and since > until:
            raise ValidationError(_("The first day is after the last day."))
        if since and until and (until - since).days > MAX_DAYS:
            raise ValidationError(_("Choose at most 400 days."))
        return data

    def full_clean(self) -> None:
        """Validate, and show the days in force where none were chosen."""
        super().full_clean()
        if not self.errors:
            first, last = (timezone.localdate(moment) for moment in (self.period.begins, self.period.last))
            self.data = {**dict(self.data.items()), "since": f"{first}", "until": f"{last}"}

    @property
    def period(self) -> ReportPeriod:
        """The chosen days in the active time zone, by default the weeks of the report until today."""
        data = getattr(self, "cleaned_data", {})
        until = data.get("until") or max(data.get("since") or timezone.localdate(), timezone.localdate())
        since = data.get("since") or until - timedelta(weeks=self.weeks)
        return period_of_days(max(since, until - timedelta(days=MAX_DAYS)), until)


def chosen_filters(form: Any, without: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Return label and value of what a validated form filters by, besides the days and these fields."""
    found = []
    for name, value in getattr(form, "cleaned_data", {}).items():
        if name in ("since", "until", *without) or value in (None, "", False) or form[name].is_hidden:
            continue
        choices = {} if hasattr(value, "pk") else dict(getattr(form.fields[name], "choices", ()))
        text = gettext("yes") if value is True else str(choices.get(value, value))
        found.append((str(form.fields[name].label), text))
    return found


class ReportForm(PeriodForm):
    """Filters of a report: days, and the fields that the report asks for."""

    by = forms.ChoiceField(
        label=_("Period"), choices=(("day", _("by day")), ("week", _("by week"))), required=False
    )
    split = forms.ChoiceField(
        label=_("Totals"), choices=(("week", _("by week")), ("course", _("by course"))), required=False
    )
    teacher = PersonField(
        User.objects.none(), label=_("Teacher"), required=False, empty_label=_("all"), to_field_name="user_id"
    )
    course = forms.ModelChoiceField(Course.objects.none(), label=_("Course"), required=False, empty_label="—")
    group = forms.ModelChoiceField(
        StudentGroup.objects.none(), label=_("Group"), required=False, empty_label="—"
    )
    grade = GradeField()
    least = forms.IntegerField(label=_("Minimum in a row"), min_value=1, max_value=50, required=False)

    def __init__(self, *args: Any, reader: Any, asks: tuple[str, ...], weeks: int, **more: Any) -> None:
        super().__init__(*args, weeks=weeks, **more)
        for name in set(self.fields) - {"since", "until", *asks}:
            del self.fields[name]
        if "teacher" in self.fields:
            set_choices(self.fields["teacher"], active_people(reader.enterprise_id, *TEACHING_ROLES))
        if "course" in self.fields:
            set_choices(self.fields["course"], scoped(Course.objects.all(), reader, "course", "list"))
        if "group" in self.fields:
            set_choices(self.fields["group"], scoped(StudentGroup.objects.all(), reader, "group", "list"))
        offer_grades(self, reader)

    @property
    def grade_chosen(self) -> Grade | None:
        """The chosen grade. Call it after validation."""
        return chosen_grade(self)

    @property
    def is_weekly(self) -> bool:
        return bool(self.cleaned_data.get("by") == "week")


def default_period(weeks: int = DEFAULT_WEEKS) -> ReportPeriod:
    """Return the period of a report whose reader chose no days."""
    today = timezone.localdate()
    return period_of_days(today - timedelta(weeks=weeks), today)


def period_of_days(first: date, last: date, zone: ZoneInfo | None = None) -> ReportPeriod:
    """Return the period of these days, both included, in a zone (default: the active one)."""
    begins, after = (datetime.combine(day, time.min) for day in (first, last + timedelta(days=1)))
    return ReportPeriod(timezone.make_aware(begins, zone), timezone.make_aware(after, zone))
