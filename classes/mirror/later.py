"""Fields of a lesson that only a later revision of the document has: who assists, a password, a capacity.

They leave while the school says that its service knows them (`later_fields`), and never else. The service
does not tell them, so what it took last is kept at the lesson, the password as the number of its change.
"""

from typing import Any

from classes.models import Lesson, LessonKey, Member

#: Ours → the field of `/class/create` and `/class/modify`.
LATER = {"assistant": "assistant_id", "password": "password", "capacity": "max_member_num"}
EMPTY: dict[str, Any] = {"assistant": "", "password": 0, "capacity": 0}


def wanted_later(lesson: Lesson) -> dict[str, Any]:
    """What the school wants of these fields, whether the service knows them or not.

    The assistant is who came first of the assistants; each of them comes in by their own role besides.
    """
    assistants = lesson.members.filter(role=Member.Role.ASSISTANT).order_by("pk")
    key = LessonKey.objects.filter(lesson=lesson, password__isnull=False).first()
    return {
        "assistant": assistants.values_list("user__user_id", flat=True).first() or "",
        "password": key.version if key else 0,
        "capacity": lesson.capacity or 0,
    }


def unsent(lesson: Lesson) -> dict[str, Any]:
    """Of what is wanted, that which the service did not take yet; nothing while the switch is off."""
    if not lesson.enterprise.later_fields:
        return {}
    taken = {**EMPTY, **(lesson.later_sent or {})}
    return {name: value for name, value in wanted_later(lesson).items() if value != taken[name]}


def worth_sending(lesson: Lesson) -> dict[str, Any]:
    """All that is wanted and not empty; nothing while the switch is off."""
    if not lesson.enterprise.later_fields:
        return {}
    return {name: value for name, value in wanted_later(lesson).items() if value}


def on_the_wire(lesson: Lesson, words: dict[str, Any]) -> dict[str, Any]:
    """These words as the document's fields, with the password itself."""
    fields = {LATER[name]: value for name, value in words.items()}
    if "password" in words:
        key = LessonKey.objects.get(lesson=lesson)
        fields["password"] = key.password.reveal() if key.password else ""
    return fields
