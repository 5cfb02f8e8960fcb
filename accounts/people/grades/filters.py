"""The field by which lists, reports and exports filter by grade."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Grade
from accounts.people.grades.queries import grades_for

ALL = _("all")


class NamedRowField(forms.TypedChoiceField):
    """A choice of one of some rows with a name, whose value is the row or None. They are read once."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"required": False, **more, "empty_value": None})

    def offer_rows(self, rows: Iterable[Any], empty: str | Promise = ALL) -> bool:
        """Offer these rows; return whether there are any."""
        by_key = {str(one.pk): one for one in rows}
        self.choices = [("", empty), *((key, one.name) for key, one in by_key.items())]
        self.coerce = by_key.get
        return bool(by_key)


class GradeField(NamedRowField):
    """A choice of one of the reader's grades."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"label": _("Grade"), **more})

    def offer(self, reader: Any, empty: str | Promise = ALL) -> bool:
        """Offer the grades of the reader; return whether there are any."""
        return self.offer_rows(grades_for(reader), empty)


class GradeFilter(forms.Form):
    """Base of filter forms with a grade, which are made with their `reader`.

    The field is left out where there is nothing to choose.
    """

    grade = GradeField()

    def __init__(self, *args: Any, reader: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        offer_grades(self, reader)

    @property
    def grade_chosen(self) -> Grade | None:
        """The chosen grade. Call it after validation."""
        return chosen_grade(self)


def offer_grades(form: Any, reader: Any, empty: str | Promise = ALL) -> None:
    """Offer the reader's grades in the field `grade` of a form, or remove it if there are none."""
    if "grade" in form.fields and not form.fields["grade"].offer(reader, empty):
        del form.fields["grade"]


def chosen_grade(form: Any) -> Grade | None:
    """Return the valid grade that a form chooses, if it has one."""
    found: Grade | None = getattr(form, "cleaned_data", {}).get("grade")
    return found
