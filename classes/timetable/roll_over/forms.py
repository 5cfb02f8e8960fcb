"""Forms of a roll-over: its terms, and the choices that a page of the preview posts."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from classes.models import Term
from classes.timetable.roll_over.edits import RowEdit, clean_text
from console.inputs.bounds import parse_id, parse_ids

INVALID = {"required": _("Choose a term."), "invalid_choice": _("Choose a term of your school.")}


class TermsForm(forms.Form):
    """Which term ends, and which one begins."""

    fields: dict[str, Any]
    ending: Any = forms.ModelChoiceField(
        queryset=None,
        label=_("Term that ends"),
        empty_label=_("Choose a term"),
        error_messages=INVALID,
        help_text=_("The courses of this term can be copied."),
    )
    beginning: Any = forms.ModelChoiceField(
        queryset=None,
        label=_("Term that begins"),
        empty_label=_("Choose a term"),
        error_messages=INVALID,
        help_text=_("The copies take place in this term and skip its holidays."),
    )

    def __init__(self, *args: Any, terms: QuerySet[Term], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["ending"].queryset = self.fields["beginning"].queryset = terms

    def add_service_error(self, error: ValidationError) -> None:
        """Show an error of the service, at its field where it names one."""
        self.add_error(None, error)


def read_groups(data: QueryDict) -> dict[int, RowEdit]:
    """Return what a page posts about groups, by their keys."""
    names = [name.removeprefix("act_") for name in data if name.startswith("act_")]
    return {pk: _read_row(data, pk, {"act": str, "name": clean_text}) for pk in parse_ids(names)}


def read_courses(data: QueryDict) -> dict[int, RowEdit]:
    """Return what a page posts about courses, by their keys. A box that is not checked is not posted."""
    edits = {}
    for pk in parse_ids(data.getlist("course")):
        edit = _read_row(data, pk, {"copy": bool, "title": clean_text, "teacher": parse_id})
        edits[pk] = RowEdit({"copy": False, **edit.values}, edit.seen)
    return edits


def read_leavers(data: QueryDict) -> bool | None:
    """Return whether leavers are to be deactivated; None if the page leaves it as it showed it."""
    chosen = data.get("leavers")
    return None if chosen in (None, data.get("seen_leavers")) else chosen != "keep"


def _read_row(data: QueryDict, pk: int, readers: Mapping[str, Callable[[str], Any]]) -> RowEdit:
    """Return the posted values of a row, and those that its page showed."""
    values, seen = (
        {
            name: read(str(data[key]))
            for name, read in readers.items()
            if (key := f"{prefix}{name}_{pk}") in data
        }
        for prefix in ("", "seen_")
    )
    return RowEdit(values, seen)
