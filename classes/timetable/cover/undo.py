"""Assign cover, undo it or revoke an absence so that it can be taken back (`console.undo`).

A cover that replaces another one, or comes back because somebody else is away, is not taken back.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from classes.conflicts.absences import valid_absences
from classes.models import Cover, Lesson, TeacherAbsence
from classes.timetable.cover.services import (
    Withdrawal,
    assign_covers,
    covers_because_of,
    lock_covered,
    undo_cover,
    withdraw_absence,
)
from console.audit.trail import record
from console.concurrency import lock_row, service
from console.outbox.services import are_unsent, postpone_all
from console.policy import scoped
from console.undo import register_undo, too_late, undo_window

Values = dict[str, Any]


class Assigned(NamedTuple):
    """How many lessons are covered now, and the values for `undo_assignment`, None if it is final."""

    number: int
    values: Values | None


@service
def assign_revocably(
    *,
    absence: TeacherAbsence,
    choices: Mapping[int, User],
    by: User | None,
    seen: Mapping[int, str] | None = None,
) -> Assigned:
    """Assign as `assign_covers` does."""
    lock_covered(choices)
    replaces = Cover.objects.filter(lesson__in=choices, undone_at=None).exists()
    covers = assign_covers(absence=absence, choices=choices, by=by, seen=seen)
    operations = _postpone(choices)
    if replaces or operations is None:
        return Assigned(len(covers), None)
    return Assigned(len(covers), {"covers": [one.pk for one in covers], "operations": operations})


@service
def undo_assignment(*, absence: TeacherAbsence, by: User | None, values: Mapping[str, Any]) -> None:
    """Give the lessons back to the absent teacher, all or none.

    Raise ValidationError if it was sent, or a lesson has another teacher since.
    """
    covers = Cover.objects.filter(absence=absence, pk__in=values["covers"]).order_by("lesson")
    lock_covered(covers.values_list("lesson", flat=True))
    for cover in covers:
        undo_cover(cover=cover, by=by)
    _require_unsent(values)


@service
def undo_cover_revocably(*, cover: Cover, by: User | None) -> Values | None:
    """Undo a cover as `undo_cover` does. Return the values for `restore_covers`, None if it is final."""
    undo_cover(cover=cover, by=by)
    operations = _postpone([cover.lesson_id])
    return None if operations is None else {"covers": [cover.pk], "operations": operations}


@service
def restore_covers(*, absence: TeacherAbsence, by: User | None, values: Mapping[str, Any]) -> None:
    """Assign covers again that were undone, and let the absence count again if it was revoked with them.

    Raise ValidationError if that was sent, or who covered is no longer free.
    """
    covers = list(Cover.objects.filter(pk__in=values["covers"]).select_related("absence", "covering"))
    lock_covered(one.lesson_id for one in covers)
    if "at" in values:
        _restore_absence(absence, by, values["at"])
    by_absence: dict[TeacherAbsence, dict[int, User]] = defaultdict(dict)
    for one in covers:
        by_absence[one.absence][one.lesson_id] = one.covering
    for whose, choices in by_absence.items():
        assign_covers(absence=whose, choices=choices, by=by)
    _require_unsent(values)


class Withdrawn(NamedTuple):
    """What `withdraw_absence` returned, and the values for `restore_covers`, None if it is final."""

    done: Withdrawal
    values: Values | None


@service
def withdraw_revocably(*, absence: TeacherAbsence, by: User | None) -> Withdrawn:
    """Revoke an absence as `withdraw_absence` does."""
    before = dict(covers_because_of(absence).values_list("pk", "lesson"))
    was_valid = TeacherAbsence.objects.filter(pk=absence.pk, withdrawn_at=None).exists()
    done = withdraw_absence(absence=absence, by=by)
    ended = dict(Cover.objects.filter(pk__in=before).exclude(undone_at=None).values_list("pk", "lesson"))
    operations = _postpone(ended.values())
    again = Cover.objects.filter(lesson__in=ended.values(), undone_at=None).exists()
    if again or not was_valid or operations is None:
        return Withdrawn(done, None)
    at = TeacherAbsence.objects.values_list("withdrawn_at", flat=True).get(pk=absence.pk)
    values = {"covers": sorted(ended), "operations": operations, "at": at and at.isoformat()}
    return Withdrawn(done, values)


def _restore_absence(absence: TeacherAbsence, by: User | None, at: str) -> None:
    stored = lock_row(absence)
    if not stored.withdrawn_at or stored.withdrawn_at.isoformat() != at:
        raise ValidationError(_("This cannot be taken back."))
    others = valid_absences(stored.enterprise, stored.begins_at, stored.ends_at)
    if others.filter(teacher=stored.teacher_id).exists():
        message = _("An absence of %(name)s at this time has already been entered.")
        raise ValidationError(message % {"name": stored.teacher.nickname or stored.teacher.user_id})
    stored.withdrawn_at = None
    stored.save(update_fields=["withdrawn_at"])
    record("absence.restore", stored, by=by)


def _postpone(lessons: Iterable[int]) -> list[int] | None:
    """Postpone what goes to the service about these lessons; None if it goes at once."""
    return postpone_all(Lesson.objects.filter(pk__in=lessons), undo_window())


def _require_unsent(values: Mapping[str, Any]) -> None:
    if not are_unsent(values["operations"]):
        raise too_late()


def _find(by: Any, key: int) -> TeacherAbsence:
    rows = scoped(TeacherAbsence.objects.select_related("teacher", "enterprise"), by, "cover", "change")
    absence = rows.filter(pk=key).first()
    if absence is None:
        raise ValidationError(_("This cannot be taken back."))
    return absence


def _undo_assignment(by: Any, key: int, values: Mapping[str, Any]) -> None:
    undo_assignment(absence=_find(by, key), by=by, values=values)


def _restore(by: Any, key: int, values: Mapping[str, Any]) -> None:
    restore_covers(absence=_find(by, key), by=by, values=values)


register_undo("cover.assign", _undo_assignment, is_sent=True)
register_undo("cover.restore", _restore, is_sent=True)
