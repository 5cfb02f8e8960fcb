"""Form that chooses or enters the time of a make-up lesson."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from classes.conflicts.detection import BookingConflict
from classes.conflicts.guard import BookingConflictError
from classes.lessons.forms.fields import combine_local, time_field
from classes.timetable.make_up.times import FreeTime, MakeUpTimes
from console.inputs.forms import BoundedDateField
from console.ui.template_tags import when

OTHER = "other"


class MakeUpForm(forms.Form):
    """One of the proposed times, or another day and time; times are in the active zone."""

    fields: dict[str, Any]
    time = forms.ChoiceField(
        label=_("Time"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a time."),
            "invalid_choice": _("This time is not free any more. Choose another one."),
        },
    )
    day = BoundedDateField(label=_("Day"), required=False)
    start = time_field(label=_("Starts"), required=False)
    conflict_reason = forms.CharField(
        label=_("Reason for allowing the conflicts"), max_length=300, required=False
    )

    starts_at: datetime | None = None

    def __init__(self, *args: Any, times: MakeUpTimes, **more: Any) -> None:
        choices = [(one.starts_at.isoformat(), _time_label(one)) for one in times.free]
        more["initial"] = {"time": choices[0][0] if choices else OTHER} | (more.get("initial") or {})
        super().__init__(*args, **more)
        self.fields["time"].choices = [*choices, (OTHER, _("another time"))]
        self.conflicts: list[BookingConflict] = []

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        day, start, chosen = data.get("day"), data.get("start"), data.get("time")
        if chosen is None or {"day", "start"} & self.errors.keys():
            return data
        if chosen != OTHER:
            self.starts_at = datetime.fromisoformat(chosen)
            if day or start:
                message = _("You entered a day or time of your own. Choose “another time” to use it.")
                self.add_error("time", message)
            return data
        for name, text in (("day", _("Choose the day.")), ("start", _("Choose the start."))):
            if not data.get(name):
                self.add_error(name, text)
        if day and start:
            try:
                self.starts_at = combine_local(day, start)
            except ValidationError as error:
                self.add_error("start", error)
        return data

    def add_service_error(self, error: ValidationError) -> None:
        """Show an error of the service at its field; conflicts are listed, and a reason allows them."""
        if isinstance(error, BookingConflictError):
            self.conflicts = error.conflicts
            self.add_error("conflict_reason", error)
            return
        own_time = self.cleaned_data.get("time") == OTHER
        for name, messages in error.update_error_dict({}).items():
            field = {"starts_at": "start" if own_time else "time", "ends_at": "start"}.get(name)
            self.add_error(field, ValidationError(messages))


def _time_label(one: FreeTime) -> str:
    text = f"{when(one.starts_at)}–{when(one.ends_at, 'time')}"
    return _("%(time)s · usual time") % {"time": text} if one.usual else text
