"""Members and groups of lessons: the only module that adds, removes or changes rows of Member.

The functions are called inside the transaction of a service, which locks the lessons, checks conflicts,
writes the audit entry and enqueues the operations.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import StudentGroup, User
from accounts.models.roles import Role
from classes.lessons.groups import group_of_member
from classes.models import Lesson, Member

BATCH = 1_000

_INSERT_MEMBERS = """
INSERT INTO classes_member (lesson_id, user_id, role, via_id)
SELECT l.id, p.person, p.role, p.via FROM unnest(%s::bigint[]) AS l(id)
CROSS JOIN unnest(%s::bigint[], %s::text[], %s::bigint[]) AS p(person, role, via)
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True)
class ExpectedPeople:
    """Expected people: students by key with the group through which each joined, helpers with their role."""

    students: Mapping[int, int | None] = field(default_factory=dict)
    helpers: Mapping[int, str] = field(default_factory=dict)
    groups: Collection[int] = ()

    def rows(self, teacher: int) -> list[tuple[int, str, int | None]]:
        """Return person, role and group of each. The teacher is not a member, and nobody appears twice."""
        rows: list[tuple[int, str, int | None]] = [
            (pk, str(role), None) for pk, role in self.helpers.items() if pk != teacher
        ]
        rows += [
            (pk, str(Member.Role.STUDENT), via)
            for pk, via in self.students.items()
            if pk != teacher and pk not in self.helpers
        ]
        return rows


def set_members(
    lesson: Lesson, students: Iterable[User] | None, staff: Iterable[User] | None
) -> dict[str, list[str]]:
    """Set the members of a locked lesson and return the user ids added and removed."""
    current: dict[int, str] = dict(lesson.members.values_list("user_id", "role"))
    desired = _desired_roles(current, students, staff)
    desired.pop(lesson.teacher_id, None)
    if desired == current:
        return {}
    removed = [pk for pk, role in current.items() if desired.get(pk) != role]
    added = [pk for pk, role in desired.items() if current.get(pk) != role]
    people = User.objects.filter(pk__in=[*removed, *added])
    if foreign := [one for one in people if one.enterprise_id != lesson.enterprise_id]:
        raise ValidationError({"students": _("%(who)s is not in your school.") % {"who": foreign[0]}})
    names = {one.pk: one.user_id for one in people}
    remove_members(lesson.members.filter(user_id__in=removed))
    groups = group_of_member(lesson, [pk for pk in added if desired[pk] == Member.Role.STUDENT])
    Member.objects.bulk_create(
        Member(lesson=lesson, user_id=pk, role=desired[pk], via_id=groups.get(pk)) for pk in added
    )
    return {"members_added": [names[pk] for pk in added], "members_removed": [names[pk] for pk in removed]}


def _desired_roles(
    current: Mapping[int, str], students: Iterable[User] | None, staff: Iterable[User] | None
) -> dict[int, str]:
    desired = dict(current)
    if students is not None:
        desired = {pk: role for pk, role in desired.items() if role != Member.Role.STUDENT}
        desired |= {student.pk: Member.Role.STUDENT for student in students}
    if staff is not None:
        desired = {pk: role for pk, role in desired.items() if role == Member.Role.STUDENT}
        for person in staff:
            desired[person.pk] = helper_role(person)
    return desired


class _HasRole(Protocol):
    """A person, or what was read of one."""

    @property
    def role(self) -> Any: ...


def helper_role(person: _HasRole) -> str:
    """Return the role in a lesson of a member of staff who does not teach it."""
    return str(Member.Role.SUPERVISOR if person.role == Role.SUPERVISOR else Member.Role.ASSISTANT)


def set_lesson_groups(lesson: Lesson, groups: Iterable[StudentGroup] | None) -> dict[str, list[str]]:
    """Set the groups of the lesson and return the names of those added and removed. None keeps them.

    No member is added or removed. A member of a removed group is assigned to another group of the lesson that
    has them, or counts as added by hand. Raise ValidationError for a group of another school or an archived
    group that is new to the lesson.
    """
    if groups is None:
        return {}
    desired = {group.pk: group for group in groups}
    if any(group.enterprise_id != lesson.enterprise_id for group in desired.values()):
        raise ValidationError({"groups": _("At least one of these groups does not belong to your school.")})
    current = {group.pk: group for group in lesson.groups.all()}
    added, removed = desired.keys() - current.keys(), current.keys() - desired.keys()
    if any(desired[pk].is_archived for pk in added):
        raise ValidationError({"groups": _("At least one of these groups is archived. Restore it first.")})
    if not added and not removed:
        return {}
    lesson.groups.set(desired)
    _reassign_from_groups(lesson, removed)
    return {
        "groups_added": sorted(desired[pk].name for pk in added),
        "groups_removed": sorted(current[pk].name for pk in removed),
    }


