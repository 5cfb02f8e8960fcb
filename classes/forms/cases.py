"""Forms of appeals, leave and guests."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from classes.forms.fields import PersonChoice, clock_field, day_field, moment
from classes.forms.register import REASON, reason_field
from classes.models import Mark

LONG = forms.Textarea(attrs={"rows": 4})


class AppealForm(forms.Form):
    text = forms.CharField(
        label=_("What is wrong?"),
        max_length=1000,
        widget=LONG,
        help_text=_("What the register says of you today is attached by itself."),
        error_messages={"required": _("Write what is wrong with the mark.")},
    )


class AnswerForm(forms.Form):
    """Granted with the right mark, or refused; either with a reason."""

    decision = forms.ChoiceField(
        label=_("Answer"),
        choices=[("grant", _("Grant it and correct the mark")), ("refuse", _("Refuse it"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether to grant it.")},
    )
    mark = forms.ChoiceField(
        label=_("The right mark"),
        required=False,
        choices=[("", "—"), *((value, word) for value, word in Mark.choices if value != Mark.UNKNOWN)],
    )
    text = forms.CharField(label=_("Reason"), max_length=1000, widget=LONG, error_messages=REASON)


class CreditForm(forms.Form):
    """Whom the stays of a guest count for."""

    person = PersonChoice(queryset=None, label=_("This was"), empty_label=_("Choose a student"))
    reason = reason_field()

    def __init__(self, *args: Any, people: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["person"].queryset = people


class LeaveForm(forms.Form):
    """A student and a period, by the clock of the school."""

    person = PersonChoice(
        queryset=None, label=_("Student"), to_field_name="user_id", empty_label=_("Choose a student")
    )
    day = day_field(label=_("From day"))
    start = clock_field(label=_("From time"), initial="00:00")
    end_day = day_field(label=_("Until day"))
    end = clock_field(label=_("Until time"), initial="23:59")
    reason = reason_field()

    def __init__(self, *args: Any, people: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["person"].queryset = people.order_by("nickname", "user_id")

    def told(self) -> dict[str, Any]:
        """What the service wants."""
        data = self.cleaned_data
        return {
            "person": data["person"],
            "begins_at": moment(data["day"], data["start"]),
            "ends_at": moment(data["end_day"], data["end"]),
            "reason": data["reason"],
        }
