"""Booking guard: prevents double-booking by accident or by a race; overrides need a reason."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from classes.conflicts.detection import (
    ABSENCE,
    HOLIDAY,
    BookingConflict,
    BookingRequest,
    build_booking_request,
    find_conflicts,
)
from classes.models import Lesson
from classes.models.guards import TEACHER_CONSTRAINT
from console import concurrency

#: Most people that are locked one by one. The lock table of the database is shared by all connections
#: (`max_locks_per_transaction` each), so a booking of more people locks their school instead.
MAX_PERSON_LOCKS = 100
#: How long a booking waits for another one before `service` retries. Without a limit, all web threads would
#: wait for the import of a whole term.
LOCK_TIMEOUT = "5s"
_LOCK_PEOPLE = (
    "SELECT pg_advisory_xact_lock(hashtextextended('lessons of ' || who, 0)) FROM unnest(%s::bigint[]) who"
)
_LOCK_SCHOOL = """
SELECT {lock}(hashtextextended('bookings of school ' || s.enterprise_id, 0)) FROM (
    SELECT DISTINCT enterprise_id FROM accounts_user WHERE id = ANY(%s) ORDER BY enterprise_id
) s
"""
_LOCK_SCHOOL_SHARED = _LOCK_SCHOOL.format(lock="pg_advisory_xact_lock_shared")
_LOCK_SCHOOL_EXCLUSIVE = _LOCK_SCHOOL.format(lock="pg_advisory_xact_lock")


class BookingConflictError(ValidationError):
    """There are conflicts and no reason to allow them."""

    def __init__(self, conflicts: Sequence[BookingConflict]) -> None:
        self.conflicts = list(conflicts)
        super().__init__(summarize_conflicts(self.conflicts), code="conflict")


def summarize_conflicts(conflicts: Sequence[BookingConflict]) -> str:
    """Return the number of conflicts and what to do."""
    days = len({one.day for one in conflicts})
    text = ngettext(
        "%(days)s day has a conflict: people planned twice or absent, too many people, or a holiday.",
        "%(days)s days have a conflict: people planned twice or absent, too many people, or a holiday.",
        days,
    ) % {"days": days}
    return f"{text} {_('Choose other times or people, or enter a reason to allow the conflicts.')}"


def describe_conflict(conflict: BookingConflict) -> str:
    """Return a conflict as a short sentence with its day."""
    if conflict.kind == ABSENCE:
        text = _("%(who)s is absent at this time") % {"who": conflict.name or conflict.who}
    elif conflict.kind == HOLIDAY:
        text = _("holiday “%(name)s”") % {"name": conflict.name}
    elif conflict.lesson is None:
        text = _("more students than the limit of %(n)s") % {"n": conflict.most}
    else:
        text = _("%(who)s has “%(topic)s” at this time") % {
            "who": conflict.name,
            "topic": conflict.lesson.topic,
        }
    return f"{conflict.day:%Y-%m-%d}: {text}"


def check_conflicts(request: BookingRequest, reason: str) -> set[int]:
    """Return the indexes of the slots with conflicts. Raise BookingConflictError if they lack a reason.

    Concurrent bookings of the same people wait until this transaction ends.
    """
    lock_people(booked_people(request))
    conflicts = find_conflicts(request)
    if conflicts and not reason.strip():
        raise BookingConflictError(conflicts)
    return {one.place for one in conflicts}


def check_new_conflicts(
    stored: Lesson, lesson: Lesson, request: BookingRequest, reason: str, by: User | None
) -> None:
    """Check a change of `stored` and set the conflict override of `lesson`.

    A conflict that existed before needs no new reason. Raise BookingConflictError for a new conflict without
    one.
    """
    before = build_booking_request(stored)  # the caller has locked the lesson, so its people cannot change
    if request == before:
        return
    lock_people(booked_people(request))
    found = find_conflicts(request)
    new = new_conflicts(before, found)
    if new and not reason.strip():
        raise BookingConflictError(new)
    set_conflict_override(lesson, bool(found), reason or stored.conflict_reason, by)


def new_conflicts(before: BookingRequest | None, found: Sequence[BookingConflict]) -> list[BookingConflict]:
    """Return the conflicts that did not exist before."""
    old = {one.identity for one in find_conflicts(before)} if before and found else set()
    return [one for one in found if one.identity not in old]


def booked_people(request: BookingRequest) -> set[int]:
    """Return the people who must not be double-booked."""
    return {request.teacher.pk, *request.assistants, *request.students}


def lock_lessons(lessons: Iterable[int]) -> None:
    """Lock lessons (by pk) in ascending order until the transaction ends.

    Read them afterwards in another statement: a query with joins that waits for a row loses it if its teacher
    changed in the meantime.
    """
    rows = Lesson.objects.filter(pk__in=lessons).order_by("pk")
    list(rows.select_for_update().values_list("pk", flat=True))


def lock_people(people: Collection[int]) -> None:
    """Allow one booking at a time for each of these people of one school, until the transaction ends.

    Detect conflicts afterwards: the next statement sees the writes of earlier bookings. Up to
    MAX_PERSON_LOCKS people are locked in ascending order, under a shared lock of their school; more people
    lock the school exclusively. Lock terms, groups, courses and lessons before, and all people of a
    transaction in one call, so that deadlocks are rare; `service` retries them.
    """
    user_pks = sorted(set(people))
    exclusive = len(user_pks) > MAX_PERSON_LOCKS
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
        cursor.execute(_LOCK_SCHOOL_EXCLUSIVE if exclusive else _LOCK_SCHOOL_SHARED, [user_pks])
        if not exclusive:
            cursor.execute(_LOCK_PEOPLE, [user_pks])
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT")


@contextmanager
def enforce_teacher_constraint() -> Iterator[None]:
    """Check the exclusion constraint on teachers at the end of this block instead of the transaction.

    Raise `concurrency.Conflict` at `teacher` (REST: 409) if a concurrent booking was faster.
    """
    try:
        with transaction.atomic():
            yield
            _set_constraint_mode("IMMEDIATE")
            _set_constraint_mode("DEFERRED")
    except IntegrityError as error:
        if TEACHER_CONSTRAINT not in str(error):
            raise
        message = _("The teacher was just planned for another lesson at this time. Check again.")
        raise concurrency.Conflict({"teacher": message}) from None


def _set_constraint_mode(when: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS {TEACHER_CONSTRAINT} {when}")


#: The columns that `set_conflict_override` writes.
OVERRIDE_FIELDS = ("conflict_allowed", "conflict_reason", "conflict_by", "conflict_at")


def set_conflict_override(lesson: Lesson, conflicted: bool, reason: str, by: User | None) -> None:
    """Set on an unsaved lesson that its conflict is allowed and by whom, or that it has none.

    Of two lessons in conflict, one carries the reason. So a lesson in conflict without a reason does not
    change: the other lesson was booked later and carries the reason.
    """
    reason = reason.strip()[:300]
    if conflicted and not reason:
        return
    if conflicted and (lesson.conflict_allowed, lesson.conflict_reason) != (True, reason):
        lesson.conflict_allowed, lesson.conflict_reason = True, reason
        lesson.conflict_by, lesson.conflict_at = by, timezone.now()
    elif not conflicted and not lesson.made_outside:
        lesson.conflict_allowed, lesson.conflict_reason = False, ""
        lesson.conflict_by = lesson.conflict_at = None
