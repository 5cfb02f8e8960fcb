"""Filter forms of the attendance matrix."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import CharField, F, IntegerField, Model, QuerySet, Value
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import StudentGroup
from accounts.people.grades.filters import GradeField, NamedRowField
from classes.attendance.reports.forms import PeriodForm
from classes.attendance.reports.lesson_matrix.lessons import course_options, group_options
from classes.models import Course

#: Options of a select at most; the page of a course leads to the matrix of every other one.
MOST_OPTIONS = 200
TERM_WEEKS = 18


class OptionField(forms.ModelChoiceField):
    """A choice of one row by id. It accepts every row of `rows` and offers the first MOST_OPTIONS.

    The options are read once, and the chosen row is one of them where possible.
    """

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"empty_label": "—", **more, "required": False})
        self.offered: list[Any] = []

    def set_rows(self, rows: QuerySet[Any]) -> None:
        """Accept `rows`."""
        self.queryset = rows
        self.offer(rows)

    def offer(self, rows: Sequence[Any] | QuerySet[Any]) -> None:
        """Offer the first of these rows."""
        self.offered = list(rows[:MOST_OPTIONS])
        self._offer(*self.offered)

    def to_python(self, value: Any) -> Model | None:
        found = next((one for one in self.offered if str(one.pk) == value), None)
        if found is None:
            found = super().to_python(value)
            if found is not None:
                self._offer(*self.offered, found)
        return found

    def _offer(self, *rows: Any) -> None:
        self.choices = [("", self.empty_label), *((one.pk, str(one)) for one in rows)]


def offer_limits(form: Any, limits: Mapping[str, str]) -> None:
    """Offer in each field of `limits` what the rows of its option field have; limit these to what is chosen.

    The foreign key of these rows has the name of the limit. A field is removed where there is nothing to
    choose; only where not all options were read, the limits are queried, with one query for all fields.
    """
    rows_of = {limit: form.fields[options] for limit, options in limits.items()}
    cut = {limit: rows for limit, rows in rows_of.items() if len(rows.offered) >= MOST_OPTIONS}
    known = _read_limits(cut) if cut else {}
    for limit, rows in rows_of.items():
        choice = form.fields[limit]
        found = known[limit] if limit in cut else {getattr(one, limit) for one in rows.offered} - {None}
        if not choice.offer_rows(sorted(found, key=_in_order)):
            del form.fields[limit]
        elif chosen := choice.coerce(str(form.data.get(limit))):
            mine = [one for one in rows.offered if getattr(one, limit) == chosen]
            rows.offer(rows.queryset.filter(**{limit: chosen}) if limit in cut else mine)


def _read_limits(rows_of: Mapping[str, OptionField]) -> dict[str, list[Any]]:
    """Return the rows to which the foreign keys of all options lead, by the name of the key. One query."""
    models, parts = {}, []
    for limit, rows in rows_of.items():
        options: Any = rows.queryset
        models[limit] = model = options.model._meta.get_field(limit).related_model
        place = F("position") if hasattr(model, "position") else Value(0, IntegerField())
        named = model._default_manager.filter(pk__in=options.order_by().values(limit)).order_by()
        parts.append(named.values_list(Value(limit, CharField()), "pk", "name", place))
    found: dict[str, list[Any]] = {limit: [] for limit in models}
    for limit, pk, name, place in parts[0].union(*parts[1:], all=True):
        row = models[limit](pk=pk, name=name)
        if hasattr(row, "position"):
            row.position = place
        found[limit].append(row)
    return found


def _in_order(row: Any) -> tuple[int, str]:
    return getattr(row, "position", 0), row.name


class LessonChoiceForm(PeriodForm):
    """Days, course and group: which lessons of the reader are meant.

    A subject limits the courses offered, a grade the groups.
    """

    subject = NamedRowField(label=gettext_lazy("Subject"))
    course = OptionField(queryset=Course.objects.none(), label=gettext_lazy("Course"))
    grade = GradeField()
    group = OptionField(queryset=StudentGroup.objects.none(), label=gettext_lazy("Group"))

    def __init__(self, *args: Any, reader: Any, **more: Any) -> None:
        super().__init__(*args, weeks=TERM_WEEKS, **more)
        fields: Any = self.fields
        fields["course"].set_rows(course_options(reader).select_related("subject"))
        fields["group"].set_rows(group_options(reader).select_related("grade"))
        offer_limits(self, {"grade": "group", "subject": "course"})

    def require_known_rows(self) -> None:
        """Raise Http404 for a course or a group that is not one of the reader's."""
        if any(self.has_error(name, "invalid_choice") for name in ("course", "group")):
            raise Http404(_("This course or group is not among your lessons."))

    @property
    def offered_courses(self) -> list[Course]:
        fields: Any = self.fields
        offered: list[Course] = fields["course"].offered
        return offered

    @property
    def course_chosen(self) -> Course | None:
        return getattr(self, "cleaned_data", {}).get("course")

    @property
    def group_chosen(self) -> StudentGroup | None:
        return getattr(self, "cleaned_data", {}).get("group")


class MatrixForm(LessonChoiceForm):
    """The filter of the matrix: lessons, and which of their students."""

    name = forms.CharField(label=gettext_lazy("Name or user ID"), max_length=100, required=False)
    below = forms.IntegerField(
        label=gettext_lazy("Only below (%)"), min_value=1, max_value=100, required=False
    )
    absent = forms.BooleanField(label=gettext_lazy("Only with absences"), required=False)
    codes = forms.BooleanField(label=gettext_lazy("Own codes"), required=False)

    def __init__(self, *args: Any, has_codes: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        if not has_codes:
            del self.fields["codes"]

    def value(self, name: str) -> Any:
        """Return a valid value of the filter; None if there is none."""
        return getattr(self, "cleaned_data", {}).get(name) or None
