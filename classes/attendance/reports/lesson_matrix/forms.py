"""Filter forms of the attendance matrix."""

from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import StudentGroup
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
        super().__init__(**more, required=False, empty_label="—")
        self.offered: list[Any] = []

    def set_rows(self, rows: QuerySet[Any]) -> None:
        self.queryset = rows
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


class LessonChoiceForm(PeriodForm):
    """Days, course and group: which lessons of the reader are meant."""

    course = OptionField(queryset=Course.objects.none(), label=gettext_lazy("Course"))
    group = OptionField(queryset=StudentGroup.objects.none(), label=gettext_lazy("Group"))

    def __init__(self, *args: Any, reader: Any, **more: Any) -> None:
        super().__init__(*args, weeks=TERM_WEEKS, **more)
        fields: Any = self.fields
        fields["course"].set_rows(course_options(reader))
        fields["group"].set_rows(group_options(reader))

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

    def value(self, name: str) -> Any:
        """Return a valid value of the filter; None if there is none."""
        return getattr(self, "cleaned_data", {}).get(name) or None
