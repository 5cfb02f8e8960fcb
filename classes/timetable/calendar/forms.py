"""Form that moves a lesson."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from classes.lessons.forms.fields import combine_local, time_field
from classes.models import Lesson
from classes.timetable.calendar.move import lesson_duration
from console.concurrency import value_digests
from console.inputs.forms import BoundedDateField
from console.policy.edit_forms import OptimisticLockMixin


class MoveForm(OptimisticLockMixin, forms.Form):
    """A new day and a new start in the active zone; the duration stays.

    The form is refused if the lesson's time changed since the page was loaded.
    """

    day = BoundedDateField(label=_("Day"), error_messages={"required": _("Choose the new day.")})
    start = time_field(label=_("Starts"), error_messages={"required": _("Choose the new start.")})

    def __init__(self, *args: Any, lesson: Lesson, **more: Any) -> None:
        starts = timezone.localtime(lesson.starts_at)
        more["initial"] = {"day": starts.date(), "start": starts.time()} | (more.get("initial") or {})
        super().__init__(*args, **more)
        self.lesson = self.instance = lesson
        self.starts_at: datetime | None = None

    def stored_values(self) -> dict[str, str]:
        return value_digests(self.lesson, ("starts_at", "ends_at"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.seen != self.stored_values():
            message = _("Someone else changed “%(topic)s” in the meantime. Check it again, then decide.")
            raise ValidationError(message, params={"topic": self.lesson.topic})
        if data.get("day") and data.get("start"):
            try:
                self.starts_at = combine_local(data["day"], data["start"])
            except ValidationError as error:
                self.add_error("start", error)
                return data
            if self.starts_at + lesson_duration(self.lesson) < timezone.now():
                self.add_error(
                    "day", _("With this time, the lesson would already be over. Choose a later time.")
                )
            elif self.starts_at == self.lesson.starts_at:
                self.add_error(None, _("The lesson already starts at this time. Nothing was changed."))
        return data
