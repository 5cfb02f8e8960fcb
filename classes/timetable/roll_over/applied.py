"""What a roll-over changed, as it is stored for the undo, and how later changes of it are noticed."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet

from accounts.models import StudentGroup
from classes.lessons.fields import SETTING_NAMES
from classes.models import Attachment, Course, Cover, Lesson, LessonKey, Member
from classes.timetable.roll_over.people import people_fields

#: What a later change of a copy is noticed by. A term and a subject leave the course when they are deleted.
COURSE_COLUMNS = (
    *("title", "teacher_id", "class_type", "starts_local", "duration_minutes", "rrule"),
    *("rules", "skip", "make_up_skipped"),
)
LESSON_COLUMNS = ("pk", "topic", "teacher_id", "starts_at", "ends_at", "class_type", *SETTING_NAMES)


@dataclass(frozen=True)
class AppliedGroup:
    """A group with its values (`group_values`) before and after."""

    pk: int
    before: dict[str, Any]
    after: dict[str, Any]

    def stored(self) -> dict[str, Any]:
        return {"group": self.pk, "before": self.before, "after": self.after}

    @classmethod
    def from_stored(cls, stored: dict[str, Any]) -> Self:
        return cls(stored["group"], stored["before"], stored["after"])


@dataclass(frozen=True)
class AppliedCourse:
    """A course and its copy with the digest of the copy as it was created."""

    source: int
    copy: int
    digest: str

    def stored(self) -> dict[str, Any]:
        return {"source": self.source, "copy": self.copy, "digest": self.digest}


def group_values(group: StudentGroup) -> dict[str, Any]:
    """Return what a roll-over changes of a group; grades also by name, for the audit trail."""
    return {
        "name": group.name,
        "grade_id": group.grade_id,
        "grade": group.grade.name if group.grade else None,
        "archived": group.is_archived,
    }


def is_as_applied(group: StudentGroup, applied: AppliedGroup) -> bool:
    """Return whether nobody changed the group since. Grades may have been renamed."""
    now = group_values(group)
    return all(now[name] == applied.after[name] for name in ("name", "grade_id", "archived"))


def course_digests(courses: Collection[int]) -> dict[int, str]:
    """Return digests of courses, their people and their lessons. The number of queries is constant.

    Members who joined through a group are left out: they follow their group.
    """
    found: dict[int, list[Any]] = defaultdict(list)
    for pk, *values in Course.objects.filter(pk__in=courses).values_list("pk", *COURSE_COLUMNS):
        found[pk].append(values)
    for name in people_fields():
        relation: Any = Course._meta.get_field(name)
        column = f"{relation.m2m_reverse_field_name()}_id"
        links = relation.remote_field.through._default_manager.filter(course__in=courses)
        for course, other in links.order_by("course_id", column).values_list("course_id", column):
            found[course].append([name, other])
    lessons = Lesson.objects.filter(course__in=courses, cancelled_at=None).order_by("course_id", "pk")
    for course, *values in lessons.values_list("course_id", *LESSON_COLUMNS):
        found[course].append(values)
    for name, rows, columns in _rows_of_lessons():
        of_lessons = rows.filter(lesson__course__in=courses, lesson__cancelled_at=None)
        ordered = of_lessons.order_by("lesson__course_id", "lesson_id", "pk")
        for course, *values in ordered.values_list("lesson__course_id", "lesson_id", *columns):
            found[course].append([name, *values])
    return {pk: _digest(found[pk]) for pk in courses}


def _rows_of_lessons() -> list[tuple[str, QuerySet[Any], tuple[str, ...]]]:
    """Return what else somebody gives a lesson: members, courseware, covers and a password."""
    return [
        ("members", Member.objects.filter(via=None), ("user_id", "role")),
        ("courseware", Attachment.objects.all(), ("document_id",)),
        ("covers", Cover.objects.all(), ("pk",)),
        ("password", LessonKey.objects.all(), ("version",)),
    ]


def _digest(facts: list[Any]) -> str:
    """Return a digest that does not depend on a key of the installation, which may change."""
    text = json.dumps(facts, cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
