"""Whom a row of Today concerns, of those to whom it may be given."""

from typing import Any

from accounts.people.charges import teachers_of
from classes.models import Lesson


def concerned_staff(row: Any) -> set[int]:
    """Return the keys of the teacher of its lesson, and of who is in charge of its student."""
    lesson = row if isinstance(row, Lesson) else getattr(row, "lesson", None)
    student = getattr(row, "person", None)
    return (_teacher_of(lesson) if lesson else set()) | (_in_charge_of(student) if student else set())


def _teacher_of(lesson: Lesson) -> set[int]:
    return {lesson.teacher_id}


def _in_charge_of(student: Any) -> set[int]:
    return {one.pk for one in teachers_of(student.enterprise, [student.pk]).get(student.pk, ())}
