"""Which lessons a change of a group touches, and how: one reckoning for the preview and for the saving."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import GroupStudent, Role, StudentGroup, User
from classes.kinds import Status
from classes.models import Lesson, Member


@dataclass
class Touch:
    """What a lesson gets and loses. `hand_on` are members who stay because of another group of the lesson,
    which stands beside them."""

    lesson: Lesson
    coming: list[User] = field(default_factory=list)
    going: list[Member] = field(default_factory=list)
    hand_on: list[tuple[Member, int]] = field(default_factory=list)

    @property
    def changes(self) -> bool:
        return bool(self.coming or self.going)

    @property
    def locked(self) -> bool:
        return self.lesson.locked


def lessons_of(group: StudentGroup) -> QuerySet[Lesson]:
    """The lessons of a group that are not over: those that can be changed, and those that run."""
    rows = Lesson.objects.filter(groups=group, cancelled_at=None, ends_at__gt=timezone.now())
    return rows.exclude(status=Status.END).order_by("starts_at", "id")


def touched(
    group: StudentGroup, added: Collection[int], removed: Collection[int], lessons: Iterable[Lesson]
) -> list[Touch]:
    """Each of these lessons with what the change does to it; five queries at most, however many there are."""
    touches = {lesson.pk: Touch(lesson) for lesson in lessons}
    there = Member.objects.filter(lesson__in=touches, user__in={*added, *removed}).select_related("user")
    members = {(one.lesson_id, one.user_id): one for one in there}
    new = list(User.objects.filter(pk__in=added, role=Role.STUDENT, is_active=True).order_by("nickname"))
    elsewhere = _elsewhere(group, removed, touches) if removed else {}
    for pk, touch in touches.items():
        touch.coming = [one for one in new if (pk, one.pk) not in members]
        for student in removed:
            member = members.get((pk, student))
            if member is None or member.via_id != group.pk:
                continue
            if (pk, student) in elsewhere:
                touch.hand_on.append((member, elsewhere[pk, student]))
            else:
                touch.going.append(member)
        touch.going.sort(key=lambda member: member.user.nickname)
    return list(touches.values())


def _elsewhere(
    group: StudentGroup, removed: Collection[int], lessons: Collection[int]
) -> dict[tuple[int, int], int]:
    """(lesson, student) → another group of that lesson that has the student."""
    entries = GroupStudent.objects.filter(student__in=removed, group__lessons__in=lessons)
    rows = entries.exclude(group=group).values_list("group__lessons", "student", "group")
    return {(lesson, student): other for lesson, student, other in rows if lesson in lessons}
