"""Forms of appeals, leave and guests."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from classes.attendance.forms.register import REASON_ERRORS, reason_field
from classes.lessons.forms.fields import PersonField, combine_local, time_field
from classes.models import Mark
from console.inputs.forms import BoundedDateField

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


class LeaveForm(forms.Form):
    """A student and a period in the time zone of the school."""

    fields: dict[str, Any]
    person = PersonField(
        queryset=None, label=_("Student"), to_field_name="user_id", empty_label=_("Choose a student")
    )
    day = BoundedDateField(label=_("Start day"))
    start = time_field(label=_("Start time"), initial="00:00")
    end_day = BoundedDateField(label=_("End day"))
    end = time_field(label=_("End time"), initial="23:59")
    reason = reason_field()

    def __init__(self, *args: Any, people: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["person"].queryset = people.order_by("sort_name", "user_id")

    def service_fields(self) -> dict[str, Any]:
        """Return the arguments of `grant_leave`."""
        data = self.cleaned_data
        return {
            "person": data["person"],
            "begins_at": combine_local(data["day"], data["start"]),
            "ends_at": combine_local(data["end_day"], data["end"]),
            "reason": data["reason"],
        }
