"""The form of one's own quiet hours."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from console.notifications.channels import quiet
from console.notifications.channels.quiet import Hours, hours_of_person


def _time_field(label: Any) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, required=False, widget=widget)


class QuietHoursForm(forms.Form):
    """The quiet hours of one person; empty ones are those of the school."""

    quiet_from = _time_field(gettext_lazy("Quiet from"))
    quiet_until = _time_field(gettext_lazy("Quiet until"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        check_hours(self, data)
        return data

    def hours(self) -> Hours | None:
        """Return the hours; None if the person has none of their own."""
        begin: time | None = self.cleaned_data["quiet_from"]
        end: time | None = self.cleaned_data["quiet_until"]
        return (begin, end) if begin is not None and end is not None else None


def quiet_form_of(person: Any) -> QuietHoursForm:
    """Return the form with the hours that a person has chosen."""
    begin, end = hours_of_person(person) or (None, None)
    return QuietHoursForm(initial={"quiet_from": begin, "quiet_until": end})


def check_hours(form: forms.BaseForm, data: Mapping[str, Any]) -> None:
    """Report hours with one end only, or of no length, at their field, unless it has an error already."""
    try:
        quiet.check_hours(data.get("quiet_from"), data.get("quiet_until"))
    except ValidationError as error:
        for name, errors in error.error_dict.items():
            if name not in form.errors:
                form.add_error(name, ValidationError(errors))
