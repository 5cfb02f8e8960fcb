"""Lesson fields that only a later revision of the API document has: assistant, password and capacity.

They are sent only if the school's `later_fields` switch is on. The API never returns them, so the values that
it accepted last are stored with the lesson; of the password, only its version number.
"""

from typing import Any

from classes.lessons.fields import EXTENDED
from classes.models import Lesson, LessonKey, Member

#: Our name → the field of `/class/create` and `/class/modify`.
EXTENDED_FIELDS = {field.name: field.remote for field in EXTENDED}


def extended_values(lesson: Lesson) -> dict[str, Any]:
    """Return the desired values of these fields, whether the API supports them or not.

    The assistant is the first one added; all assistants are also members with their own role.
    """
    assistants = lesson.members.filter(role=Member.Role.ASSISTANT).order_by("pk")
    key = LessonKey.objects.filter(lesson=lesson, password__isnull=False).first()
    related: dict[str, Any] = {
        "assistant": assistants.values_list("user__user_id", flat=True).first() or "",
        "password": key.version if key else 0,
    }
    columns = {field.name: field.desired(lesson) for field in EXTENDED if field.column}
    return related | columns


def unsent_values(lesson: Lesson) -> dict[str, Any]:
    """Return the desired values that the API has not accepted yet; empty if the switch is off."""
    if not lesson.enterprise.later_fields:
        return {}
    accepted = lesson.later_sent or {}
    return {
        name: value
        for name, value in extended_values(lesson).items()
        if (value or None) != (accepted.get(name) or None)
    }


def non_empty_values(lesson: Lesson) -> dict[str, Any]:
    """Return the desired values that are not empty; an empty dict if the switch is off."""
    if not lesson.enterprise.later_fields:
        return {}
    return {name: value for name, value in extended_values(lesson).items() if value}


def to_remote_fields(lesson: Lesson, values: dict[str, Any]) -> dict[str, Any]:
    """Map our names to the fields of the document, with the password in clear."""
    fields = {EXTENDED_FIELDS[name]: value for name, value in values.items()}
    if "password" in values:
        key = LessonKey.objects.get(lesson=lesson)
        fields["password"] = key.password.reveal() if key.password else ""
    return fields
