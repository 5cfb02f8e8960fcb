"""Change many lessons at once: plan the changes, find their conflicts, write them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Enterprise, User
from classes.choices import Status
from classes.conflicts.detection import BookingConflict, BookingRequest, TimeSlot, find_conflicts
from classes.conflicts.guard import (
    OVERRIDE_FIELDS,
    BookingConflictError,
    enforce_teacher_constraint,
    lock_lessons,
    lock_people,
    set_conflict_override,
)
from classes.lessons.fields import BOOKED_NAMES, COLUMN_NAMES
from classes.lessons.passwords import set_passwords
from classes.lessons.roster import ExpectedPeople, sync_members
from classes.lessons.validation import check_lesson, made_up_message
from classes.models import Lesson, Member
from classes.timetable.bulk import operations
from classes.timetable.bulk.internal_conflicts import Roster, find_internal_conflicts

BATCH = 1_000
#: The columns that a change of many lessons may write.
CHANGED_COLUMNS = (*COLUMN_NAMES, "occurrence", *OVERRIDE_FIELDS)


@dataclass
class PlannedChange:
    """The planned change of one lesson: `lesson` has the new fields, `people` the new people (None: the old).

    `added` and `removed` are pks of people, `groups_added` and `groups_removed` of groups, where the caller
    computed them; `loses_students`: the last student and group go. `password` is the new one, '' for none;
    None keeps it. `old` are the identities of the conflicts before the change.
    """

    before: Lesson
    lesson: Lesson
    people: ExpectedPeople | None = None
    rows: list[tuple[int, str, int | None]] = field(default_factory=list)
    conflicts: list[BookingConflict] = field(default_factory=list)
    new: list[BookingConflict] = field(default_factory=list)
    old: set[tuple[str, str, int]] = field(default_factory=set)
    added: list[int] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)
    groups_added: list[int] = field(default_factory=list)
    groups_removed: list[int] = field(default_factory=list)
    loses_students: bool = False
    password: str | None = field(default=None, repr=False)

    @property
    def changes(self) -> bool:
        """Whether anything changes, if `added` to `groups_removed` are computed."""
        moves = self.added or self.removed or self.groups_added or self.groups_removed
        return bool(self.fields_changed or moves or self.password is not None)

    @property
    def may_conflict(self) -> bool:
        """Whether it may cause a conflict; if not, conflicts need not be searched."""
        return self.people is not None or self._differs(BOOKED_NAMES)

    @property
    def fields_changed(self) -> bool:
        return self._differs((*COLUMN_NAMES, "occurrence"))

    @property
    def override_changed(self) -> bool:
        return self._differs(OVERRIDE_FIELDS)

    def _differs(self, names: Iterable[str]) -> bool:
        return any(getattr(self.before, name) != getattr(self.lesson, name) for name in names)


def plan_change(before: Lesson, people: ExpectedPeople | None = None, **fields: Any) -> PlannedChange:
    """Return the planned change of a lesson."""
    lesson = copy(before)
    for name, value in fields.items():
        setattr(lesson, name, value)
    return PlannedChange(before, lesson, people)


def changeable_lessons(lessons: Iterable[Lesson]) -> list[Lesson]:
    """Return those that can still be changed: neither begun nor cancelled, and not past."""
    now = timezone.now()
    return [one for one in lessons if not one.locked and one.ends_at > now]


def find_change_conflicts(school: Enterprise, planned: Sequence[PlannedChange]) -> list[BookingConflict]:
    """Set the conflicts, and the new ones among them, on each change that may conflict; return the new ones.

    Raises ValidationError if a lesson would break a rule.
    """
    for one in planned:
        check_lesson(one.lesson)
    planned = [one for one in planned if one.may_conflict]
    rosters = _current_rosters(planned)
    before = _conflicts(school, [one.before for one in planned], rosters)
    after = _conflicts(school, [one.lesson for one in planned], _desired_rosters(planned, rosters))
    for one in planned:
        one.old = {conflict.identity for conflict in before[one.before.pk]}
        one.conflicts = after[one.before.pk]
        one.new = [conflict for conflict in one.conflicts if conflict.identity not in one.old]
    return [conflict for one in planned for conflict in one.new]


def change_lessons(
    school: Enterprise, planned: Sequence[PlannedChange], *, by: User | None, conflict_reason: str = ""
) -> int:
    """Write all changes and enqueue what differs for the service; return how many lessons changed.

    Call it inside a transaction: the caller locks the lessons (`lock_and_load`) before planning the changes,
    and writes the audit entry. Raises BookingConflictError if a change causes a conflict and no reason is
    given, ValidationError if a lesson cannot be changed any more or breaks a rule.
    """
    _check_unlocked(planned)
    booking = [one for one in planned if one.may_conflict]
    if booking:
        lock_people(people_to_lock(booking))
    new = find_change_conflicts(school, planned)
    if new and not conflict_reason.strip():
        raise BookingConflictError(new)
    for one in booking:
        set_conflict_override(
            one.lesson, bool(one.conflicts), conflict_reason or one.before.conflict_reason, by
        )
    save_columns(planned)
    password_changed = _set_passwords(planned)
    password_sent = password_changed if school.later_fields else set()
    fields_to_send = [one.lesson for one in planned if one.fields_changed or one.lesson.pk in password_sent]
    members_to_send = sync_members((one.lesson, one.people) for one in planned if one.people is not None)
    operations.enqueue_field_changes(school, fields_to_send, by)
    operations.enqueue_member_changes(school, members_to_send, by)
    return len({one.pk for one in (*fields_to_send, *members_to_send)} | password_changed)


def save_columns(planned: Sequence[PlannedChange]) -> None:
    """Write the columns of the lessons that differ."""
    changed = [one for one in planned if one.fields_changed or one.override_changed]
    with enforce_teacher_constraint():
        Lesson.objects.bulk_update([one.lesson for one in changed], CHANGED_COLUMNS, batch_size=BATCH)


def _set_passwords(planned: Sequence[PlannedChange]) -> set[int]:
    """Set the passwords; return the keys of the lessons whose password changed."""
    by_password: dict[str, list[Lesson]] = defaultdict(list)
    for one in planned:
        if one.password is not None:
            by_password[one.password].append(one.lesson)
    return set().union(*(set_passwords(lessons, password) for password, lessons in by_password.items()))


def _check_unlocked(planned: Sequence[PlannedChange]) -> None:
    """Raise ValidationError if a lesson began or was cancelled meanwhile."""
    for one in planned:
        if one.before.locked:
            raise ValidationError(begun_message(one.before))


def begun_message(lesson: Lesson) -> str:
    if lesson.status == Status.WILL and lesson.cancelled_at is None and lesson.made_up:
        return made_up_message(lesson)
    return _("“%(topic)s” has started or was cancelled in the meantime. Check it again.") % {
        "topic": lesson.topic
    }


def lock_and_load(lessons: Sequence[Lesson]) -> list[Lesson]:
    """Lock these lessons and return their current state, in the same order, without deleted ones."""
    keys = [one.pk for one in lessons]
    lock_lessons(keys)
    rows = Lesson.objects.select_related("teacher", "enterprise").prefetch_related("groups")
    found = rows.in_bulk(keys)
    return [found[pk] for pk in keys if pk in found]


def people_to_lock(planned: Sequence[PlannedChange]) -> set[int]:
    """Return everybody whose other lessons are searched: the planned teachers, assistants and students."""
    rosters = _desired_rosters(planned, _current_rosters(planned))
    people = {pk for roster in rosters.values() for pk, role in roster if role != Member.Role.SUPERVISOR}
    return people | {one.lesson.teacher_id for one in planned}


def _desired_rosters(planned: Sequence[PlannedChange], rosters: Mapping[int, Roster]) -> dict[int, Roster]:
    """Return the planned members of each lesson."""
    return {
        one.before.pk: frozenset((pk, role) for pk, role, _via in one.people.rows(one.lesson.teacher_id))
        if one.people is not None
        else rosters[one.before.pk]
        for one in planned
    }


def _current_rosters(planned: Sequence[PlannedChange]) -> dict[int, Roster]:
    found: dict[int, set[tuple[int, str]]] = {one.before.pk: set() for one in planned}
    rows = Member.objects.filter(lesson__in=found)
    for lesson, user, role in rows.values_list("lesson_id", "user_id", "role"):
        found[lesson].add((user, role))
    return {pk: frozenset(roster) for pk, roster in found.items()}


def _conflicts(
    school: Enterprise, lessons: Sequence[Lesson], rosters: Mapping[int, Roster]
) -> dict[int, list[BookingConflict]]:
    """Return the conflicts of each lesson; lessons of a course with the same people are searched together."""
    alike: dict[tuple[int, str, int, int | None, Roster], list[Lesson]] = defaultdict(list)
    for lesson in lessons:
        room = lesson.class_type, lesson.capacity or 0
        alike[lesson.teacher_id, *room, lesson.course_id, rosters[lesson.pk]].append(lesson)
    excluded = [lesson.pk for lesson in lessons]
    found: dict[int, list[BookingConflict]] = {lesson.pk: [] for lesson in lessons}
    for (_teacher, class_type, capacity, course, roster), group in alike.items():
        request = BookingRequest(
            school=school,
            slots=[TimeSlot(one.starts_at, one.ends_at) for one in group],
            teacher=group[0].teacher,
            assistants=[pk for pk, role in roster if role == Member.Role.ASSISTANT],
            students=[pk for pk, role in roster if role == Member.Role.STUDENT],
            class_type=class_type,
            capacity=capacity,
            excluded=excluded,
            course=course,
        )
        for conflict in find_conflicts(request):
            found[group[conflict.place].pk].append(conflict)
    for pk, internal in find_internal_conflicts(school, lessons, rosters).items():
        found[pk] += internal
    return found
