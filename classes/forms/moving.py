"""The form that moves a lesson."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from classes.forms.fields import clock_field, day_field, moment
from classes.models import Lesson
from classes.timetable.moving import length_of


class MoveForm(forms.Form):
    """A new day and a new start in the active zone; the lesson lasts as long as before."""

    day = day_field(label=_("Day"), error_messages={"required": _("Choose the new day.")})
    start = clock_field(label=_("Starts"), error_messages={"required": _("Choose the new start.")})

    def __init__(self, *args: Any, lesson: Lesson, **more: Any) -> None:
        starts = timezone.localtime(lesson.starts_at)
        more["initial"] = {"day": starts.date(), "start": starts.time()} | (more.get("initial") or {})
        super().__init__(*args, **more)
        self.lesson = lesson
        self.starts_at: datetime | None = None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("day") and data.get("start"):
            try:
                self.starts_at = moment(data["day"], data["start"])
            except ValidationError as error:
                self.add_error("start", error)
                return data
            if self.starts_at + length_of(self.lesson) < timezone.now():
                self.add_error(
                    "day", _("At that time the lesson would be over already. Choose a time to come.")
                )
            elif self.starts_at == self.lesson.starts_at:
                self.add_error(None, _("It begins then already: nothing is changed."))
        return data
