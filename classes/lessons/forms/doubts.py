"""Asks before a lesson or course is saved that is unusually long or that nobody attends."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from classes.choices import ClassType
from classes.lessons.doubts import USUAL_LENGTH, ask_about_lesson


class DoubtForm(forms.Form):
    """The questions stand at a box to tick. What was so before a change is not asked again."""

    confirmed = forms.BooleanField(label=_("Yes, save it like this"), required=False)

    def doubts(self) -> list[str]:
        """Return the questions about a valid form."""
        raise NotImplementedError

    def ask_about_doubts(self) -> bool:
        """Return whether there are questions that nobody has confirmed; they are then on the form."""
        doubts = [] if self.cleaned_data["confirmed"] else self.doubts()
        if doubts:
            self.add_error("confirmed", doubts)
        return bool(doubts)


class LessonDoubtForm(DoubtForm):
    """Asks about the fields of a lesson or a course."""

    lesson: Any = None
    course: Any = None

    def doubts(self) -> list[str]:
        data = self.cleaned_data
        before = self.initial if self.lesson or self.course else None
        chooses_people = "students" in data and data.get("class_type") != ClassType.PUBLIC
        was_empty = before is not None and not _has_students(before)
        return ask_about_lesson(
            _length(data),
            length_before=_length(before) if before else USUAL_LENGTH,
            is_attended=not chooses_people or was_empty or _has_students(data),
        )


def _length(values: Mapping[str, Any]) -> timedelta:
    """Return the length of a lesson; in a course an earlier end is that of the next day."""
    end_day = values.get("end_day")
    starts = datetime.combine(values["day"], values["start"])
    length = datetime.combine(end_day or values["day"], values["end"]) - starts
    return length if end_day else length % timedelta(days=1)


def _has_students(values: Mapping[str, Any]) -> bool:
    return any(values.get(name) for name in ("students", "ids", "groups"))
