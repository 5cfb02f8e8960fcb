"""Service that schedules a make-up lesson."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from classes.attendance.thresholds.evaluation import evaluate_registers
from classes.courseware.attachments import copy_attachments
from classes.lessons.fields import COLUMN_NAMES
from classes.lessons.forms.lesson import stored_password
from classes.lessons.services import schedule_lesson
from classes.locking import lock_lesson, share_groups
from classes.models import Lesson, Member
from classes.timetable.make_up.occasions import make_up_occasion, no_occasion
from classes.timetable.make_up.people import MakeUpStaff, make_up_staff
from console.audit.trail import record
from console.concurrency import Conflict, service


@service
def make_up_lesson(
    *, lesson: Lesson, starts_at: datetime, by: User | None, conflict_reason: str = ""
) -> Lesson:
    """Schedule a lesson instead of one that was cancelled or failed, and return it.

    It has the people, topic, length, settings, password and courseware of the other lesson, which counts no
    more (`classes.lessons.status.counted_lessons`). People who are deactivated are left out. The make-up of a
    covered lesson is given by the teacher who was absent.

    Raise Conflict if the lesson has a make-up already, ValidationError if it cannot be made up or the time is
    over, and BookingConflictError (a subclass) if somebody is double-booked and `conflict_reason` is empty.
    """
    groups = share_groups(lesson.groups.filter(archived_at=None), lesson)
    stored = lock_lesson(lesson)
    _require_none(stored)
    occasion = make_up_occasion(stored)
    if not occasion:
        raise ValidationError(no_occasion(stored))
    if starts_at <= timezone.now():
        raise ValidationError({"starts_at": _("This time is over. Choose a later one.")})
    members = [one for one in stored.members.select_related("user") if one.user.is_active]
    password = stored_password(stored)
    staff = make_up_staff(stored)
    made = schedule_lesson(
        teacher=staff.teacher,
        by=by,
        students=[one.user for one in members if one.role == Member.Role.STUDENT],
        staff=_other_staff(members, staff),
        groups=groups,
        conflict_reason=conflict_reason,
        password=password.reveal() if password else None,
        starts_at=starts_at,
        ends_at=starts_at + (stored.ends_at - stored.starts_at),
        makes_up_for=stored,
        **_copied_fields(stored),
    )
    if by is not None:
        copy_attachments(like=stored, owner=made, by=by)
    facts = {"make_up": made.pk, "starts_at": made.starts_at, "kind": occasion}
    record("lesson.make_up", stored, by=by, after=facts, reason=made.conflict_reason)
    if stored.final_at is not None:
        evaluate_registers([stored])
    return made


def _other_staff(members: Iterable[Member], staff: MakeUpStaff) -> list[User]:
    found = [one.user for one in members if one.role != Member.Role.STUDENT and one.user != staff.teacher]
    return [*found, staff.assistant] if staff.assistant else found


def _copied_fields(lesson: Lesson) -> dict[str, Any]:
    names = {"course", "rules", *COLUMN_NAMES} - {"teacher", "starts_at", "ends_at"}
    return {name: getattr(lesson, name) for name in names}


def _require_none(lesson: Lesson) -> None:
    """Raise Conflict if the locked lesson has a make-up that is not cancelled."""
    made = lesson.make_ups.filter(cancelled_at=None).first()
    if made is not None:
        day = date_format(timezone.localtime(made.starts_at, lesson.enterprise.tz), "Y-m-d H:i")
        raise Conflict(
            _("This lesson already has a make-up lesson: “%(topic)s”, %(day)s.")
            % {"topic": made.topic, "day": day}
        )
