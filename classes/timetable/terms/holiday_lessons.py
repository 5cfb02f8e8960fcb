"""Lessons that fall into a holiday: move, cancel or keep them, all or none of those chosen."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet, TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from classes.choices import Status
from classes.conflicts.detection import BookingConflict
from classes.models import Course, Holiday, Lesson, Term
from classes.timetable.bulk import job
from classes.timetable.bulk.change_undo import change_revocably
from classes.timetable.bulk.changes import PlannedChange, find_change_conflicts, lock_and_load
from classes.timetable.bulk.services import BulkEdit, changed_meanwhile, check_meanwhile
from classes.timetable.bulk.undo import cancel_chosen_revocably
from classes.timetable.terms.holiday_moves import (
    is_on_holiday,
    lessons_of_left_out_days,
    plan_moves_by_days,
    plan_moves_to_free_days,
)
from console.audit.trail import record
from console.concurrency import service
from console.jobs.models import Job

#: An edit that replaces the times, for the digests of what the editor saw.
TIMES_EDIT = BulkEdit(days=1)


class HolidayAction(TextChoices):
    FREE_DAY = "free_day", gettext_lazy("move each to the next free day of its course")
    DAYS = "days", gettext_lazy("move by a number of days")
    CANCEL = "cancel", gettext_lazy("cancel")
    KEEP = "keep", gettext_lazy("keep on the holiday")


MOVES = (HolidayAction.FREE_DAY, HolidayAction.DAYS)


def lessons_in_holiday(holiday: Holiday) -> QuerySet[Lesson]:
    """Return the upcoming lessons that begin on a day of the holiday and observe it, by start.

    A holiday of a term applies to courses of that term, to courses without a term and to single lessons.
    """
    zone = holiday.enterprise.tz
    first = timezone.make_aware(datetime.combine(holiday.starts_on, time.min), zone)
    after = timezone.make_aware(datetime.combine(holiday.ends_on + timedelta(days=1), time.min), zone)
    rows = Lesson.objects.filter(
        enterprise=holiday.enterprise_id,
        starts_at__gte=first,
        starts_at__lt=after,
        ends_at__gt=timezone.now(),
        status=Status.WILL,
        cancelled_at=None,
    )
    if holiday.term_id is not None:
        rows = rows.filter(Q(course__term=holiday.term_id) | Q(course__term=None))
    return rows.select_related("teacher", "enterprise", "course__term", "course__enterprise").order_by(
        "starts_at", "id"
    )


def preview_moves(
    holiday: Holiday, lessons: Sequence[Lesson], action: str, days: int
) -> tuple[list[PlannedChange], list[BookingConflict]]:
    """Return the moved lessons and the conflicts; ValidationError if one cannot be moved."""
    planned = _plan(holiday, lessons, action, days)
    return planned, find_change_conflicts(holiday.enterprise, planned)


def _plan(holiday: Holiday, lessons: Sequence[Lesson], action: str, days: int) -> list[PlannedChange]:
    if action == HolidayAction.DAYS:
        return plan_moves_by_days(holiday, lessons, days)
    return plan_moves_to_free_days(lessons)


@service
def resolve_holiday_lessons(
    *,
    holiday: Holiday,
    lessons: Sequence[Lesson],
    action: str,
    by: User,
    reason: str,
    days: int = 0,
    conflict_reason: str = "",
    seen: Mapping[str, str] | None = None,
) -> Job | None:
    """Move, cancel or keep these lessons in one transaction; the audit entry has the reason.

    A lesson that is kept, or moved to a day that its course does not have, is no longer one of a day of the
    course: later changes of the rule or the hour of the course leave its time alone. One that was rescheduled
    onto the holiday stays the lesson of its old day.

    Returns the job that reports the results, and by which `undo_many` takes a cancellation back,
    `undo_change_many` a move; None if they are kept. Raises BookingConflictError if a move causes conflicts
    and no reason for them is given, Conflict if somebody else moved one of them since `seen`
    (`edit_digests`), or moved the holiday; ValidationError if one began or was cancelled, or cannot be moved.
    """
    school = holiday.enterprise
    holiday, stored = _lock(holiday, lessons, seen)
    keys = [one.pk for one in stored]
    audit = {"holiday": str(holiday), "lessons": keys}
    if action == HolidayAction.KEEP:
        # The course leaves the day out by now: the next change of the series would cancel the lesson.
        left_out = [one.pk for one in lessons_of_left_out_days(stored)]
        Lesson.objects.filter(pk__in=left_out).update(occurrence=None)
        record("holiday.keep_lessons", holiday, by=by, after=audit, reason=reason)
        return None
    if action == HolidayAction.CANCEL:
        return cancel_chosen_revocably(school=school, lessons=stored, by=by, reason=reason)
    planned = _plan(holiday, stored, action, days)
    undo = change_revocably(school, planned, by=by, conflict_reason=conflict_reason)
    moved = audit | {"moved": action} | ({"days": days} if action == HolidayAction.DAYS else {})
    reasons = ". ".join(filter(None, (reason.rstrip("."), conflict_reason)))
    record("lesson.change_many", by=by, enterprise=school, after=moved, reason=reasons)
    return job.start_bulk_job(school, keys, by=by, before=undo)


def _lock(
    holiday: Holiday, lessons: Sequence[Lesson], seen: Mapping[str, str] | None
) -> tuple[Holiday, list[Lesson]]:
    """Lock the lessons and what their new days depend on; return the current holiday and lessons.

    The order, terms, holiday, courses, lessons, is that of a change of a term, a holiday or a course. Raises
    ValidationError if the holiday or a lesson is gone, or not as it was seen.
    """
    course_ids = {one.course_id for one in lessons if one.course_id}
    terms = Term.objects.filter(Q(courses__in=course_ids) | Q(pk=holiday.term_id)).values("pk")
    rows = Term.objects.select_for_update(no_key=True).filter(pk__in=terms).order_by("pk")
    locked_terms = {None, *rows.values_list("pk", flat=True)}
    current = Holiday.objects.select_for_update().filter(pk=holiday.pk).first()
    if current is None:
        raise ValidationError(_("Someone deleted “%(name)s” in the meantime.") % {"name": holiday.name})
    list(Course.objects.select_for_update().filter(pk__in=course_ids).order_by("pk").values_list("pk"))
    courses = Course.objects.select_related("term", "enterprise").in_bulk(course_ids)
    in_terms: list[Holiday | Course] = [current, *courses.values()]
    for row in in_terms:
        if row.term_id not in locked_terms:  # somebody just put it into this term, whose days are not locked
            raise changed_meanwhile(str(row))
    stored = lock_and_load(lessons)
    if len(stored) < len(lessons):
        raise ValidationError(_("At least one of these lessons was deleted in the meantime."))
    for one in stored:
        one.course = courses.get(one.course_id)
    check_meanwhile(lessons, stored, TIMES_EDIT, seen)
    if not all(is_on_holiday(one, current) for one in stored):
        raise changed_meanwhile(current.name)
    return current, stored
