"""Who is in charge of which groups on a day, and what follows from it for rights.

Rights of teachers in charge and heads of grade rest on `groups_in_charge` and `students_in_charge`: deputies
count during their days, nobody counts before or after theirs, and archived groups give nobody any right.
Notified are the teachers in charge of a group alone.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.models import Enterprise, Grade, GroupMembership, StudentGroup, TeacherInCharge, User
from accounts.models.charge import in_force
from accounts.models.roles import STAFF
from console.bulk_sql import is_one_of

Charged = TypeVar("Charged", StudentGroup, Grade)


def school_day(school: Enterprise) -> date:
    """Return today's date in the time zone of the school."""
    return timezone.localdate(timezone=school.tz)


def charges_in_force(school: Enterprise) -> QuerySet[TeacherInCharge]:
    """Return the charges of today of groups that are not archived, also of people without staff roles."""
    return _charges_of_today(school).filter(group__isnull=False, group__archived_at=None)


def groups_in_charge(user: Any) -> QuerySet[StudentGroup, Any]:
    """Return the keys (`group`) of the groups that a member of staff is in charge of now, or deputises for.

    They are the own groups and those of the grades that they head.
    """
    groups = StudentGroup.objects.filter(archived_at=None).order_by()
    if user.enterprise_id is None or user.role not in STAFF:
        return groups.none().values(group=F("pk"))
    own = _charges_of_today(user.enterprise).filter(teacher=user.pk).order_by()
    of_group = is_one_of("pk", ArraySubquery(own.values("group")))
    in_charge = of_group | is_one_of("grade_id", ArraySubquery(own.values("grade")))
    return groups.filter(in_charge, enterprise=user.enterprise_id).values(group=F("pk"))


def charges_now(user: Any) -> QuerySet[TeacherInCharge]:
    """Return the charges of a member of staff that hold now, of groups that are not archived and of grades.

    There is one if `groups_in_charge` or `grades_in_charge` has a row.
    """
    if user.enterprise_id is None or user.role not in STAFF:
        return TeacherInCharge.objects.none()
    own = _charges_of_today(user.enterprise).filter(teacher=user.pk)
    return own.filter(Q(group=None) | Q(group__archived_at=None))


def grades_in_charge(user: Any) -> QuerySet[Grade]:
    """Return the grades that this member of staff heads now, also as a deputy."""
    if user.enterprise_id is None or user.role not in STAFF:
        return Grade.objects.none()
    return grades_of_teacher(user)


def groups_of_teacher(person: User) -> QuerySet[StudentGroup]:
    """Return the groups that a person is in charge of today or deputises for, also archived ones."""
    return StudentGroup.objects.filter(pk__in=_charges_of(person).values("group")).order_by("name")


def grades_of_teacher(person: User) -> QuerySet[Grade]:
    """Return the grades that a person heads today or deputises for."""
    return Grade.objects.filter(pk__in=_charges_of(person).values("grade"))


def _charges_of(person: User) -> QuerySet[TeacherInCharge]:
    if person.enterprise is None:
        return TeacherInCharge.objects.none()
    return _charges_of_today(person.enterprise).filter(teacher=person.pk).order_by()


def _charges_of_today(school: Enterprise) -> QuerySet[TeacherInCharge]:
    return TeacherInCharge.objects.filter(in_force(school_day(school)), enterprise=school.pk)


def students_in_charge(user: Any) -> QuerySet[GroupMembership, Any]:
    """Return the keys of the students of those groups."""
    in_charge = is_one_of("group_id", ArraySubquery(groups_in_charge(user)))
    return GroupMembership.objects.filter(in_charge).order_by().values("student")


def teachers_of(school: Enterprise, students: Iterable[int]) -> dict[int, list[User]]:
    """Map students to the active staff who are in charge of their groups now, deputies included."""
    charges = charges_in_force(school).filter(teacher__is_active=True, teacher__role__in=STAFF)
    by_group: dict[int, list[User]] = {}
    for charge in charges.filter(group__entries__student__in=students).distinct().select_related("teacher"):
        by_group.setdefault(charge.group_id or 0, []).append(charge.teacher)
    found: dict[int, dict[int, User]] = {}
    entries = GroupMembership.objects.filter(group__in=by_group, student__in=students)
    for group, student in entries.values_list("group_id", "student_id"):
        found.setdefault(student, {}).update({one.pk: one for one in by_group[group]})
    return {student: list(people.values()) for student, people in found.items()}


def present_and_later(charges: QuerySet[TeacherInCharge], school: Enterprise) -> QuerySet[TeacherInCharge]:
    """Return the charges that have not ended yet."""
    return charges.filter(Q(ends_on=None) | Q(ends_on__gte=school_day(school)))


def with_present_charges(rows: QuerySet[Charged], school: Enterprise) -> QuerySet[Charged]:
    """Prefetch the `present_charges` of groups or grades."""
    present = TeacherInCharge.objects.filter(in_force(school_day(school))).select_related("teacher")
    charges: Any = Prefetch("charges", present, to_attr="present_charges")
    return rows.prefetch_related(charges)
