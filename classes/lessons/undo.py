"""Cancel a lesson, reschedule it or replace its students so that it can be taken back (`console.undo`)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from classes.conflicts.detection import build_booking_request, find_conflicts
from classes.conflicts.guard import (
    BookingConflictError,
    booked_people,
    enforce_teacher_constraint,
    lock_people,
)
from classes.lessons.lookup import find_lesson
from classes.lessons.members import replace_members
from classes.lessons.roster import reassign_members
from classes.lessons.selectable import may_edit_members
from classes.lessons.services import (
    cancel_lesson,
    edit_lesson,
    enqueue_create_or_modify,
    enqueue_lesson_operation,
)
from classes.locking import lock_lesson, share_groups
from classes.models import AnnouncedState, Lesson, Member
from console.audit.trail import record
from console.concurrency import service
from console.outbox.models import Operation
from console.outbox.services import are_unsent, open_operations, postpone, supersede
from console.outbox.states import OperationState
from console.policy import may, refusal_message
from console.undo import register_undo, too_late, undo_window


@service
def cancel_revocably(
    *, lesson: Lesson, by: User | None, reason: str = "", notice: str = "", tell: bool = True
) -> dict[str, Any] | None:
    """Cancel as `cancel_lesson` does. Return the values for `undo_cancellation`, None if it is final.

    What follows from cancelling a make-up lesson, or one of two possible duplicates, is not taken back.
    """
    stored = lock_lesson(lesson)
    before = values_before_cancellation(stored)
    cancel_lesson(lesson=stored, by=by, reason=reason, notice=notice, tell=tell)
    operations = None if before is None else postpone(stored, undo_window())
    if before is None or operations is None:
        return None
    return {**before, "operations": operations}


def values_before_cancellation(stored: Lesson) -> dict[str, Any] | None:
    """Return what a cancellation overwrites of a locked lesson, None if it is final."""
    if stored.cancelled_at or stored.makes_up_for_id or stored.doubles.exists():
        return None
    announced = AnnouncedState.objects.filter(lesson=stored).values("starts_at", "off_words").first()
    return {
        "look_at": stored.look_at and stored.look_at.isoformat(),
        "told": announced and announced["starts_at"] and announced["starts_at"].isoformat(),
        "words": announced["off_words"] if announced else "",
    }


@service
def undo_cancellation(
    *, lesson: Lesson, by: User | None, values: Mapping[str, Any], together: Collection[int] = ()
) -> Lesson:
    """Take a cancellation back: drop what was not sent, and enqueue again what the cancellation replaced.

    Lessons taken back `together` stood beside each other before, so they are no conflict. Raise
    ValidationError if it was sent, or if it was made up or somebody was planned for this time meanwhile.
    """
    stored = lock_lesson(lesson)
    if stored.cancelled_at is None:
        raise ValidationError(_("The lesson is not cancelled any more."))
    if stored.made_up:
        raise ValidationError(_("A make-up lesson has been planned since. Cancel that one instead."))
    request = replace(build_booking_request(stored), excluded=(stored.pk, *together))
    lock_people(booked_people(request))
    # The lesson stood there, whoever was absent, on a holiday or not.
    if not stored.conflict_reason and any(one.lesson for one in find_conflicts(request)):
        raise time_taken()
    replaced = set(
        Operation.objects.filter(
            subject_type=Lesson._meta.label_lower,
            subject_id=stored.pk,
            state=OperationState.SUPERSEDED,
            finished_at__gte=stored.cancelled_at,
        ).values_list("kind", flat=True)
    )
    supersede(open_operations(stored).filter(pk__in=values["operations"]))
    # A cancellation since then has an operation of its own, and would still delete the class.
    is_cancelled_anew = open_operations(stored).filter(kind="class.delete").exists()
    if is_cancelled_anew or not are_unsent(values["operations"]):
        raise too_late()
    stored.cancelled_at, stored.cancel_reason = None, ""
    stored.look_at = _moment(values["look_at"])
    with enforce_teacher_constraint():
        stored.save(update_fields=["cancelled_at", "cancel_reason", "look_at"])
    told = {"starts_at": _moment(values["told"]), "off_words": values["words"]}
    AnnouncedState.objects.filter(lesson=stored).update(**told)
    if replaced & {"class.create", "class.modify"}:
        enqueue_create_or_modify(stored, by)
    if "class.members" in replaced and stored.remote_id:
        enqueue_lesson_operation("class.members", stored, by)
    record("lesson.restore", stored, by=by)
    return stored


@service
def move_revocably(
    *, lesson: Lesson, by: User | None, starts_at: datetime, ends_at: datetime, conflict_reason: str = ""
) -> dict[str, Any] | None:
    """Reschedule as `edit_lesson` does. Return the values for `undo_move`, None if it is final."""
    stored = edit_lesson(
        lesson=lesson, by=by, starts_at=starts_at, ends_at=ends_at, conflict_reason=conflict_reason
    )
    operations = postpone(stored, undo_window())
    if operations is None:
        return None
    return {
        "operations": operations,
        "before": [lesson.starts_at.isoformat(), lesson.ends_at.isoformat()],
        "after": [stored.starts_at.isoformat(), stored.ends_at.isoformat()],
        "reason": lesson.conflict_reason,
    }


@service
def undo_move(*, lesson: Lesson, by: User | None, values: Mapping[str, Any]) -> Lesson:
    """Move a lesson back. Raise ValidationError if the new time was sent or changed since."""
    if [lesson.starts_at, lesson.ends_at] != [_moment(one) for one in values["after"]]:
        raise ValidationError(_("Someone changed the time of this lesson since. Reschedule it instead."))
    starts_at, ends_at = (_moment(one) for one in values["before"])
    with _unless_time_taken():
        stored = edit_lesson(
            lesson=lesson, by=by, starts_at=starts_at, ends_at=ends_at, conflict_reason=values["reason"]
        )
    if not are_unsent(values["operations"]):
        raise too_late()
    return stored


@service
def replace_revocably(
    *,
    lesson: Lesson,
    students: Iterable[User],
    by: User | None,
    conflict_reason: str = "",
    seen: Mapping[str, str] | None = None,
) -> dict[str, Any] | None:
    """Replace the students as `replace_members` does. Return the values for `undo_replacement`.

    None if nobody was replaced, or it is final.
    """
    share_groups((), lesson)
    stored = lock_lesson(lesson)
    former = _students(stored)
    replace_members(lesson=stored, students=students, by=by, conflict_reason=conflict_reason, seen=seen)
    present = _students(stored)
    operations = postpone(stored, undo_window())
    if operations is None or former.keys() == present.keys():
        return None
    return {
        "operations": operations,
        "added": sorted(present.keys() - former.keys()),
        "removed": [[pk, via] for pk, via in former.items() if pk not in present],
        "reason": stored.conflict_reason,
    }


@service
def undo_replacement(*, lesson: Lesson, by: User | None, values: Mapping[str, Any]) -> Lesson:
    """Bring the former students back, each with the group through which they joined.

    Raise ValidationError if the list was sent or changed since, or somebody was planned elsewhere meanwhile.
    """
    share_groups((), lesson)
    stored = lock_lesson(lesson)
    present, added, removed = _students(stored).keys(), set(values["added"]), dict(values["removed"])
    if not added <= present or present & removed.keys():
        raise ValidationError(_("Someone changed the students of this lesson since. Replace them instead."))
    students = User.objects.filter(pk__in=(present - added) | removed.keys())
    with _unless_time_taken():
        edit_lesson(lesson=stored, by=by, students=students, conflict_reason=values["reason"])
    whole = open_operations(stored).filter(kind="class.modify", args={"members": True})
    supersede(whole.filter(pk__in=values["operations"]))
    if not are_unsent(values["operations"]):
        raise too_late()
    groups = set(stored.groups.values_list("pk", flat=True))
    returned = stored.members.filter(
        user__in=[pk for pk, via in removed.items() if via is None or via in groups]
    )
    reassign_members({member.pk: removed[member.user_id] for member in returned})
    return stored


def _students(lesson: Lesson) -> dict[int, int | None]:
    """Return the students by key, with the group through which each joined."""
    return dict(lesson.members.filter(role=Member.Role.STUDENT).values_list("user_id", "via_id"))


@contextmanager
def _unless_time_taken() -> Iterator[None]:
    try:
        yield
    except BookingConflictError:
        raise time_taken() from None


def time_taken() -> ValidationError:
    """Return the refusal because of somebody who was planned for the time meanwhile."""
    return ValidationError(
        _("Somebody was planned for the time of this lesson meanwhile. Reschedule it as usual.")
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _undo_cancellation(by: Any, key: int, values: Mapping[str, Any]) -> None:
    undo_cancellation(lesson=_find(by, key, "cancel"), by=by, values=values)


def _undo_move(by: Any, key: int, values: Mapping[str, Any]) -> None:
    undo_move(lesson=_find(by, key, "change"), by=by, values=values)


def _undo_replacement(by: Any, key: int, values: Mapping[str, Any]) -> None:
    lesson = find_lesson(by, key)
    if not may_edit_members(by, lesson):
        raise PermissionDenied(refusal_message(by, "change", "member"))
    undo_replacement(lesson=lesson, by=by, values=values)


def _find(by: Any, key: int, action: str) -> Lesson:
    lesson = find_lesson(by, key)
    if not may(by, action, "lesson", lesson):
        raise PermissionDenied(refusal_message(by, action, "lesson", lesson))
    return lesson


register_undo("lesson.cancel", _undo_cancellation, is_sent=True)
register_undo("lesson.move", _undo_move, is_sent=True)
register_undo("lesson.replace_members", _undo_replacement, is_sent=True)
