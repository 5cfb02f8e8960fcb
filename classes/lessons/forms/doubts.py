"""Asks before a lesson or course is saved that is unusually long or that nobody attends."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from classes.choices import ClassType
from console.ui.template_tags import duration

#: Longer lessons are possible, but nobody meant most of them: the end was taken for the morning.
USUAL_LENGTH = timedelta(hours=6)


class DoubtForm(forms.Form):
    """The questions stand at a box to tick. What was so before a change is not asked again."""

    confirmed = forms.BooleanField(label=gettext_lazy("Yes, save it like this"), required=False)

    lesson: Any = None
    course: Any = None

    def ask_about_doubts(self) -> bool:
        """Return whether there are questions that nobody has confirmed; they are then on the form."""
        doubts = [] if self.cleaned_data["confirmed"] else self._doubts()
        if doubts:
            self.add_error("confirmed", doubts)
        return bool(doubts)

    def _doubts(self) -> list[str]:
        data = self.cleaned_data
        before = self.initial if self.lesson or self.course else None
        found = []
        length = _length(data)
        if length > max(USUAL_LENGTH, _length(before) if before else USUAL_LENGTH):
            time = duration(int(length.total_seconds()))
            found.append(_("The lesson lasts %(time)s. Is that right?") % {"time": time})
        chooses_people = "students" in data and data.get("class_type") != ClassType.PUBLIC
        if chooses_people and not _has_students(data) and (before is None or _has_students(before)):
            found.append(_("No student and no group is chosen. Is that right?"))
        return found


def _length(values: Mapping[str, Any]) -> timedelta:
    """Return the length of a lesson; in a course an earlier end is that of the next day."""
    end_day = values.get("end_day")
    starts = datetime.combine(values["day"], values["start"])
    length = datetime.combine(end_day or values["day"], values["end"]) - starts
    return length if end_day else length % timedelta(days=1)


def _has_students(values: Mapping[str, Any]) -> bool:
    return any(values.get(name) for name in ("students", "ids", "groups"))
