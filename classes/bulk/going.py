"""Cancelling many lessons that somebody chose, as one act, with the job that shows how each fared."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from accounts.models import Enterprise, User
from classes.bulk import push
from classes.bulk.cancelling import cancel_lessons
from classes.bulk.editing import LOCKED
from classes.models import Lesson
from classes.phases import phase_of
from console.audit.trail import record
from console.jobs.models import Job


@dataclass
class Going:
    """`lessons` would be cancelled; `locked` cannot be, each with the reason."""

    lessons: list[Lesson] = field(default_factory=list)
    locked: list[tuple[Lesson, str]] = field(default_factory=list)


def going_of(lessons: Sequence[Lesson]) -> Going:
    """What `cancel_many` would do."""
    found, now = Going(), timezone.now()
    for one in lessons:
        phase = phase_of(one, now).name
        if phase in LOCKED and phase != "not_held":
            found.locked.append((one, str(LOCKED[phase])))
        else:
            found.lessons.append(one)
    return found


@transaction.atomic
def cancel_many(
    *,
    school: Enterprise,
    lessons: Sequence[Lesson],
    by: User | None,
    reason: str = "",
    notice: str = "",
    tell: bool = True,
) -> Job:
    """Cancel those that have not begun, in one transaction with one line of the trail.

    Who was invited hears of all of them once, with the words of `notice`, unless `tell` is off. The job that
    is returned shows what became of each; who began or was cancelled meanwhile is left as it is.
    """
    gone = cancel_lessons(school, lessons, by=by, reason=reason, notice=notice, tell=tell)
    keys = sorted(one.pk for one in gone)
    left = [one.pk for one in lessons if one.pk not in set(keys)]
    told = {"lessons": keys, "locked": len(left)}
    record("lesson.cancel_many", by=by, enterprise=school, after=told, reason=reason)
    return push.start(school, keys, by=by, locked=left, act="cancel")
