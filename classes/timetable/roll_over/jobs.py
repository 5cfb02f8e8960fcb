"""Jobs that carry out and undo large roll-overs. Each is one step: it happens as a whole or not at all."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils.translation import gettext_noop, override

from accounts.models import User
from classes.models import RollOver
from classes.timetable.roll_over.services import apply_roll_over, mark_draft
from classes.timetable.roll_over.undo import undo_roll_over
from console.jobs.models import Job
from console.jobs.runner import JobFailed
from console.policy import may

State = RollOver.State
NOT_ALLOWED = gettext_noop(
    "The person who requested this is no longer allowed to do it. Nothing was changed."
)
GONE = gettext_noop("This roll-over no longer exists. Nothing was changed.")


def run_apply_step(job: Job) -> timedelta | None:
    """Carry out the roll-over; store why if that was not possible."""
    roll_over, by = _roll_over(job), _actor(job, "change")
    with override(job.args.get("language")):
        try:
            apply_roll_over(
                roll_over=roll_over, seen=job.args["seen"], by=by, reason=roll_over.reason, job=job.pk
            )
            job.done = job.total
        except (ValidationError, PermissionDenied) as error:
            mark_draft(roll_over, job.pk)
            _store_failure(job, error)
    return None


def run_undo_step(job: Job) -> timedelta | None:
    """Undo the roll-over; store why if that was not possible."""
    roll_over, by = _roll_over(job), _actor(job, "undo")
    with override(job.args.get("language")):
        try:
            undo_roll_over(roll_over=roll_over, by=by, job=job.pk)
            job.done = job.total
        except (ValidationError, PermissionDenied) as error:
            own = RollOver.objects.filter(pk=roll_over.pk, state=State.UNDOING, job=job.pk)
            own.update(state=State.APPLIED)
            _store_failure(job, error)
    return None


def job_url(job: Job) -> str:
    """Return the page of the job's roll-over."""
    return reverse("classes:roll_over", args=[job.args["roll_over"]])


def _roll_over(job: Job) -> RollOver:
    found = RollOver.objects.filter(pk=job.args["roll_over"], enterprise=job.enterprise_id).first()
    if found is None:
        raise JobFailed(GONE)
    return found


def _actor(job: Job, action: str) -> User:
    """Return who asked for it, if they may still do it."""
    by: Any = job.created_by
    if by is None or not may(by, action, "roll_over"):
        raise JobFailed(NOT_ALLOWED)
    person: User = by
    return person


def _store_failure(job: Job, error: ValidationError | PermissionDenied) -> None:
    texts = error.messages if isinstance(error, ValidationError) else [str(error)]
    job.result, job.failed = {"error": " ".join(texts)}, job.total
