"""Groups of a lesson and the group through which each student is a member."""

from collections.abc import Collection, Iterable

from django.db.models import QuerySet

from accounts.models import GroupMembership, Role, StudentGroup, User
from classes.models import Lesson


def students_in_groups(groups: Iterable[StudentGroup]) -> QuerySet[User]:
    """Return the active students of these groups."""
    pks = [group.pk for group in groups]
    entries = GroupMembership.objects.filter(group__in=pks).values("student")
    return User.objects.filter(pk__in=entries, role=Role.STUDENT, is_active=True)


def lock_groups(groups: Collection[int]) -> set[int]:
    """Lock groups (by pk) until the transaction ends and return those that still exist.

    Students read after this call include every concurrent change.
    """
    # Ascending order prevents deadlocks. NO KEY: lessons and courses that refer to a group need not wait.
    rows = StudentGroup.objects.select_for_update(no_key=True).filter(pk__in=groups).order_by("pk")
    return set(rows.values_list("pk", flat=True)) if groups else set()


def group_of_member(lesson: Lesson, people: Collection[int]) -> dict[int, int]:
    """Map each of these people (by pk) to a group of the lesson that has them; omit those in none."""
    entries = GroupMembership.objects.filter(group__lessons=lesson, student__in=people).order_by("-group")
    return dict(entries.values_list("student", "group"))
