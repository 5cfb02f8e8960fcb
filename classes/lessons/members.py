"""Comparison and replacement of the whole list of a lesson's students."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.models.roles import Role
from classes.conflicts.detection import BookingConflict, build_booking_request, find_conflicts
from classes.conflicts.guard import OVERRIDE_FIELDS, check_new_conflicts
from classes.lessons.edit_digests import detect_changes
from classes.lessons.roster import set_members
from classes.lessons.services import enqueue_create_or_modify, enqueue_lesson_operation
from classes.lessons.validation import check_people, locked_message
from classes.locking import lock_lesson, share_groups
from classes.models import Lesson, Member
from console.audit.trail import record
from console.concurrency import service


@dataclass(frozen=True)
class MemberComparison:
    """The new list of students compared with the current one. `staff` are added again with their role."""

    added: Sequence[User]
    removed: Sequence[User]
    kept: Sequence[User]
    staff: Sequence[Member]
    conflicts: Sequence[BookingConflict]

    @property
    def changes(self) -> bool:
        return bool(self.added or self.removed)


def compare_members(lesson: Lesson, students: Iterable[User]) -> MemberComparison:
    """Compare these students with the current students of the lesson."""
    desired = {one.pk: one for one in students if one.pk != lesson.teacher_id}
    members = list(lesson.members.select_related("user").order_by("user__sort_name", "user__user_id"))
    staff = [one for one in members if one.role != Member.Role.STUDENT]
    for one in staff:
        desired.pop(one.user_id, None)
    current = {one.user_id: one.user for one in members if one.role == Member.Role.STUDENT}
    known = {one.identity[:2] for one in find_conflicts(build_booking_request(lesson))}
    found = find_conflicts(build_booking_request(lesson, desired.values()))
    return MemberComparison(
        added=_sort_by_name(one for pk, one in desired.items() if pk not in current),
        removed=_sort_by_name(one for pk, one in current.items() if pk not in desired),
        kept=_sort_by_name(one for pk, one in current.items() if pk in desired),
        staff=staff,
        conflicts=[one for one in found if one.identity[:2] not in known],
    )


def _sort_by_name(people: Iterable[User]) -> list[User]:
    return sorted(people, key=lambda one: (one.nickname, one.user_id))


@service
def replace_members(
    *,
    lesson: Lesson,
    students: Iterable[User],
    by: User | None,
    conflict_reason: str = "",
    seen: Mapping[str, str] | None = None,
) -> Lesson:
    """Replace all students of a lesson that has not begun.

    The API receives the whole list (`/class/modify`, which makes everybody a student) and then the staff
    again (`/member/add`, with their own role).

    Raise BookingConflictError (a ValidationError) if somebody is double-booked and no reason is given,
    LessonEditConflict if the list is not the one `seen` (`classes.lessons.edit_digests`), and
    ValidationError if the lesson is running or over, or a person is not eligible.
    """
    share_groups((), lesson)
    stored = lock_lesson(lesson)
    if stored.locked:
        raise ValidationError(locked_message(stored))
    staff = set(stored.members.exclude(role=Member.Role.STUDENT).values_list("user_id", flat=True))
    desired = [one for one in students if one.pk not in staff and one.pk != stored.teacher_id]
    check_people(stored.enterprise, desired, "students", roles=(Role.STUDENT,))
    detect_changes(stored, {}, {"students": desired}, seen or {})
    before = copy(stored)
    check_new_conflicts(before, stored, build_booking_request(stored, desired), conflict_reason, by)
    stored.save(update_fields=OVERRIDE_FIELDS)
    changes = set_members(stored, desired, None)
    record("lesson.replace_members", stored, by=by, after=changes, reason=conflict_reason)
    if stored.remote_id:
        enqueue_lesson_operation("class.modify", stored, by, {"members": True})
    else:
        enqueue_create_or_modify(stored, by)
    return stored
