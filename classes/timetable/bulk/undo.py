"""Cancel many lessons so that all of them can be taken back (`console.undo`)."""

from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied

from accounts.models import Enterprise, User
from classes.conflicts.guard import lock_lessons, lock_people
from classes.lessons.undo import undo_cancellation, values_before_cancellation
from classes.models import Lesson, Member
from classes.timetable.bulk.cancel_job import cancel_chosen_lessons
from classes.timetable.bulk.job import MAX_TAKEN_BACK, find_revocable_job
from console.concurrency import service
from console.jobs.models import Job
from console.jobs.runner import stop_job
from console.outbox.services import postpone
from console.policy import may, refusal_message
from console.undo import register_undo, undo_window


@service
def cancel_chosen_revocably(
    *,
    school: Enterprise,
    lessons: Sequence[Lesson],
    by: User | None,
    reason: str = "",
    notice: str = "",
    tell: bool = True,
) -> Job:
    """Cancel as `cancel_chosen_lessons` does, so that `undo_many` can take it back; see `cancel_so`."""
    return cancel_so(
        lessons,
        lambda: cancel_chosen_lessons(
            school=school, lessons=lessons, by=by, reason=reason, notice=notice, tell=tell
        ),
    )


def cancel_so(lessons: Sequence[Lesson], cancel: Callable[[], Job]) -> Job:
    """Call `cancel`, which cancels these lessons and returns its job, so that it can be taken back.

    The job keeps what `undo_many` needs for that (`job.undo_values`). One lesson whose cancellation is final
    makes all final. Call it inside a transaction.
    """
    keys = [one.pk for one in lessons]
    lock_lessons(keys)
    stored = Lesson.objects.filter(pk__in=keys)
    before = {} if len(keys) > MAX_TAKEN_BACK else {one.pk: values_before_cancellation(one) for one in stored}
    job = cancel()
    cancelled = Lesson.objects.filter(pk__in=job.args["lessons"])
    if not cancelled or any(before.get(one.pk) is None for one in cancelled):
        return job
    operations = {one.pk: postpone(one, undo_window()) for one in cancelled}
    if None in operations.values():
        return job
    job.args["before"] = [
        [pk, {**(before[pk] or {}), "operations": waiting}] for pk, waiting in operations.items()
    ]
    job.save(update_fields=["args"])
    return job


@service
def undo_many(*, job: Job, by: User | None) -> None:
    """Take all cancellations of this job back.

    Raise ValidationError, and take none back, if one was sent, or somebody was planned meanwhile.
    """
    before = sorted(job.args["before"])
    keys = [pk for pk, _values in before]
    lock_lessons(keys)
    lessons = Lesson.objects.select_related("teacher", "enterprise").in_bulk(keys)
    booked = Member.objects.filter(lesson__in=keys, user__isnull=False).values_list("user_id", flat=True)
    lock_people({*booked, *(one.teacher_id for one in lessons.values())})
    for pk, values in before:
        if not may(by, "plan", "lesson", lessons[pk]):
            raise PermissionDenied(refusal_message(by, "plan", "lesson", lessons[pk]))
        undo_cancellation(lesson=lessons[pk], by=by, values=values, together=keys)
    stop_job(job)


def _undo_many(by: Any, key: int, values: Any) -> None:
    undo_many(job=find_revocable_job(by, key), by=by)


register_undo("lesson.cancel_many", _undo_many, is_sent=True)
