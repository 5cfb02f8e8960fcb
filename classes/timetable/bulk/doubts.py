"""Questions about lessons that a bulk edit makes unusually long or leaves without students."""

from collections.abc import Iterable

from classes.choices import ClassType
from classes.lessons.doubts import ask_about_lesson
from classes.timetable.bulk.changes import PlannedChange


def ask_about_change(change: PlannedChange) -> list[str]:
    """Return the questions about the change of one lesson."""
    before, lesson = change.before, change.lesson
    return ask_about_lesson(
        lesson.ends_at - lesson.starts_at,
        length_before=before.ends_at - before.starts_at,
        is_attended=not change.loses_students or lesson.class_type == ClassType.PUBLIC,
    )


def ask_about_changes(planned: Iterable[PlannedChange]) -> list[str]:
    """Return the questions about all changes, each once."""
    return list(dict.fromkeys(doubt for change in planned for doubt in ask_about_change(change)))
