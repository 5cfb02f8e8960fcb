"""Services for lessons. Each call is one transaction: row, operation and audit entry.

A service locks the lesson first and decides on the stored row. It does not change the instance it receives.
"""

from collections.abc import Collection, Iterable, Mapping
from copy import copy
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import StudentGroup, User
from classes.choices import Status
from classes.conflicts.detection import build_booking_request
from classes.conflicts.guard import (
    OVERRIDE_FIELDS,
    check_conflicts,
    check_new_conflicts,
    enforce_teacher_constraint,
    set_conflict_override,
)
from classes.lessons.cancellation import follow_cancellation
from classes.lessons.edit_digests import detect_changes, loaded_digests
from classes.lessons.extended_fields import unsent_values
from classes.lessons.fields import COLUMN_NAMES
from classes.lessons.passwords import set_password
from classes.lessons.remote_fields import natural_key
from classes.lessons.roster import set_lesson_groups, set_members
from classes.lessons.usual_times import start_consequences, stop_consequences
from classes.lessons.validation import (
    check_lesson,
    check_not_made_up,
    check_not_past,
    check_open,
    locked_message,
)
from classes.locking import lock_lesson, share_groups
from classes.models import Lesson
from console.audit.trail import diff_snapshots, record, snapshot
from console.concurrency import service
from console.confirmation import require_confirmation
from console.outbox.models import Operation
from console.outbox.services import enqueue, open_operations, supersede
from console.outbox.states import OPEN_STATES, OperationState


@service
def schedule_lesson(
    *,
    teacher: User,
    by: User | None,
    students: Iterable[User] = (),
    staff: Iterable[User] = (),
    groups: Iterable[StudentGroup] = (),
    conflict_reason: str = "",
    password: str | None = None,
    **fields: Any,
) -> Lesson:
    """Schedule a lesson and create it through the API (`/class/create`).

    `fields` are the columns of `classes.lessons.fields`, `course` and `rules`. The password and extended
    fields are sent only if the school supports them (`classes.lessons.extended_fields`). `staff` are
    assistants and supervisors; each takes the member role of their own role. A student who is in one of
    `groups` is linked to that group and follows its changes. A group adds no students by itself
    (`classes.lessons.groups.students_in_groups`).
    The create operation waits for the registration of the people.

    Raise ValidationError if a field is invalid, and BookingConflictError (a subclass) if somebody is
    double-booked and `conflict_reason` is empty.
    """
    groups = share_groups(groups)
    lesson = Lesson(enterprise=teacher.enterprise, teacher=teacher, **fields)
    check_lesson(lesson)
    students, staff = list(students), list(staff)
    conflicted = bool(check_conflicts(build_booking_request(lesson, students, staff), conflict_reason))
    set_conflict_override(lesson, conflicted, conflict_reason, by)
    with enforce_teacher_constraint():
        lesson.save(force_insert=True)
    group_changes = set_lesson_groups(lesson, groups)
    set_members(lesson, students, staff)
    values = snapshot(lesson, COLUMN_NAMES) | group_changes | set_password(lesson, password)
    record("lesson.add", lesson, by=by, after=values, reason=lesson.conflict_reason)
    enqueue_create_or_modify(lesson, by)
    return lesson


@service
def edit_lesson(
    *,
    lesson: Lesson,
    by: User | None,
    students: Iterable[User] | None = None,
    staff: Iterable[User] | None = None,
    groups: Iterable[StudentGroup] | None = None,
    conflict_reason: str = "",
    password: str | None = None,
    seen: Mapping[str, str] | None = None,
    **fields: Any,
) -> Lesson:
    """Change a lesson that has not begun, send the differences to the API and return the stored lesson.

    Fields are sent with `/class/modify`, people as increments (`/member/add`, `/member/delete`). None for
    `students`, `staff`, `groups` or `password` keeps the current value; an empty password removes it. `seen`
    holds the digests that the editor saw (`classes.lessons.edit_digests`), by default of the lesson as it
    was read.

    Raise LessonEditConflict if somebody else changed the same field in the meantime, ValidationError if the
    lesson is running, over or made up by another, and BookingConflictError (a subclass) if the change adds a
    conflict and `conflict_reason` is empty.
    """
    shared = share_groups(groups or (), lesson)
    stored = lock_lesson(lesson)
    if stored.locked:
        raise ValidationError(locked_message(stored))
    lists = {"students": students, "staff": staff, "groups": None if groups is None else shared}
    before = copy(stored)
    changed, people = detect_changes(stored, fields, lists, seen or loaded_digests(lesson))
    for name, value in changed.items():
        setattr(stored, name, value)
    check_lesson(stored)
    students, staff = people.get("students"), people.get("staff")
    check_new_conflicts(before, stored, build_booking_request(stored, students, staff), conflict_reason, by)
    with enforce_teacher_constraint():
        stored.save(update_fields=[*changed, *OVERRIDE_FIELDS])
    group_changes = set_lesson_groups(stored, people.get("groups"))
    member_changes = set_members(stored, students, staff) | set_password(stored, password)
    _record_change(before, stored, group_changes, member_changes, by)
    return stored


def _record_change(
    previous: Lesson,
    lesson: Lesson,
    group_changes: Mapping[str, Any],
    people: Mapping[str, Any],
    by: User | None,
) -> None:
    """Write the audit entry and enqueue an operation for each change that the API receives."""
    old, new = diff_snapshots(snapshot(previous, COLUMN_NAMES), snapshot(lesson, COLUMN_NAMES))
    if new or people or group_changes:
        reason = lesson.conflict_reason if lesson.conflict_reason != previous.conflict_reason else ""
        record(
            "lesson.change",
            lesson,
            by=by,
            before=old,
            after={**new, **people, **group_changes},
            reason=reason,
        )
    if new or not lesson.remote_id or unsent_values(lesson):
        enqueue_create_or_modify(lesson, by)
    if people.keys() - {"password"} and lesson.remote_id:
        enqueue_lesson_operation("class.members", lesson, by)


