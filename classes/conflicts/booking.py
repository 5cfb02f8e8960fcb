"""Booking: nobody is planned twice by accident or by a race, and what is allowed has a reason."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from classes.conflicts.finding import Conflict, Wanted, conflicts_of, wanted_of
from classes.models import Lesson
from classes.models.lesson import ONCE_AT_A_TIME

_QUEUE = (
    "SELECT pg_advisory_xact_lock(hashtextextended('lessons of ' || who, 0)) FROM unnest(%s::bigint[]) who"
)


class Conflicted(ValidationError):
    """There are conflicts and nobody gave a reason to allow them."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        self.conflicts = list(conflicts)
        super().__init__(sentence(self.conflicts), code="conflict")


def sentence(conflicts: Sequence[Conflict]) -> str:
    """How many conflicts, and what to do."""
    days = len({one.day for one in conflicts})
    told = ngettext(
        "There is a conflict on %(days)s day: somebody is planned twice, or there are too many.",
        "There are conflicts on %(days)s days: somebody is planned twice, or there are too many.",
        days,
    ) % {"days": days}
    return f"{told} {_('Choose other times or people, or give a reason to allow it.')}"


def in_words(conflict: Conflict) -> str:
    """One conflict as a short sentence with its day."""
    if conflict.lesson is None:
        told = _("more students than the %(n)s that fit") % {"n": conflict.most}
    else:
        told = _("%(who)s has “%(topic)s” then") % {"who": conflict.name, "topic": conflict.lesson.topic}
    return f"{conflict.day:%Y-%m-%d}: {told}"


def allow(wanted: Wanted, reason: str) -> set[int]:
    """The places of the slots that need the reason; Conflicted where one does and there is no reason.

    Whoever books the same teacher or assistant at this moment waits until this transaction ends.
    """
    queue_up([wanted.teacher.pk, *wanted.assistants])
    conflicts = conflicts_of(wanted)
    if conflicts and not reason.strip():
        raise Conflicted(conflicts)
    return {one.place for one in conflicts}


def allow_new(stored: Lesson, lesson: Lesson, wanted: Wanted, reason: str, by: User | None) -> None:
    """Mark a lesson that is changed from `stored` into what is wanted. A conflict that was there before needs
    no new reason; Conflicted where there is another and no reason."""
    before = wanted_of(stored)
    if wanted == before:
        return
    queue_up([wanted.teacher.pk, *wanted.assistants])
    found = conflicts_of(wanted)
    new = brought(before, found)
    if new and not reason.strip():
        raise Conflicted(new)
    mark(lesson, bool(found), reason or stored.conflict_reason, by)


def brought(before: Wanted | None, found: Sequence[Conflict]) -> list[Conflict]:
    """Of these conflicts, those that were not there before."""
    old = {_named(one) for one in conflicts_of(before)} if before and found else set()
    return [one for one in found if _named(one) not in old]


def _named(conflict: Conflict) -> tuple[str, str, int | None]:
    return conflict.kind, conflict.who, conflict.lesson.pk if conflict.lesson else None


def queue_up(people: Collection[int]) -> None:
    """One booking at a time for each of these people, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_QUEUE, [sorted(set(people))])


@contextmanager
def judged() -> Iterator[None]:
    """Let the database judge at the end of this block, not of the transaction, that no teacher is twice at a
    time in what was written. ValidationError at `teacher`: somebody else was faster."""
    try:
        with transaction.atomic():
            yield
            _set("IMMEDIATE")
            _set("DEFERRED")
    except IntegrityError as error:
        if ONCE_AT_A_TIME not in str(error):
            raise
        told = _("The teacher has another lesson at this time. It was planned just now: look again.")
        raise ValidationError({"teacher": told}) from None


def _set(when: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS {ONCE_AT_A_TIME} {when}")


#: The columns that `mark` writes.
MARKED = ("conflict_allowed", "conflict_reason", "conflict_by", "conflict_at")


def mark(lesson: Lesson, conflicted: bool, reason: str, by: User | None) -> None:
    """Note on a lesson, not saved yet, that its conflict is allowed and by whom, or that it has none."""
    reason = reason.strip()[:300]
    if conflicted and (lesson.conflict_allowed, lesson.conflict_reason) != (True, reason):
        lesson.conflict_allowed, lesson.conflict_reason = True, reason
        lesson.conflict_by, lesson.conflict_at = by, timezone.now()
    elif not conflicted and not lesson.made_outside:
        lesson.conflict_allowed, lesson.conflict_reason = False, ""
        lesson.conflict_by = lesson.conflict_at = None
