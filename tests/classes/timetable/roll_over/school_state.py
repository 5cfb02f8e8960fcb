"""Everything of a school that a roll-over may change and its undo brings back."""

from typing import Any

from accounts.models import Enterprise, Grade, GroupMembership, StudentGroup, TeacherInCharge, User
from classes.models import Course, Lesson, Member


def school_state(school: Enterprise) -> dict[str, Any]:
    """Groups, memberships, charges, people, courses with their people, and lessons that are not cancelled."""
    lessons = Lesson.objects.filter(enterprise=school, cancelled_at=None)
    # A list and no subquery: without statistics the database would compare each member with each lesson.
    members = Member.objects.filter(lesson__in=list(lessons.values_list("pk", flat=True)))
    courses = Course.objects.filter(enterprise=school)
    groups = StudentGroup.objects.filter(enterprise=school)
    columns = ("pk", "name", "sort_name", "search_name", "grade", "archived_at")
    return {
        "groups": _rows(groups, *columns),
        "grades": _rows(Grade.objects.filter(enterprise=school), "pk", "name", "position"),
        "memberships": _rows(GroupMembership.objects.filter(group__enterprise=school), "group", "student"),
        "charges": _rows(TeacherInCharge.objects.filter(enterprise=school), "pk", "group", "teacher"),
        "people": _rows(User.objects.filter(enterprise=school), "pk", "role", "is_active"),
        "courses": _rows(courses, "pk", "title", "teacher", "term", "starts_local", "rrule"),
        **{name: _rows(courses, "pk", name) for name in ("assistants", "members", "groups__pk")},
        "lessons": _rows(lessons, "pk", "course", "topic", "teacher", "starts_at", "ends_at"),
        "members": _rows(members, "lesson", "user", "role", "via"),
    }


def _rows(rows: Any, *columns: str) -> list[Any]:
    return sorted(rows.order_by().values_list(*columns), key=str)