def _reassign_from_groups(lesson: Lesson, removed: Collection[int]) -> None:
    """Assign the members of removed groups to another group of the lesson, or to none."""
    members = list(lesson.members.filter(via__in=removed))
    groups = group_of_member(lesson, [member.user_id for member in members])
    reassign_members({member.pk: groups.get(member.user_id) for member in members})


def insert_members(lessons: Sequence[Lesson], people: ExpectedPeople) -> None:
    """Make these people members of all these lessons, which have the same teacher; link their groups."""
    if not lessons:
        return
    rows = people.rows(lessons[0].teacher_id)
    if rows:
        columns = [list(one) for one in zip(*rows, strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(_INSERT_MEMBERS, [[lesson.pk for lesson in lessons], *columns])
    through: Any = Lesson.groups.through
    links = [through(lesson=lesson, studentgroup_id=group) for lesson in lessons for group in people.groups]
    through.objects.bulk_create(links, batch_size=BATCH, ignore_conflicts=True)


def sync_members(lessons: Iterable[tuple[Lesson, ExpectedPeople]]) -> list[Lesson]:
    """Bring the members and groups of each lesson to these people, in bulk; return the lessons whose members
    changed."""
    expected = {lesson.pk: (lesson, people) for lesson, people in lessons}
    current: dict[int, dict[tuple[int, str], int]] = defaultdict(dict)
    rows = Member.objects.filter(lesson__in=expected)
    via_of: dict[int, int | None] = {}
    for pk, lesson_pk, user, role, via in rows.values_list("pk", "lesson_id", "user_id", "role", "via_id"):
        current[lesson_pk][user, role], via_of[pk] = pk, via
    removed: list[int] = []
    reassigned: dict[int, int | None] = {}
    alike: dict[tuple[int, int], tuple[list[Lesson], ExpectedPeople]] = {}
    changed = []
    for pk, (lesson, people) in expected.items():
        desired = {(user, role): via for user, role, via in people.rows(lesson.teacher_id)}
        leavers = [member for key, member in current[pk].items() if key not in desired]
        reassigned |= {
            member: desired[key]
            for key, member in current[pk].items()
            if key in desired and via_of[member] not in (None, *people.groups)
        }
        removed += leavers
        if leavers or desired.keys() - current[pk].keys():
            changed.append(lesson)
        alike.setdefault((id(people), lesson.teacher_id), ([], people))[0].append(lesson)
    remove_members(Member.objects.filter(pk__in=removed))
    reassign_members(reassigned)
    for group, people in alike.values():
        links = Lesson.groups.through.objects.filter(lesson__in=group)
        links.exclude(studentgroup__in=people.groups).delete()
        insert_members(group, people)
    return changed


def remove_members(members: QuerySet[Member]) -> None:
    """Remove these members from their lessons."""
    members.delete()


def add_students(lesson: Lesson, students: Iterable[User], group: StudentGroup) -> None:
    """Add students who join through a group and follow its changes."""
    Member.objects.bulk_create(
        Member(lesson=lesson, user=one, role=Member.Role.STUDENT, via=group) for one in students
    )


def add_members(lesson: Lesson, roles: Mapping[User, str]) -> None:
    """Add people with their role, by hand; who is a member already keeps the role."""
    rows = [Member(lesson=lesson, user=person, role=role) for person, role in roles.items()]
    Member.objects.bulk_create(rows, ignore_conflicts=True)


def restore_members(rows: Iterable[tuple[int, int, int, str, int | None]]) -> None:
    """Store removed members again: key, lesson, user, role and group of each.

    They keep their keys, by which the first assistant is the same again.
    """
    Member.objects.bulk_create(
        Member(pk=pk, lesson_id=lesson, user_id=user, role=role, via_id=via)
        for pk, lesson, user, role, via in rows
    )


def reassign_members(groups: Mapping[int, int | None]) -> None:
    """Store the group through which each member (by pk) is one now; None for added by hand."""
    members = [Member(pk=member, via_id=group) for member, group in groups.items()]
    Member.objects.bulk_update(members, ["via"], batch_size=BATCH)


def detach_from_group(members: QuerySet[Member]) -> None:
    """Let these members stay when their group changes, as if they were added by hand."""
    members.update(via=None)
