"""Where a lesson differs from the service: ours sent there, or theirs taken over here."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.mirror import person_of
from accounts.models import Role, User
from classes.attendance.register import recompute
from classes.compare import LABELS, tell
from classes.kinds import Status
from classes.mirror.seen import adopt_members, moment, next_look
from classes.mirror.wanted import everything_wanted, wanted_members
from classes.models import Lesson
from classes.models.lesson import MADE_OUTSIDE
from classes.services import FIELDS, cancel_lesson, push_lesson
from console.audit.trail import changes, record, snapshot
from console.mirror.copies import FIELD
from console.mirror.drift import decide
from console.mirror.registry import mirrored
from console.outbox.models import Operation
from console.outbox.queue import enqueue
from console.outbox.states import SyncState

#: What makes a conflict where it is taken over; nobody here can be asked for a reason then.
BOOKED = {"starts_at", "ends_at", "teacher", "members"}
ALLOWED = ("conflict_allowed", "conflict_reason", "conflict_by", "conflict_at")


@transaction.atomic
def push(lesson: Lesson, fields: Collection[str], by: User | None) -> Operation:
    """`/class/modify` of these fields, `/member/add` and `/member/delete` for `members`.

    A lesson that is gone at the service is made there again, a second copy is deleted there. The last
    operation is returned.
    ValidationError for one that runs, is over or is cancelled: the service changes none of these.
    """
    if FIELD in fields:
        cancel_lesson(lesson=lesson, by=by, reason=_("A second copy of another lesson."))
        return Operation.objects.filter(kind="class.delete", subject_id=lesson.pk).latest("id")
    if lesson.sync_state == SyncState.GONE or lesson.locked:
        return _again(lesson, by)
    record("lesson.push", lesson, by=by, after={"fields": sorted(fields)})
    plain = sorted(set(fields) - {"members"})
    operation = enqueue("class.modify", lesson, by=by, args={"fields": plain}) if plain else None
    if "members" in fields or operation is None:
        return enqueue("class.members", lesson, by=by)
    return operation


def _again(lesson: Lesson, by: User | None) -> Operation:
    if lesson.sync_state == SyncState.GONE and not lesson.locked:
        lesson.remote_id, lesson.observed, lesson.teacher_url, lesson.student_url = "", {}, "", ""
        lesson.save(update_fields=["remote_id", "observed", "teacher_url", "student_url"])
    return push_lesson(lesson=lesson, by=by)


@transaction.atomic
def take(lesson: Lesson, fields: Collection[str], by: User | None) -> None:
    """Our columns follow the service, and so does the roster; who is unknown here is adopted.

    A register that exists is reckoned anew, for times or people may be others. A lesson that is gone at the
    service is cancelled here; of a second copy it means that both are wanted.
    """
    if lesson.sync_state == SyncState.GONE:
        cancel_lesson(lesson=lesson, by=by)
        return
    stored = Lesson.objects.select_for_update(of=("self",)).get(pk=lesson.pk)
    before, people = snapshot(stored, FIELDS), wanted_members(stored)
    for name in fields:
        if name not in lesson.observed:
            raise ValidationError(_("The service has not told this yet. Look at it again, then decide."))
        _TAKE.get(name, _plain)(lesson, name, lesson.observed[name])
    lesson.full_clean(exclude=["enterprise"], validate_constraints=False)
    if lesson.ends_at <= lesson.starts_at and not lesson.made_outside:
        raise ValidationError(_("The lesson must end after it starts."))
    if BOOKED & set(fields):
        lesson.conflict_allowed, lesson.conflict_reason = True, MADE_OUTSIDE
        lesson.conflict_by, lesson.conflict_at = None, timezone.now()
    lesson.look_at = next_look(lesson)
    lesson.save(update_fields=[*FIELDS, *ALLOWED, "look_at", "observed", "double_of"])
    was, now = changes(before | {"members": people}, snapshot(lesson, FIELDS) | {"members": _people(lesson)})
    record("lesson.take", lesson, by=by, before=was, after=now)
    decide(lesson)
    if lesson.status != Status.WILL:
        recompute(lesson)


def _people(lesson: Lesson) -> dict[str, str]:
    return wanted_members(lesson)


def _plain(lesson: Lesson, name: str, value: Any) -> None:
    setattr(lesson, name, value)


def _time(lesson: Lesson, name: str, value: int) -> None:
    setattr(lesson, name, moment(value) or getattr(lesson, name))


def _flag(lesson: Lesson, name: str, value: int) -> None:
    setattr(lesson, name, bool(value))


def _number(lesson: Lesson, name: str, value: int) -> None:
    setattr(lesson, name, value or None)


def _teacher(lesson: Lesson, name: str, user_id: str) -> None:
    lesson.teacher = person_of(lesson.enterprise, user_id, Role.TEACHER)
    lesson.members.filter(user=lesson.teacher).delete()


def _both(lesson: Lesson, name: str, value: str) -> None:
    lesson.double_of = None
    del lesson.observed[name]


def _members(lesson: Lesson, name: str, told: dict[str, str]) -> None:
    has = wanted_members(lesson)
    gone = [user_id for user_id, role in has.items() if told.get(user_id) != role]
    lesson.members.filter(user__user_id__in=gone).delete()
    adopt_members(lesson, {user_id: role for user_id, role in told.items() if has.get(user_id) != role})


_TAKE: dict[str, Callable[[Lesson, str, Any], None]] = {
    "starts_at": _time,
    "ends_at": _time,
    "auto_open_mic": _flag,
    "auto_open_camera": _flag,
    "max_on_mic": _number,
    "teacher": _teacher,
    "members": _members,
    FIELD: _both,
}


def _tell(name: str, ours: Any, theirs: Any, names: Mapping[str, str]) -> tuple[str, str]:
    return (_("wanted once"), str(theirs)) if name == FIELD else tell(name, ours, theirs, names)


mirrored(
    "classes.Lesson",
    wanted=everything_wanted,
    push=push,
    take=take,
    labels={**LABELS, FIELD: gettext_lazy("second copy of")},
    tell=_tell,
    related=("teacher",),
    when_gone=gettext_lazy("Cancel it here too"),
)
