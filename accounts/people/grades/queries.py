"""Grades within what the reader may see, and the people of a grade."""

from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.models import Grade, GroupMembership
from accounts.people.charges import grades_in_charge
from console.policy import may, scoped


def grades_for(reader: Any) -> QuerySet[Grade]:
    """Return the grades that a reader can choose: those of the school, or those that they head today."""
    if may(reader, "list", "grade"):
        return scoped(Grade.objects.all(), reader, "grade", "list")
    return grades_in_charge(reader)


def students_of_grade(grade: Grade | int) -> QuerySet[GroupMembership, Any]:
    """Return the keys of the students of the groups of a grade (or its key) that are not archived."""
    entries = GroupMembership.objects.filter(group__grade=grade, group__archived_at=None)
    return entries.order_by().values("student")


def with_sizes(grades: QuerySet[Grade]) -> QuerySet[Grade]:
    """Annotate `group_count` and `student_count`: groups that are not archived, and their students.

    They stand in their order, which has to be said: Django leaves out the default order where it groups.
    """
    used = Q(groups__archived_at=None)
    return grades.annotate(
        group_count=Count("groups", filter=used, distinct=True),
        student_count=Count("groups__entries__student", filter=used, distinct=True),
    ).order_by("position", "id")
