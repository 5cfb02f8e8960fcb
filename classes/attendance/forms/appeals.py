"""Forms of appeals and guests."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from classes.attendance.forms.register import REASON_ERRORS, reason_field
from classes.lessons.forms.fields import PersonField
from classes.models import Mark

TEXTAREA = forms.Textarea(attrs={"rows": 4})


class AppealForm(forms.Form):
    text = forms.CharField(
        label=_("What is wrong?"),
        max_length=1000,
        widget=TEXTAREA,
        help_text=_("The current entry for you in the register is attached automatically."),
        error_messages={"required": _("Describe what is wrong with the mark.")},
    )


class AnswerForm(forms.Form):
    """Grants an appeal with the right mark, or refuses it; both need a reason."""

    decision = forms.ChoiceField(
        label=_("Answer"),
        choices=[("grant", _("Grant and correct the mark")), ("refuse", _("Reject"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether to grant the appeal.")},
    )
    mark = forms.ChoiceField(
        label=_("Correct mark"),
        required=False,
        choices=[("", "—"), *((value, word) for value, word in Mark.choices if value != Mark.UNKNOWN)],
    )
    text = forms.CharField(label=_("Reason"), max_length=1000, widget=TEXTAREA, error_messages=REASON_ERRORS)


class CreditForm(forms.Form):
    """The member who gets credit for a guest."""

    fields: dict[str, Any]
    person = PersonField(queryset=None, label=_("This was"), empty_label=_("Choose a student"))
    reason = reason_field()

    def __init__(self, *args: Any, people: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["person"].queryset = people
