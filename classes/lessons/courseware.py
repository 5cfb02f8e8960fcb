"""Courseware for several lessons at once: which lessons are offered, what would change, and the change."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.people.queries import name_contains
from classes.courseware.attachments import attach_document
from classes.lessons.queries import upcoming_filter
from classes.lessons.status import Phase, phase_of
from classes.models import Attachment, Lesson
from console.concurrency import service
from console.policy import scoped
from documents.models import Document


class CoursewareChange(NamedTuple):
    """What a lesson would get, and what it or its course has already."""

    lesson: Lesson
    phase: Phase
    added: list[Document]
    present: list[Document]


def attachable_lessons(reader: Any) -> QuerySet[Lesson]:
    """Return the lessons not yet over to which the reader may attach courseware, the next ones first."""
    rows = scoped(Lesson.objects.select_related("teacher"), reader, "lesson", "attach")
    return rows.filter(upcoming_filter(), cancelled_at=None).order_by("starts_at", "id")


def search_lessons(lessons: QuerySet[Lesson], text: str) -> QuerySet[Lesson]:
    """Return the lessons that match every word by topic or teacher."""
    for word in text.split():
        teacher = name_contains("teacher__nickname", word, "teacher__search_name")
        lessons = lessons.filter(Q(topic__icontains=word) | teacher)
    return lessons


def preview_courseware(lessons: Sequence[Lesson], documents: Sequence[Document]) -> list[CoursewareChange]:
    """Return what attaching the documents would change in each lesson, in a constant number of queries."""
    courses = {one.course_id for one in lessons if one.course_id}
    held = Q(lesson__in=[one.pk for one in lessons]) | Q(course__in=courses)
    rows = Attachment.objects.filter(held, document__in=[one.pk for one in documents])
    found = {
        ("lesson", lesson, document) if lesson else ("course", course, document)
        for lesson, course, document in rows.values_list("lesson", "course", "document")
    }

    def has(lesson: Lesson, document: Document) -> bool:
        owners = (("lesson", lesson.pk), ("course", lesson.course_id))
        return any((*owner, document.pk) in found for owner in owners)

    return [
        CoursewareChange(
            lesson,
            phase_of(lesson),
            [one for one in documents if not has(lesson, one)],
            [one for one in documents if has(lesson, one)],
        )
        for lesson in lessons
    ]


@service
def attach_to_lessons(*, changes: Iterable[CoursewareChange], by: User) -> int:
    """Attach what the lessons do not have; return to how many.

    Raise ValidationError as `attach_document`; then none of them has changed.
    """
    changed = [one for one in changes if one.added]
    for change in changed:
        for document in change.added:
            attach_document(owner=change.lesson, document=document, by=by)
    return len(changed)
