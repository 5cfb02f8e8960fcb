"""Form for changing a lesson, with optimistic locking."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError

from accounts.models import User
from classes.lessons.edit_digests import current_digests
from classes.lessons.forms.lesson import FORM_FIELD_NAMES, LessonForm
from classes.lessons.services import edit_lesson
from classes.models import Lesson
from console.concurrency import value_digest
from console.policy.edit_forms import OptimisticLockMixin

TIMES = ("starts_at", "ends_at")


class LessonChangeForm(OptimisticLockMixin, LessonForm):
    """Changes the given lesson."""

    field_of_column = FORM_FIELD_NAMES
    lesson: Lesson

    def stored_values(self) -> dict[str, str]:
        """Return the current digests, and digests of the times to the minute as the page shows them."""
        shown = {_shown_key(name): value_digest(_to_the_minute(getattr(self.lesson, name))) for name in TIMES}
        return current_digests(self.lesson) | shown

    def _save_lesson(self, by: User, **values: Any) -> Lesson:
        """Save the lesson. A time equal to the displayed minute counts as unchanged, whatever its seconds."""
        unchanged = [name for name in TIMES if value_digest(values[name]) == self.seen.get(_shown_key(name))]
        fields = {name: value for name, value in values.items() if name not in unchanged}
        return edit_lesson(lesson=self.lesson, by=by, seen=self.seen, **fields)

    def _add_errors(self, error: ValidationError) -> None:
        self.refuse(error)


def _shown_key(column: str) -> str:
    return f"{column} shown"


def _to_the_minute(time: datetime) -> datetime:
    return time.replace(second=0, microsecond=0)
