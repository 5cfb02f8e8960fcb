"""The body of a revision, and what has changed since one was fixed."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from classes.attendance.grades.calculation import Grade, Weights
from classes.attendance.grades.queries import CourseGrades, StudentGrade
from classes.attendance.register_digest import format_utc
from classes.models import Course, Mark

#: Version of the structure of a body.
BODY_VERSION = 1


class Difference(NamedTuple):
    """`grades` are (user id, percentage then, percentage now), None where there was or is no grade."""

    is_other_rule: bool
    grades: list[tuple[str, str | None, str | None]]

    def __bool__(self) -> bool:
        return self.is_other_rule or bool(self.grades)


def grades_body(
    course: Course, grades: CourseGrades, *, number: int, fixed_at: datetime, by: str, before: str
) -> dict[str, Any]:
    """Return the body of a revision: numbers as text, people only by their ids and in their order.

    `before` is the digest of the previous revision, `by` fixes this one.
    """
    return {
        "shape": BODY_VERSION,
        "sdkappid": course.enterprise.sdkappid,
        "course": course.pk,
        "revision": number,
        "previous": before,
        "fixed_at": format_utc(fixed_at),
        "fixed_by": by,
        "zone": course.enterprise.zone,
        "rule": _rule(grades.weights),
        "people": [_person(one) for one in sorted(grades.students, key=lambda one: one.user_id)],
    }


def _rule(weights: Weights) -> dict[str, str | None]:
    return {mark: None if weight is None else str(weight) for mark, weight in weights.items()}


def _person(student: StudentGrade) -> dict[str, Any]:
    grade = student.grade
    return {
        "user_id": student.user_id,
        "marks": {mark: number for mark in Mark.values if (number := student.counts.get(mark))},
        "counted": grade.counted,
        "points": str(grade.points),
        "percent": None if grade.percent is None else str(grade.percent),
    }


def compare(body: Mapping[str, Any], grades: CourseGrades) -> Difference:
    """Return what is different now. A student who has no marks any more has no grade now."""
    was = {one.user_id: _as_text(one.grade) for one in stored_students(body, {})}
    new = {one.user_id: _as_text(one.grade) for one in grades.students}
    changed = [
        (user_id, was.get(user_id, NO_GRADE)[1], new.get(user_id, NO_GRADE)[1])
        for user_id in sorted({*was, *new})
        if was.get(user_id) != new.get(user_id)
    ]
    return Difference(body.get("rule") != _rule(grades.weights), changed)


def stored_students(body: Mapping[str, Any], names: Mapping[str, str]) -> list[StudentGrade]:
    """Return the students of a body; those who are not in `names` go by their id."""
    people = body.get("people", ())
    return [
        StudentGrade(names.get(one["user_id"], one["user_id"]), one["user_id"], one["marks"], _grade(one))
        for one in people
    ]


def stored_weights(body: Mapping[str, Any]) -> Weights:
    rule = body.get("rule", {})
    return {mark: _number(rule.get(mark)) for mark in Mark.values if mark in rule}


NO_GRADE: tuple[Any, str | None] = (None, None)


def _as_text(grade: Grade) -> tuple[Any, str | None]:
    """Return what makes two grades equal, and the percentage as it is shown."""
    return (grade.counted, grade.points), None if grade.percent is None else str(grade.percent)


def _grade(one: Mapping[str, Any]) -> Grade:
    return Grade(one["counted"], _number(one["points"]) or Decimal(0), _number(one["percent"]))


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
