"""Who may decide about a register: who teaches the lesson or assists in it, and administrators."""

from typing import Any

from classes.models import Lesson, Member
from console.policy.rules import scope_of
from console.policy.table import Scope


def may_judge(reader: Any, action: str, lesson: Lesson) -> bool:
    """Whether the reader may do this (correct, excuse, credit, close, reopen, answer) to the lesson's marks.

    "Own" is here a lesson that one teaches or assists in, never one that one attends.
    """
    scope = scope_of(reader, action, "attendance")
    if scope == Scope.NONE or lesson.enterprise_id != reader.enterprise_id:
        return False
    if scope != Scope.OWN or lesson.teacher_id == reader.pk:
        return True
    return Member.objects.filter(lesson=lesson, user=reader, role=Member.Role.ASSISTANT).exists()
