"""Concurrent edits of a lesson: digests of what an editor saw, and detection of what the editor changes."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from classes.lessons.fields import COLUMN_NAMES
from classes.models import Lesson, Member
from console.concurrency import EditConflict, changed_fields, value_digest, value_digests

ListChanges = dict[str, list[Any]]


class LessonEditConflict(EditConflict):
    """EditConflict of a lesson, whose members and groups count as fields."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        super().__init__(Lesson, {name: value for name, value in fields.items() if name in COLUMN_NAMES})
        self.fields = dict(fields)
        message = _(
            "Someone changed this list while you were editing. Save again to replace it with your list."
        )
        self.error_dict |= {name: [ValidationError(message)] for name in fields if name not in COLUMN_NAMES}

    def renamed(self, names: Mapping[str, str]) -> "LessonEditConflict":
        """Rename fields and return self."""
        self.fields = {names.get(name, name): value for name, value in self.fields.items()}
        self.error_dict = {names.get(name, name): errors for name, errors in self.error_dict.items()}
        return self


def loaded_digests(lesson: Lesson) -> dict[str, str]:
    """Return digests of the editable columns as read, and of the members if they were prefetched."""
    loaded = getattr(lesson, "_prefetched_objects_cache", {})
    people = _digests(_member_keys(lesson)) if "members" in loaded else {}
    return value_digests(lesson, COLUMN_NAMES) | people


def current_digests(lesson: Lesson) -> dict[str, str]:
    """Return digests of the columns as read, and of the members and groups as stored now."""
    groups = {"groups": set(lesson.groups.values_list("pk", flat=True))}
    return value_digests(lesson, COLUMN_NAMES) | _digests(_member_keys(lesson) | groups)


def detect_changes(
    stored: Lesson,
    fields: Mapping[str, Any],
    lists: Mapping[str, Iterable[Model] | None],
    seen: Mapping[str, str],
) -> tuple[dict[str, Any], ListChanges]:
    """Return the columns and lists that the editor changes of a locked lesson.

    Raise LessonEditConflict if somebody else changed the same ones in the meantime.
    """
    clashes: dict[str, Any] = {}
    changed: dict[str, Any] = {}
    try:
        changed = changed_fields(stored, fields, seen)
    except EditConflict as error:
        clashes = error.fields
    desired = {name: list(rows) for name, rows in lists.items() if rows is not None}
    stored_keys = _member_keys(stored) if desired else {}
    if "groups" in desired:
        stored_keys["groups"] = set(stored.groups.values_list("pk", flat=True))
    teacher = getattr(changed.get("teacher"), "pk", stored.teacher_id)
    for name, rows in list(desired.items()):
        keys = {row.pk for row in rows} - ({teacher} if name != "groups" else set())
        if value_digest(keys) in (value_digest(stored_keys[name]), seen.get(name)):
            del desired[name]
        elif seen.get(name, value_digest(stored_keys[name])) != value_digest(stored_keys[name]):
            clashes[name] = stored_keys[name]
    if clashes:
        raise LessonEditConflict(clashes)
    return changed, desired


def _member_keys(lesson: Lesson) -> dict[str, set[int]]:
    """Return the keys of the students and of the staff; no query if the members are loaded."""
    found: dict[str, set[int]] = {"students": set(), "staff": set()}
    if "members" in getattr(lesson, "_prefetched_objects_cache", {}):
        members = [(one.user_id, one.role) for one in lesson.members.all()]
    else:
        members = list(lesson.members.values_list("user_id", "role"))
    for pk, role in members:
        found["students" if role == Member.Role.STUDENT else "staff"].add(pk)
    return found


def _digests(keys: Mapping[str, Collection[int]]) -> dict[str, str]:
    return {name: value_digest(set(pks)) for name, pks in keys.items()}
