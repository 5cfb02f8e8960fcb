"""Job that follows a bulk change on its way to the service, lesson by lesson."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Enterprise, User
from classes.models import Lesson
from console.jobs import runner
from console.jobs.models import Job
from console.outbox.push_progress import push_progress_parts, update_push_progress
from console.outbox.states import SyncState

BULK_JOB_KIND = "lessons.push"
#: What is done to more lessons at once is final.
MAX_TAKEN_BACK = 50
#: Result of the change by the lesson's sync state.
STATE_RESULTS = {
    SyncState.IN_SYNC: "done",
    SyncState.CHANGED_OUTSIDE: "done",
    SyncState.GONE: "refused",
    SyncState.REFUSED: "refused",
    SyncState.NEEDS_YOU: "needs_you",
}


def start_bulk_job(
    school: Enterprise,
    lessons: Collection[int],
    *,
    by: User | None,
    locked: Collection[int] = (),
    same: Collection[int] = (),
    act: str = "change",
    before: Mapping[str, Any] | None = None,
) -> Job:
    """Start the job, in the transaction of the change.

    `locked` lessons could not be changed, `same` ones needed no change. `act` is "change" or "cancel".
    `before` takes the change back; None if it is final.
    """
    args: dict[str, Any] = {"lessons": list(lessons), "locked": list(locked), "same": list(same), "act": act}
    args |= {} if before is None else {"before": before}
    return runner.enqueue_job(BULK_JOB_KIND, enterprise=school, by=by, args=args, total=len(args["lessons"]))


def undo_values(job: Job | None) -> dict[str, Any] | None:
    """Return the values for `offer_undo` with the act "lesson.cancel_many" or "lesson.change_many".

    They are kept in the job; None if it is final.
    """
    return {} if job and "before" in job.args else None


def find_revocable_job(by: Any, key: int) -> Job:
    """Return the job of an act that `by` takes back. Raise ValidationError if their school has none."""
    job = Job.objects.filter(pk=key, kind=BULK_JOB_KIND, enterprise=by.enterprise).first()
    if job is None or undo_values(job) is None:
        raise ValidationError(_("This cannot be taken back."))
    return job


def run_step(job: Job) -> timedelta | None:
    """Count the states again; finished once nothing is pending."""
    rows = Lesson.objects.filter(pk__in=job.args["lessons"], enterprise=job.enterprise_id)
    states = Counter(
        STATE_RESULTS.get(SyncState(one), "waiting") for one in rows.values_list("sync_state", flat=True)
    )
    return update_push_progress(job, states)


def job_url(job: Job) -> str:
    return reverse("classes:lessons_changed", args=[job.pk])


def progress_parts(job: Job) -> list[runner.ProgressCount]:
    """The progress as numbers."""
    return push_progress_parts(job, lambda state: job_url(job))
