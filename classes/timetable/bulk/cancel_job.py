"""Cancel selected lessons in one action, with a job that reports the result of each."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from accounts.models import Enterprise, User
from classes.lessons.status import phase_of
from classes.models import Lesson
from classes.timetable.bulk import job
from classes.timetable.bulk.cancellation import cancel_lessons
from classes.timetable.bulk.services import LOCKED_REASONS
from console.audit.trail import record
from console.concurrency import service
from console.jobs.models import Job


@dataclass
class CancelPreview:
    """`lessons` would be cancelled; `locked` cannot be, each with the reason."""

    lessons: list[Lesson] = field(default_factory=list)
    locked: list[tuple[Lesson, str]] = field(default_factory=list)


def preview_cancel(lessons: Sequence[Lesson]) -> CancelPreview:
    """Return what `cancel_chosen_lessons` would do."""
    preview, now = CancelPreview(), timezone.now()
    for lesson in lessons:
        phase = phase_of(lesson, now).name
        if phase in LOCKED_REASONS and phase != "not_held":
            preview.locked.append((lesson, str(LOCKED_REASONS[phase])))
        else:
            preview.lessons.append(lesson)
    return preview


@service
def cancel_chosen_lessons(
    *,
    school: Enterprise,
    lessons: Sequence[Lesson],
    by: User | None,
    reason: str = "",
    notice: str = "",
    tell: bool = True,
) -> Job:
    """Cancel those that have not begun, in one transaction with one audit entry.

    Invited people are notified once of all of them, with the message `notice`, unless `tell` is off. The
    returned job reports the result of each; lessons that began or were cancelled meanwhile stay as they are.
    """
    cancelled = cancel_lessons(school, lessons, by=by, reason=reason, notice=notice, tell=tell)
    keys = sorted(one.pk for one in cancelled)
    skipped = [one.pk for one in lessons if one.pk not in set(keys)]
    after = {"lessons": keys, "locked": len(skipped)}
    record("lesson.cancel_many", by=by, enterprise=school, after=after, reason=reason)
    return job.start_bulk_job(school, keys, by=by, locked=skipped, act="cancel")
