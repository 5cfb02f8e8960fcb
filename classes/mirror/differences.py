"""Resolve differences between a lesson and the service: push our values, or adopt theirs."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.mirror.upsert import datetime_from_unix, get_or_create_person
from accounts.models import Role, User
from classes.attendance.register import recompute_register
from classes.choices import Status
from classes.lessons.comparison import FIELD_LABELS, describe_both
from classes.lessons.fields import COLUMN_NAMES, FIELD_BY_NAME
from classes.lessons.remote_fields import desired_members, desired_state
from classes.lessons.roster import remove_members
from classes.lessons.services import cancel_lesson, push_lesson
from classes.locking import lock_lesson
from classes.mirror.upsert import adopt_members, next_poll_at
from classes.models import Lesson
from classes.models.lesson import MADE_OUTSIDE
from console.audit.trail import diff_snapshots, record, snapshot
from console.concurrency import service
from console.mirror.differences import update_sync_state
from console.mirror.duplicates import COPY_OF_FIELD
from console.mirror.registry import register_mirrored_model
from console.outbox.models import Operation
from console.outbox.services import enqueue
from console.outbox.states import SyncState

#: Adopting these may create a booking conflict, and no person can be asked for a reason.
BOOKING_FIELDS = {"starts_at", "ends_at", "teacher", "members"}
OVERRIDE_COLUMNS = ("conflict_allowed", "conflict_reason", "conflict_by", "conflict_at")


@service
def push_fields(lesson: Lesson, fields: Collection[str], by: User | None) -> Operation:
    """Send `/class/modify` for these fields, `/member/add` and `/member/delete` for `members`.

    A lesson that is gone at the service is created again; a second copy is deleted there. Returns the last
    operation. Raises ValidationError for a lesson that runs, is over or is cancelled: the service changes
    none of these.
    """
    stored = lock_lesson(lesson)
    if COPY_OF_FIELD in fields:
        cancel_lesson(lesson=stored, by=by, reason=_("A duplicate of another lesson."))
        return Operation.objects.filter(kind="class.delete", subject_id=stored.pk).latest("id")
    if stored.sync_state == SyncState.GONE or stored.locked:
        return _push_again(stored, by)
    record("lesson.push", stored, by=by, after={"fields": sorted(fields)})
    plain = sorted(set(fields) - {"members"})
    operation = enqueue("class.modify", stored, by=by, args={"fields": plain}) if plain else None
    if "members" in fields or operation is None:
        return enqueue("class.members", stored, by=by)
    return operation


def _push_again(lesson: Lesson, by: User | None) -> Operation:
    if lesson.sync_state == SyncState.GONE and not lesson.locked:
        lesson.teacher_url = lesson.student_url = ""
        lesson.forget_remote("teacher_url", "student_url")
    return push_lesson(lesson=lesson, by=by)


@service
def adopt_fields(lesson: Lesson, fields: Collection[str], by: User | None) -> None:
    """Overwrite our columns and members with the service's values; unknown people are created.

    An existing register is recalculated, because times or people may have changed. A lesson that is gone at
    the service is cancelled. For a second copy, adopting means that both lessons are kept.
    """
    stored = lock_lesson(lesson)
    if stored.sync_state == SyncState.GONE:
        cancel_lesson(lesson=stored, by=by)
        return
    before, people = snapshot(stored, COLUMN_NAMES), desired_members(stored)
    for name in fields:
        if name not in stored.observed:
            raise ValidationError(_("iclass has not returned this value yet. Check again, then decide."))
        _SETTERS.get(name, _set_column)(stored, name, stored.observed[name])
    stored.full_clean(exclude=["enterprise"], validate_constraints=False)
    if stored.ends_at <= stored.starts_at and not stored.made_outside:
        raise ValidationError(_("The end must be after the start."))
    if BOOKING_FIELDS & set(fields):
        stored.conflict_allowed, stored.conflict_reason = True, MADE_OUTSIDE
        stored.conflict_by, stored.conflict_at = None, timezone.now()
    stored.look_at = next_poll_at(stored)
    stored.save_mirrored([*COLUMN_NAMES, *OVERRIDE_COLUMNS, "look_at", "observed", "double_of"])
    was, now = diff_snapshots(
        before | {"members": people}, snapshot(stored, COLUMN_NAMES) | {"members": _people(stored)}
    )
    record("lesson.take", stored, by=by, before=was, after=now)
    update_sync_state(stored)
    if stored.status != Status.WILL:
        recompute_register(stored)


def _people(lesson: Lesson) -> dict[str, str]:
    return desired_members(lesson)


def _set_column(lesson: Lesson, name: str, value: Any) -> None:
    setattr(lesson, name, FIELD_BY_NAME[name].column_value(value))


def _set_time(lesson: Lesson, name: str, value: int) -> None:
    setattr(lesson, name, datetime_from_unix(value) or getattr(lesson, name))


def _set_teacher(lesson: Lesson, name: str, user_id: str) -> None:
    lesson.teacher = get_or_create_person(lesson.enterprise, user_id, Role.TEACHER)
    remove_members(lesson.members.filter(user=lesson.teacher))


def _keep_both(lesson: Lesson, name: str, value: str) -> None:
    lesson.double_of = None
    del lesson.observed[name]


def _set_members(lesson: Lesson, name: str, remote: dict[str, str]) -> None:
    current = desired_members(lesson)
    removed = [user_id for user_id, role in current.items() if remote.get(user_id) != role]
    remove_members(lesson.members.filter(user__user_id__in=removed))
    adopt_members(lesson, {user_id: role for user_id, role in remote.items() if current.get(user_id) != role})


_SETTERS: dict[str, Callable[[Lesson, str, Any], None]] = {
    "starts_at": _set_time,
    "ends_at": _set_time,
    "teacher": _set_teacher,
    "members": _set_members,
    COPY_OF_FIELD: _keep_both,
}


def _describe(name: str, ours: Any, theirs: Any, names: Mapping[str, str]) -> tuple[str, str]:
    return (_("keep one"), str(theirs)) if name == COPY_OF_FIELD else describe_both(name, ours, theirs, names)


register_mirrored_model(
    "classes.Lesson",
    resource="lesson",
    desired_fields=desired_state,
    push=push_fields,
    apply_remote=adopt_fields,
    labels={**FIELD_LABELS, COPY_OF_FIELD: gettext_lazy("duplicate of")},
    format=_describe,
    related=("teacher",),
    gone_action_label=gettext_lazy("Also cancel in the console"),
)
