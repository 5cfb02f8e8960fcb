"""Forms of leave: entered by the office, requested by a student, answered."""

from datetime import date, time
from itertools import groupby
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from classes.attendance.forms.leave_files import AttachmentsForm
from classes.attendance.forms.register import reason_field
from classes.attendance.leave import Period
from classes.lessons.forms.fields import PersonField, combine_local, time_field
from classes.models import Leave, Lesson
from console.inputs.forms import BoundedDateField
from console.ui.template_tags import when

#: A whole day, in minutes as the forms show them.
DAY_START, DAY_END = time(0, 0), time(23, 59)


def kind_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=pgettext_lazy("leave", "Kind"), choices=Leave.Kind.choices, widget=forms.RadioSelect
    )


class LeaveForm(AttachmentsForm):
    """A student and a period in the time zone of the school."""

    fields: dict[str, Any]
    person = PersonField(
        queryset=None, label=_("Student"), to_field_name="user_id", empty_label=_("Choose a student")
    )
    day = BoundedDateField(label=_("Start day"))
    start = time_field(label=_("Start time"), initial="00:00")
    end_day = BoundedDateField(label=_("End day"))
    end = time_field(label=_("End time"), initial="23:59")
    kind = kind_field()
    reason = reason_field()

    def __init__(self, *args: Any, people: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["person"].queryset = people.order_by("sort_name", "user_id")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if {"day", "start", "end_day", "end"} <= data.keys():
            begins, ends = ((data["day"], data["start"]), (data["end_day"], data["end"]))
            if ends <= begins:
                self.add_error("end", gettext("The leave must end after it starts."))
        return data

    def service_fields(self) -> dict[str, Any]:
        """Return the arguments of `grant_leave`."""
        data = self.cleaned_data
        return {
            "person": data["person"],
            "begins_at": combine_local(data["day"], data["start"]),
            "ends_at": combine_local(data["end_day"], data["end"]),
            "kind": data["kind"],
            "reason": data["reason"],
        }


class LeaveRequestForm(AttachmentsForm):
    """Whole days or some of the student's next lessons, given as `lessons` in their order."""

    fields: dict[str, Any]
    day = BoundedDateField(label=_("First day"), required=False)
    end_day = BoundedDateField(
        label=_("Last day"), required=False, help_text=_("Leave empty for a single day.")
    )
    lessons = forms.MultipleChoiceField(
        label=_("Or single lessons"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only the next lessons are listed. For later ones, choose whole days."),
    )
    kind = kind_field()
    reason = reason_field(widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, lessons: list[Lesson], **more: Any) -> None:
        super().__init__(*args, **more)
        self.offered = lessons
        self.fields["lessons"].choices = [
            (str(one.pk), f"{when(one.starts_at)} · {one.topic}") for one in lessons
        ]
        if not lessons:
            del self.fields["lessons"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not {"day", "end_day", "lessons"} & self.errors.keys():
            self._check_choice(data["day"], data["end_day"], bool(data.get("lessons")))
        return data

    def _check_choice(self, day: date | None, end_day: date | None, has_lessons: bool) -> None:
        if bool(day or end_day) == has_lessons:
            self.add_error("day", gettext("Choose either whole days or single lessons."))
        elif end_day and not day:
            self.add_error("day", gettext("Choose the first day."))
        elif day and end_day and end_day < day:
            self.add_error("end_day", gettext("The leave must end after it starts."))

    def service_fields(self) -> dict[str, Any]:
        """Return the arguments of `request_leave`."""
        data = self.cleaned_data
        return {"periods": self._periods(), "kind": data["kind"], "reason": data["reason"]}

    def _periods(self) -> list[Period]:
        data = self.cleaned_data
        if data["day"]:
            end_day = data["end_day"] or data["day"]
            return [(combine_local(data["day"], DAY_START), combine_local(end_day, DAY_END))]
        return _lesson_periods(self.offered, set(data["lessons"]))


class LeaveAnswerForm(forms.Form):
    """Approves a request or returns it; the pressed button is the decision."""

    decision = forms.ChoiceField(
        choices=[("approve", _("Approve")), ("return", _("Return"))],
        error_messages={"required": _("Choose whether to approve the request.")},
    )
    text = forms.CharField(
        label=_("Sentence to the student"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Required when you return the request."),
    )


def _lesson_periods(offered: list[Lesson], chosen: set[str]) -> list[Period]:
    """Return a period for each run of chosen lessons of a day, without a lesson in it that is not chosen."""
    runs = groupby(offered, key=lambda one: (str(one.pk) in chosen, timezone.localdate(one.starts_at)))
    return [
        (lessons[0].starts_at, max(one.ends_at for one in lessons))
        for (is_chosen, _day), run in runs
        if is_chosen and (lessons := list(run))
    ]
