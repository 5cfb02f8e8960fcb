"""Merge concurrent edits of a course: edits of different fields merge, edits of the same field conflict."""

from collections.abc import Mapping
from typing import Any

from classes.lessons.fields import SETTING_NAMES
from classes.models import Course, Lesson
from classes.timetable.courses.planning import COURSE_FIELDS, Series
from console.concurrency import EditConflict, value_digest

PEOPLE_FIELDS = ("assistants", "members", "groups")


def comparable_value(name: str, value: Any) -> Any:
    """Return a value in a form that compares independent of order: skipped days and people are sets."""
    if name == "moves":
        return sorted(value.items())
    if name in PEOPLE_FIELDS:
        return {one.pk for one in value}
    return sorted(set(value)) if name == "skip" else value


def load_series(course: Course) -> Series:
    """Return the current values of a course."""
    return Series(
        assistants=list(course.assistants.all()),
        members=list(course.members.all()),
        groups=list(course.groups.all()),
        settings=_last_lesson_settings(course),
        **{name: getattr(course, name) for name in COURSE_FIELDS},
    )


def _last_lesson_settings(course: Course) -> dict[str, Any]:
    """Return the settings of the last lesson, which new lessons of the series get."""
    last = last_lesson(course)
    return {name: getattr(last, name) for name in SETTING_NAMES} if last else {}


def last_lesson(course: Course) -> Lesson | None:
    return course.lessons.order_by("-starts_at", "-id").first()


def course_digests(course: Course) -> dict[str, str]:
    """Return digests of what an editor sees of a course, by field; its people and groups are sets."""
    fields: dict[str, Any] = {name: Course._meta.get_field(name) for name in COURSE_FIELDS}
    columns = {name: getattr(course, field.attname) for name, field in fields.items()}
    comparable = {name: comparable_value(name, value) for name, value in columns.items()}
    return _digests(comparable | {name: getattr(course, name).all() for name in PEOPLE_FIELDS})


def settings_digests(course: Course) -> dict[str, str]:
    """Return digests of the settings of its lessons."""
    return _digests(_last_lesson_settings(course))


def merge_edits(course: Course, fields: Mapping[str, Any], seen: Mapping[str, str]) -> dict[str, Any]:
    """Return those fields that apply to the locked course.

    A field that the editor did not change gives way to the change of somebody else. Raises EditConflict if
    both changed it to different values. A field that is not in `seen` is applied as given.
    """
    results = _edit_results(
        {name: comparable_value(name, value) for name, value in fields.items()}, seen, course_digests(course)
    )
    if clashes := [name for name, applies in results.items() if applies is None]:
        raise EditConflict(Course, {name: _stored_value(course, name) for name in clashes})
    merged = {name: value for name, value in fields.items() if results[name]}
    if "settings" in fields:
        merged["settings"] = _merge_settings(course, fields["settings"], seen)
    return merged


def _merge_settings(course: Course, settings: Mapping[str, Any], seen: Mapping[str, str]) -> dict[str, Any]:
    """Merge the settings of the lessons in the same way."""
    current = _last_lesson_settings(course)
    results = _edit_results(settings, seen, _digests(current))
    if clashes := [name for name, applies in results.items() if applies is None]:
        raise EditConflict(Lesson, {name: current[name] for name in clashes})
    return {name: value for name, value in settings.items() if results[name]}


def _edit_results(
    edits: Mapping[str, Any], seen: Mapping[str, str], stored: Mapping[str, str]
) -> dict[str, bool | None]:
    """Return by field whether the edit applies; None if it conflicts with another edit."""
    found: dict[str, bool | None] = {}
    for name, value in edits.items():
        current, before = stored.get(name), seen.get(name, stored.get(name))
        if current in (before, value_digest(value)):
            found[name] = True
        else:
            found[name] = False if value_digest(value) == before else None
    return found


def _stored_value(course: Course, name: str) -> Any:
    """Return the current value."""
    return set(getattr(course, name).all()) if name in PEOPLE_FIELDS else getattr(course, name)


def _digests(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: value_digest(value) for name, value in values.items()}