@service
def cancel_lesson(
    *, lesson: Lesson, by: User | None, reason: str = "", notice: str = "", tell: bool = True
) -> Lesson:
    """Cancel a lesson: keep the row and delete the class from the API (`/class/delete`).

    The members are notified, with the text of `notice`, unless `tell` is false. Raise ValidationError if the
    lesson is running or over.
    """
    stored = lock_lesson(lesson)
    if stored.cancelled_at:
        return stored
    if stored.status == Status.ING:
        raise ValidationError(_("This lesson is running. End it first, then cancel it."))
    if stored.status == Status.END:
        raise ValidationError(_("This lesson has ended. Its register and recordings are kept."))
    stored.cancelled_at, stored.cancel_reason, stored.look_at = timezone.now(), reason[:300], None
    stored.save(update_fields=["cancelled_at", "cancel_reason", "look_at"])
    follow_cancellation([stored], notice=notice, tell=tell)
    record("lesson.cancel", stored, by=by, reason=reason)
    supersede(open_operations(stored).exclude(kind="class.delete"))
    if stored.remote_id or open_operations(stored).exists():
        enqueue_lesson_operation("class.delete", stored, by)
    return stored


@service
def start_lesson(*, lesson: Lesson, by: User | None, confirmed: bool = False) -> Operation:
    """Start a lesson (`/class/start`).

    Raise ValidationError if it is over, cancelled, past its end or made up by another lesson, and
    ConfirmationNeeded (a subclass) if it is early and not `confirmed`.
    """
    stored = lock_lesson(lesson)
    check_open(stored)
    check_not_made_up(stored)
    check_not_past(stored)
    require_confirmation(start_consequences(stored), confirmed)
    record("lesson.start", stored, by=by)
    return enqueue_lesson_operation("class.start", stored, by)


@service
def stop_lesson(*, lesson: Lesson, by: User | None, confirmed: bool = False) -> Operation:
    """End a lesson (`/class/stop`) and supersede a pending start.

    Raise ConfirmationNeeded if it is early, people are in the room, and it is not `confirmed`.
    """
    stored = lock_lesson(lesson)
    check_open(stored)
    require_confirmation(stop_consequences(stored), confirmed)
    record("lesson.stop", stored, by=by)
    supersede(open_operations(stored).filter(kind="class.start"))
    return enqueue_lesson_operation("class.stop", stored, by)


@service
def pull_lesson(*, lesson: Lesson, by: User | None) -> Operation:
    """Fetch the lesson from the API (`/class/info`)."""
    stored = lock_lesson(lesson)
    record("lesson.pull", stored, by=by)
    return enqueue_lesson_operation("class.pull", stored, by)


@service
def push_lesson(*, lesson: Lesson, by: User | None) -> Operation:
    """Send a lesson again: create it if the API does not have it, else send all fields.

    Raise ValidationError if the lesson is running, over, cancelled or made up by another.
    """
    stored = lock_lesson(lesson)
    if stored.locked:
        raise ValidationError(locked_message(stored))
    record("lesson.push", stored, by=by)
    return enqueue_create_or_modify(stored, by, whole=True)


def enqueue_create_or_modify(lesson: Lesson, by: User | None, *, whole: bool = False) -> Operation:
    """Enqueue the creation of the lesson, or a change of what differs (of all fields if `whole`)."""
    if lesson.remote_id:
        return enqueue_lesson_operation("class.modify", lesson, by, {"whole": True} if whole else {})
    if waiting := open_operations(lesson).filter(kind="class.create").first():
        # An untried create reads the row when it is sent, so only its lane (natural key) needs an update.
        untried = Operation.objects.filter(pk=waiting.pk, attempts=0, state=OperationState.READY)
        return (
            waiting
            if untried.update(lane=natural_key(lesson))
            else enqueue_lesson_operation("class.modify", lesson, by)
        )
    people = [lesson.teacher_id, *lesson.members.values_list("user_id", flat=True)]
    registrations = Operation.objects.filter(
        kind="user.register", subject_type="accounts.user", subject_id__in=people
    ).exclude(state="done")
    return enqueue("class.create", lesson, by=by, lane=natural_key(lesson), after=registrations)


def enqueue_lesson_operation(
    kind: str,
    lesson: Lesson,
    by: User | None,
    args: Mapping[str, Any] | None = None,
    after: Iterable[Operation] = (),
) -> Operation:
    """Enqueue an operation for a lesson; it waits for the lesson's create operation."""
    creates = open_operations(lesson).filter(kind="class.create")
    return enqueue(kind, lesson, by=by, args=dict(args or {}), after=[*creates, *after])


def enqueue_members(lesson: Lesson, by: User | None, new: Collection[int] = ()) -> Operation:
    """Send the expected members to the API; `new` are the primary keys of the added people.

    Call it inside a transaction. The operation waits until the new people are registered. An untried create
    operation reads the members when it is sent, so it is reused.
    """
    registrations = Operation.objects.filter(
        kind="user.register", subject_type="accounts.user", subject_id__in=new, state__in=OPEN_STATES
    )
    create: Operation | None = open_operations(lesson).filter(kind="class.create").first()
    if create and create.state == OperationState.READY and not create.attempts:
        create.waits_for.add(*registrations)
        return create
    if create or lesson.remote_id:
        return enqueue_lesson_operation("class.members", lesson, by, after=registrations)
    return enqueue_create_or_modify(lesson, by)
