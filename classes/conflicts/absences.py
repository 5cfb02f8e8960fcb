"""Absences of teachers, and the lessons that they leave without a teacher."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Enterprise
from classes.choices import Status
from classes.models import Lesson, TeacherAbsence


def valid_absences(school: Enterprise, begins: datetime, ends: datetime) -> QuerySet[TeacherAbsence]:
    """Return the absences of the school that overlap the time."""
    return TeacherAbsence.objects.filter(
        enterprise=school, withdrawn_at=None, begins_at__lt=ends, ends_at__gt=begins
    )


def without_teacher() -> Q:
    """Return the condition that a lesson has not begun and its teacher is absent at its time.

    A covered lesson has the teacher who covers it.
    """
    absences = TeacherAbsence.objects.filter(
        enterprise=OuterRef("enterprise"),
        teacher=OuterRef("teacher"),
        withdrawn_at=None,
        begins_at__lt=OuterRef("ends_at"),
        ends_at__gt=OuterRef("starts_at"),
    )
    return Q(Exists(absences.order_by()), status=Status.WILL, cancelled_at=None)


def find_lessons_without_teacher(lessons: Iterable[int]) -> set[int]:
    """Return the keys of those of the lessons (by key) that are without a teacher; one query."""
    rows = Lesson.objects.filter(without_teacher(), pk__in=lessons).order_by()
    return set(rows.values_list("pk", flat=True))
