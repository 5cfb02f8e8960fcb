"""Forms for decisions about a register."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from classes.models import Attendance, Mark
from console.inputs.bounds import parse_id

#: The choice of the derived mark in a form where the empty choice means none.
BY_EVIDENCE = "evidence"
REASON_ERRORS = {"required": _("Enter a reason for later reference.")}


def reason_field(**more: Any) -> forms.CharField:
    return forms.CharField(label=_("Reason"), max_length=500, error_messages=REASON_ERRORS, **more)


class CorrectForm(forms.Form):
    """A mark set by hand; the empty choice restores the derived mark."""

    mark = forms.ChoiceField(
        label=_("Mark"),
        required=False,
        choices=[*Mark.choices, ("", _("according to the evidence"))],
        # Radio buttons: one click, where a select takes two.
        widget=forms.RadioSelect,
    )
    reason = reason_field()


class CorrectManyForm(CorrectForm):
    """One mark and one reason for the selected students.

    `chosen` are values "key.mark" with the mark that the page showed, so that a change by somebody else in
    the meantime is noticed. No mark is chosen beforehand.
    """

    mark = forms.ChoiceField(
        label=_("Mark"),
        choices=[("", _("Choose a mark")), *Mark.choices, (BY_EVIDENCE, _("according to the evidence"))],
        error_messages={"required": _("Choose a mark.")},
    )
    chosen = forms.Field(label=_("Students"), required=False, widget=forms.SelectMultiple)

    def clean_mark(self) -> str:
        """Return the mark; empty for the derived one."""
        mark: str = self.cleaned_data["mark"]
        return "" if mark == BY_EVIDENCE else mark

    def clean_chosen(self) -> dict[int, str]:
        pairs = [value.partition(".") for value in self.cleaned_data["chosen"] or ()]
        found = {pk: mark for key, _dot, mark in pairs if (pk := parse_id(key)) and mark in Mark.values}
        if not found:
            raise ValidationError(gettext("Select at least one student."))
        return found


class RegisterReasonForm(forms.Form):
    """A form with only a reason."""

    reason = reason_field()


class CloseForm(forms.Form):
    """Asks for confirmation if there are doubts about closing."""

    anyway = forms.BooleanField(label=_("Close anyway"), required=False)

    def __init__(self, *args: Any, doubts: list[str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["anyway"].help_text = " ".join(doubts)
        if not doubts:
            del self.fields["anyway"]


def correction_form(row: Attendance) -> CorrectForm:
    """Return the form of a row with its mark selected."""
    return CorrectForm(initial={"mark": row.mark}, auto_id=f"id_{row.pk}_%s")
