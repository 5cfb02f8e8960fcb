"""Permission to change a register: its teacher, its assistants and administrators."""

from typing import Any

from classes.models import Lesson, Member
from console.policy.rules import scope_of
from console.policy.table import Scope


def may_change_register(reader: Any, action: str, lesson: Lesson) -> bool:
    """Return whether the reader may correct, excuse, credit, close, reopen or answer marks of the lesson.

    The scope "own" means a lesson that they teach or assist in, never one that they attend.
    """
    scope = scope_of(reader, action, "attendance")
    if scope == Scope.NONE or lesson.enterprise_id != reader.enterprise_id:
        return False
    if scope != Scope.OWN or lesson.teacher_id == reader.pk:
        return True
    return Member.objects.filter(lesson=lesson, user=reader, role=Member.Role.ASSISTANT).exists()
