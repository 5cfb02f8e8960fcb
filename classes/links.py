"""The addresses of a lesson's classroom, for those who may have them."""

from typing import Any, NamedTuple

from classes.models import Lesson
from console.policy import Scope, fields, scope_of
from console.policy.table import Sight


class Links(NamedTuple):
    """`own` is the address by which this reader enters; empty where there is none (yet)."""

    teacher: str
    student: str
    own: str

    @classmethod
    def of(cls, lesson: Lesson, reader: Any) -> "Links":
        """Of a lesson that the reader may see.

        The teacher's address goes to the teacher and to the school's administrators alone.
        """
        sights = fields(reader, "view", "lesson")
        teaches = lesson.teacher_id == reader.pk
        hosts = teaches or scope_of(reader, "reveal_link", "lesson") == Scope.SCHOOL
        teacher = lesson.teacher_url if hosts and sights["teacher_url"] == Sight.CLEAR else ""
        student = lesson.student_url if sights["student_url"] == Sight.CLEAR else ""
        return cls(teacher, student, teacher if teaches else student)
