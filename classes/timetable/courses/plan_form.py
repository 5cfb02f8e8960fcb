"""Form that plans or changes a series: in its preview, dates are dropped, moved and taken back by buttons."""

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from classes.lessons.forms.fields import time_field
from classes.timetable.bulk.changes import changeable_lessons
from classes.timetable.courses.changes import ChangeScope
from classes.timetable.courses.forms import CourseForm
from classes.timetable.courses.lesson_dates import adjusted_lessons
from console.inputs.bounds import parse_date
from console.inputs.forms import BoundedDateField
from console.jobs.models import Job

#: Between the day of the rule and the new time of a date that was moved.
SEPARATOR = "/"
INVALID = _("The dates of the preview cannot be read. Show them again.")


class DroppedDatesField(forms.Field):
    """Days of the rule that are dropped, each as an ISO date."""

    widget = forms.SelectMultiple

    def to_python(self, value: Any) -> set[date]:
        try:
            return {parse_date(text) for text in value or ()}
        except ValueError:
            raise ValidationError(INVALID) from None


class MovedDatesField(forms.Field):
    """Days of the rule with the local time of their lesson, such as 2027-03-02/2027-03-04T10:00."""

    widget = forms.SelectMultiple

    def to_python(self, value: Any) -> dict[date, datetime]:
        try:
            return dict(self._parse(text) for text in value or ())
        except ValueError:
            raise ValidationError(INVALID) from None

    def _parse(self, text: str) -> tuple[date, datetime]:
        day, _separator, local = text.partition(SEPARATOR)
        moment = datetime.fromisoformat(local)
        if moment.tzinfo:
            raise ValueError(local)
        return parse_date(day), datetime.combine(parse_date(f"{moment:%Y-%m-%d}"), moment.time())


class AdjustedLessons(TextChoices):
    """What another time of the course does to lessons whose time was changed one by one."""

    KEEP = "keep", _("keep their times")
    RESET = "reset", _("reset to the times of the course")


class CoursePlanForm(CourseForm):
    """Plans a series, or changes the given one.

    The preview keeps what was done to its dates; a button posts one of ACTS with a day.
    """

    ACTS = ("open", "drop", "place", "restore")
    field_of_column = CourseForm.field_of_column | {"moves": "moved"}
    dropped = DroppedDatesField(label=_("Dropped dates"), required=False)
    moved = MovedDatesField(label=_("Moved dates"), required=False)
    open = BoundedDateField(required=False)
    #: The date that was opened before, while the plan is read again.
    opened = BoundedDateField(required=False)
    drop = BoundedDateField(required=False)
    place = BoundedDateField(required=False)
    restore = BoundedDateField(required=False)
    to_day = BoundedDateField(label=_("New day"), required=False)
    to_start = time_field(label=_("New start"), required=False)
    adjusted = forms.ChoiceField(
        choices=AdjustedLessons.choices,
        initial=AdjustedLessons.KEEP,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("Applies if you change the time of the course."),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.plan: Any = None
        self.job: Job | None = None
        self.dropped_days, self.moves = set[date](), dict[date, datetime]()
        #: The date whose new time is asked for, and the one of the last act, which gets the keyboard.
        self.open_day: date | None = None
        self.acted_day: date | None = None
        #: What was entered for the open date.
        self.new_day: date | None = None
        self.new_start: time | None = None
        #: Why the last date was not moved.
        self.refused: list[str] = []
        self._ask_about_adjusted()

    def _ask_about_adjusted(self) -> None:
        """Say how many lessons were adjusted by hand; without any, remove the field."""
        lessons = changeable_lessons(self.course.lessons.all()) if self.course else []
        if number := len(adjusted_lessons(self.course, lessons)) if self.course else 0:
            text = ngettext(
                "%(n)d lesson was adjusted by hand", "%(n)d lessons were adjusted by hand", number
            )
            self.fields["adjusted"].label = text % {"n": number}
        else:
            del self.fields["adjusted"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.dropped_days, self.moves = set(data.get("dropped") or ()), dict(data.get("moved") or {})
        self.open_day = data.get("open") or data.get("opened")
        if not data.get("open"):
            self.new_day, self.new_start = data.get("to_day"), data.get("to_start")
        if day := data.get("restore") or data.get("drop") or data.get("place"):
            self._act(day, data)
        return data

    def _act(self, day: date, data: dict[str, Any]) -> None:
        if data.get("place") and not (data.get("to_day") and data.get("to_start")):
            self.open_day, self.refused = day, [gettext("Enter the new day and time of this date.")]
            return
        self.acted_day, self.open_day = day, None
        self.dropped_days.discard(day)
        self.moves.pop(day, None)
        if data.get("drop"):
            self.dropped_days.add(day)
        elif data.get("place"):
            self.moves[day] = datetime.combine(data["to_day"], data["to_start"])

    def compute_preview(self) -> bool:
        """Compute the preview; a date that cannot be moved as asked stays, so that the dates can be shown."""
        done = super().compute_preview()
        if done or "moved" not in self.errors or self.acted_day not in self.moves:
            return done
        self.refused = [str(error) for error in self.errors.pop("moved")]
        self.open_day = self.acted_day
        del self.moves[self.acted_day]
        return super().compute_preview()

    def service_fields(self) -> dict[str, Any]:
        fields, since = super().service_fields(), self._since()
        moves = {day: local for day, local in self.moves.items() if day >= since}
        dropped = sorted(day for day in self.dropped_days if day >= since)
        reset = self.cleaned_data.get("adjusted") == AdjustedLessons.RESET
        more: dict[str, Any] = {"skip": [*fields["skip"], *dropped]}
        return fields | more | ({"moves": moves} if moves else {}) | ({"reset": True} if reset else {})

    def _since(self) -> date:
        """Return the first day of the scope. What was done to earlier dates waits for another scope."""
        lesson = self.from_lesson
        if lesson is None or self.cleaned_data.get("scope") != ChangeScope.FOLLOWING:
            return date.min
        return lesson.occurrence or timezone.localdate(lesson.starts_at, self.school.tz)

    def moved_count(self) -> int:
        """Return how many lessons get another time."""
        return sum(
            (one.before.starts_at, one.before.ends_at) != (one.lesson.starts_at, one.lesson.ends_at)
            for one in getattr(self.plan, "planned", ())
        )

    def kept_moves(self) -> list[tuple[date, datetime, str]]:
        """Return the day, new time and text of each date that was moved."""
        return [(day, local, f"{day}{SEPARATOR}{local:%Y-%m-%dT%H:%M}") for day, local in self.moves.items()]
