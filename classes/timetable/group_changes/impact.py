"""Impact of a group change on lessons, computed the same way for the preview and for saving."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import GroupMembership, Role, StudentGroup, User
from accounts.people.group_change_conflicts import PlannedPeople
from classes.choices import Status
from classes.models import Lesson, Member


@dataclass
class LessonImpact:
    """The people whom a change adds to a lesson and removes from it.

    `reassigned` are members who stay because of another group of the lesson, given with each.
    """

    lesson: Lesson
    added: list[User] = field(default_factory=list)
    removed: list[Member] = field(default_factory=list)
    reassigned: list[tuple[Member, int]] = field(default_factory=list)

    @property
    def changes(self) -> bool:
        return bool(self.added or self.removed)

    @property
    def locked(self) -> bool:
        return self.lesson.locked


def upcoming_group_lessons(group: StudentGroup) -> QuerySet[Lesson]:
    """Return the lessons of a group that are not over: those that can be changed, and those that run."""
    rows = Lesson.objects.filter(groups=group, cancelled_at=None, ends_at__gt=timezone.now())
    return rows.exclude(status=Status.END).order_by("starts_at", "id")


def compute_impact(
    group: StudentGroup,
    added: Collection[int],
    removed: Collection[int],
    lessons: Iterable[Lesson],
    people: PlannedPeople | None = None,
) -> list[LessonImpact]:
    """Return the impact on each of these lessons; five queries at most. `people` are not read but taken."""
    impacts = {lesson.pk: LessonImpact(lesson) for lesson in lessons}
    current = Member.objects.filter(lesson__in=impacts, user__in={*added, *removed}).select_related("user")
    members = {(one.lesson_id, one.user_id): one for one in current}
    students = _active_students(added, people or {})
    elsewhere = _other_groups(group, removed, impacts) if removed else {}
    for pk, impact in impacts.items():
        impact.added = [one for one in students if (pk, one.pk) not in members]
        for student in removed:
            member = members.get((pk, student))
            if member is None or member.via_id != group.pk:
                continue
            if (pk, student) in elsewhere:
                impact.reassigned.append((member, elsewhere[pk, student]))
            else:
                impact.removed.append(member)
        impact.removed.sort(key=lambda member: member.user.nickname)
    return list(impacts.values())


def _active_students(added: Collection[int], people: PlannedPeople) -> list[User]:
    stored = User.objects.filter(pk__in=set(added) - people.keys(), role=Role.STUDENT, is_active=True)
    planned = [people[pk] for pk in added if pk in people]
    found = [*stored, *(one for one in planned if one.role == Role.STUDENT and one.is_active)]
    return sorted(found, key=lambda one: one.nickname)


def _other_groups(
    group: StudentGroup, removed: Collection[int], lessons: Collection[int]
) -> dict[tuple[int, int], int]:
    """(lesson, student) → another group of that lesson that has the student."""
    entries = GroupMembership.objects.filter(student__in=removed, group__lessons__in=lessons)
    rows = entries.exclude(group=group).values_list("group__lessons", "student", "group")
    return {(lesson, student): other for lesson, student, other in rows if lesson in lessons}
