"""Replacing the whole list of a lesson's students: compared before, and staff added again afterwards."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from accounts.roles import Role
from classes.conflicts.booking import allow_new
from classes.conflicts.finding import Conflict, conflicts_of, wanted_of
from classes.models import Lesson, Member
from classes.rules import check_people, locked_sentence
from classes.services import owe, resend, set_members
from console.audit.trail import record


@dataclass(frozen=True)
class Comparison:
    """The list as it would be beside the list as it is. `staff` are added again with their role."""

    coming: Sequence[User]
    going: Sequence[User]
    staying: Sequence[User]
    staff: Sequence[Member]
    conflicts: Sequence[Conflict]

    @property
    def changes(self) -> bool:
        return bool(self.coming or self.going)


def compare(lesson: Lesson, students: Iterable[User]) -> Comparison:
    """Who would come, go and stay if these were the students of the lesson."""
    wished = {one.pk: one for one in students if one.pk != lesson.teacher_id}
    members = list(lesson.members.select_related("user").order_by("user__nickname", "user__user_id"))
    staff = [one for one in members if one.role != Member.Role.STUDENT]
    for one in staff:
        wished.pop(one.user_id, None)
    there = {one.user_id: one.user for one in members if one.role == Member.Role.STUDENT}
    before = {conflict[2:4] for conflict in conflicts_of(wanted_of(lesson))}
    found = conflicts_of(wanted_of(lesson, wished.values()))
    return Comparison(
        coming=_by_name(one for pk, one in wished.items() if pk not in there),
        going=_by_name(one for pk, one in there.items() if pk not in wished),
        staying=_by_name(one for pk, one in there.items() if pk in wished),
        staff=staff,
        conflicts=[one for one in found if one[2:4] not in before],
    )


def _by_name(people: Iterable[User]) -> list[User]:
    return sorted(people, key=lambda one: (one.nickname, one.user_id))


@transaction.atomic
def replace_members(
    *, lesson: Lesson, students: Iterable[User], by: User | None, conflict_reason: str = ""
) -> Lesson:
    """Make these, and nobody else, the students of a lesson that has not begun.

    The service gets the whole list (`/class/modify`, where everybody goes as a student), and the staff again
    (`/member/add`, with their own role). Conflicted (a ValidationError) where somebody is planned twice by it
    and no reason is given; ValidationError once the lesson runs or is over, or for people who do not fit.
    """
    stored = Lesson.objects.select_for_update(of=("self",)).get(pk=lesson.pk)
    if stored.locked:
        raise ValidationError(locked_sentence(stored))
    staff = set(lesson.members.exclude(role=Member.Role.STUDENT).values_list("user_id", flat=True))
    wished = [one for one in students if one.pk not in staff and one.pk != lesson.teacher_id]
    check_people(lesson.enterprise, wished, "students", roles=(Role.STUDENT,))
    allow_new(stored, lesson, wanted_of(lesson, wished), conflict_reason, by)
    lesson.save()
    told = set_members(lesson, wished, None)
    record("lesson.replace_members", lesson, by=by, after=told, reason=conflict_reason)
    if lesson.remote_id:
        owe("class.modify", lesson, by, {"members": True})
    else:
        resend(lesson, by)
    return lesson
