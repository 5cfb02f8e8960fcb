"""Row locks of a roll-over, each by ascending key."""

from collections.abc import Collection, Iterable

from accounts.models import Grade, StudentGroup, User
from classes.models import Course


def lock_groups_of_school(school: int) -> None:
    """Lock all groups of a school, so that neither their names nor their students change."""
    groups = StudentGroup.objects.select_for_update(no_key=True).filter(enterprise=school)
    list(groups.order_by("pk").values_list("pk", flat=True))


def lock_grades_of_school(school: int) -> None:
    """Lock all grades of a school, so that none is deleted or moved while groups get them."""
    grades = Grade.objects.select_for_update(no_key=True).filter(enterprise=school)
    list(grades.order_by("pk").values_list("pk", flat=True))


def lock_courses(courses: Iterable[int]) -> None:
    """Lock courses: their edits, and changes of their people, lock them, too."""
    rows = Course.objects.select_for_update().filter(pk__in=list(courses))
    list(rows.order_by("pk").values_list("pk", flat=True))


def lock_person_rows(people: Collection[int]) -> None:
    """Lock people, so that nobody deactivates them or changes their role."""
    rows = User.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=set(people))
    list(rows.order_by("pk").values_list("pk", flat=True))
