"""Classroom links of a lesson, limited to what a reader may see, and the way back to the timetable."""

from typing import Any, NamedTuple

from django.http import QueryDict
from django.urls import reverse

from classes.lessons.status import phase_of
from classes.models import Lesson
from console.policy import Scope, field_visibility, may, scope_of
from console.policy.field_table import FieldVisibility


class ClassroomLinks(NamedTuple):
    """Links to a classroom; `own` is the one that the reader enters by. Empty strings if not available."""

    teacher: str
    student: str
    own: str

    @classmethod
    def for_reader(cls, lesson: Lesson, reader: Any) -> "ClassroomLinks":
        """Return the links of a lesson that the reader may see.

        Only the teacher and the school's administrators get the teacher's link.
        """
        visibility = field_visibility(reader, "view", "lesson")
        teaches = lesson.teacher_id == reader.pk
        hosts = teaches or scope_of(reader, "reveal_link", "lesson") == Scope.SCHOOL
        teacher = lesson.teacher_url if hosts and visibility["teacher_url"] == FieldVisibility.CLEAR else ""
        student = lesson.student_url if visibility["student_url"] == FieldVisibility.CLEAR else ""
        return cls(teacher, student, teacher if teaches else student)


def entry_link(lesson: Lesson, reader: Any) -> str:
    """Return the link by which the reader enters now; empty if the classroom is not open or has none.

    The caller has checked that the reader may see the lesson.
    """
    if not phase_of(lesson).opens or not may(reader, "enter_room", "lesson"):
        return ""
    return ClassroomLinks.for_reader(lesson, reader).own


def timetable_url(query: str, **changed: str) -> str:
    """Return the URL of the timetable with a query string as a reader left it, and changed parameters."""
    params = QueryDict(query.removeprefix("?"), mutable=True)
    for name, value in changed.items():
        params[name] = value
    return f"{reverse('classes:timetable')}?{params.urlencode()}"
