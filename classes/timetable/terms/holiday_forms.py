"""Form that decides about the lessons of a holiday."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from classes.conflicts.detection import BookingConflict
from classes.conflicts.guard import BookingConflictError
from classes.models import Holiday, Lesson
from classes.timetable.bulk.changes import PlannedChange
from classes.timetable.bulk.forms import MAX_SEEN_CHARS
from classes.timetable.bulk.services import edit_digests
from classes.timetable.terms.holiday_lessons import (
    MOVES,
    TIMES_EDIT,
    HolidayAction,
    preview_moves,
    resolve_holiday_lessons,
)
from console.jobs.models import Job
from console.policy.edit_forms import SEEN, parse_digests


class HolidayLessonsForm(forms.Form):
    """`lessons` are those of the holiday; the chosen ones are moved, cancelled or kept."""

    seen_name = SEEN

    chosen = forms.MultipleChoiceField(
        label=_("Lessons"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one lesson."),
            "invalid_choice": _(
                "At least one of the chosen lessons is not in this list. It was rescheduled, cancelled or "
                "has ended. Check the list and apply again."
            ),
        },
    )
    action = forms.ChoiceField(
        label=_("What to do with them"),
        choices=HolidayAction.choices,
        initial=HolidayAction.FREE_DAY,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), _("Choose what to do with these lessons.")
        ),
    )
    days = forms.IntegerField(
        label=_("Days"),
        min_value=-366,
        max_value=366,
        required=False,
        help_text=_("For example, 7 for the next week."),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("For the record only. Students do not see it.")
    )
    conflict_reason = forms.CharField(
        label=_("Reason for allowing the conflicts"), max_length=300, required=False
    )

    def __init__(
        self, *args: Any, holiday: Holiday, lessons: Sequence[Lesson], by: User, **more: Any
    ) -> None:
        self.holiday, self.lessons, self.by = holiday, lessons, by
        self.planned: list[PlannedChange] = []
        self.conflicts: list[BookingConflict] = []
        keys = [str(one.pk) for one in lessons]
        more["initial"] = {"chosen": keys, "reason": holiday.name} | (more.get("initial") or {})
        super().__init__(*args, **more)
        field: Any = self.fields["chosen"]
        field.choices = [(key, key) for key in keys]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("action") == HolidayAction.DAYS and not data.get("days") and "days" not in self.errors:
            self.add_error("days", _("Enter the number of days."))
        return data

    @property
    def chosen_keys(self) -> set[str]:
        return set(self["chosen"].value() or ())

    @property
    def chosen_lessons(self) -> list[Lesson]:
        chosen = set(self.cleaned_data["chosen"])
        return [one for one in self.lessons if str(one.pk) in chosen]

    @property
    def seen_json(self) -> str:
        """Digests of the times that the page shows, posted back by it."""
        return json.dumps(edit_digests(self.lessons, TIMES_EDIT))

    @property
    def conflicts_by_day(self) -> dict[date, list[BookingConflict]]:
        days: dict[date, list[BookingConflict]] = {}
        for one in self.conflicts:
            days.setdefault(one.day, []).append(one)
        return days

    def compute_preview(self) -> None:
        """Compute the new times and their conflicts, if lessons are moved."""
        if not self.is_valid() or self.cleaned_data["action"] not in MOVES:
            return
        data = self.cleaned_data
        try:
            self.planned, self.conflicts = preview_moves(
                self.holiday, self.chosen_lessons, data["action"], data["days"] or 0
            )
        except ValidationError as error:
            self._add_errors(error)

    def save(self) -> tuple[bool, Job | None]:
        """Return whether it was saved, and the job that reports the results; errors are on the form."""
        data = self.cleaned_data
        try:
            job = resolve_holiday_lessons(
                holiday=self.holiday,
                lessons=self.chosen_lessons,
                action=data["action"],
                days=data["days"] or 0,
                by=self.by,
                reason=data["reason"],
                conflict_reason=data["conflict_reason"],
                seen=parse_digests(self.data.get(SEEN), most=MAX_SEEN_CHARS),
            )
        except BookingConflictError as conflicted:
            self.compute_preview()
            self.conflicts = conflicted.conflicts
            self.add_error("conflict_reason", conflicted)
        except ValidationError as error:
            self._add_errors(error)
        else:
            return True, job
        return False, None

    def _add_errors(self, error: ValidationError) -> None:
        for name, messages in error.update_error_dict({}).items():
            self.add_error(name if name in self.fields else None, ValidationError(messages))
