"""Run jobs: claim one, run its steps and save the progress with each step.

A step runs in one transaction. What it needs from another host it asks for between two: it returns an
ExternalCall, whose answer is recorded only if the job is still ours.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_noop

from console.call_limits import Slots
from console.jobs.models import Job
from console.statement_limits import allow_long_statements, is_statement_timeout
from console.wakeup import wake_worker

log = logging.getLogger(__name__)
State = Job.State
TASK, CALLING_TASK = "console.jobs.tasks.run_jobs", "console.jobs.tasks.run_calling_jobs"
#: Consecutive failures after which a job fails.
MAX_FAILURES = 5
TOO_LONG = gettext_noop("The database took too long for a step of this job, so the step was ended.")
IMMEDIATELY = timedelta(0)
#: What a step may set.
PROGRESS_FIELDS = ("done", "failed", "total", "cursor", "result")


class JobFailed(Exception):
    """Raised by a step that cannot continue. The first argument is the msgid of a text for the job's page."""


class _JobLost(Exception):
    """The job was stopped, or another process has claimed it since."""


class ExternalCall(NamedTuple):
    """Work of a step that must not hold a transaction: requests to another host, or to the storage of files.

    `make()` runs without a transaction and returns what it found; it must end within `limit_s` seconds, for
    which the job stays claimed. `record(job, found)` then ends the step, inside a transaction. If the job was
    stopped or claimed meanwhile, `discard(found)` is called instead.
    """

    make: Callable[[], Any]
    record: "Callable[[Job, Any], StepResult]"
    limit_s: float
    discard: Callable[[Any], None] = lambda found: None


#: The delay of the next step (`IMMEDIATELY` or longer), None if the job is done, or what to do before.
StepResult = timedelta | ExternalCall | None
#: One step, inside a transaction. It sets `done`, `failed`, `total` and `cursor` on the job, which the runner
#: saves.
JobStep = Callable[[Job], StepResult]


class ProgressCount(NamedTuple):
    """A count that is part of the progress, such as "refused: 3", with the URL of its details."""

    label: str | Promise
    count: int  # type: ignore[assignment]  # the name of a method of tuples, which nobody calls
    url: str
    tone: str


@dataclass(frozen=True)
class JobType:
    """A type of job.

    `page(job)` returns the URL of its subject, or ""; `parts(job)` returns its counts. `home(job)` returns
    the line that the home page shows while the job goes on; without it, it shows none. `has_long_statements`:
    a step works through whole tables, and its statements may take LONG_STATEMENT_TIMEOUT_S. `is_calling`: it
    calls hosts that a school names, so workers of the queue `messages` run it.
    """

    name: str
    label: str | Promise
    step: JobStep
    page: Callable[[Job], str]
    parts: Callable[[Job], list[ProgressCount]]
    home: Callable[[Job], str] | None
    has_long_statements: bool
    is_calling: bool


_job_types: dict[str, JobType] = {}
_slots = Slots()


def register_job_type(
    name: str,
    *,
    label: str | Promise,
    page: Callable[[Job], str] = lambda job: "",
    parts: Callable[[Job], list[ProgressCount]] = lambda job: [],
    home: Callable[[Job], str] | None = None,
    has_long_statements: bool = False,
    is_calling: bool = False,
) -> Callable[[JobStep], JobStep]:
    """Register a type of job; apps do so at start."""

    def decorator(step: JobStep) -> JobStep:
        _job_types[name] = JobType(name, label, step, page, parts, home, has_long_statements, is_calling)
        return step

    return decorator


def lines_for_home() -> dict[str, Callable[[Job], str]]:
    """Return the functions that describe jobs on the home page, by the name of the type."""
    return {name: kind.home for name, kind in _job_types.items() if kind.home}


def job_type_of(name: str) -> JobType | None:
    """Return the job type of this name, or None if no app registers it any more."""
    return _job_types.get(name)


def enqueue_job(
    kind: str, *, enterprise: Any, by: Any, args: dict[str, Any] | None = None, total: int = 0
) -> Job:
    """Create a job and wake the worker after the commit. Call it inside the transaction of the request."""
    if kind not in _job_types:
        raise LookupError(f"No app has registered work of kind {kind!r}.")
    job = Job.objects.create(enterprise=enterprise, kind=kind, args=args or {}, total=total, created_by=by)
    task = CALLING_TASK if _job_types[kind].is_calling else TASK
    transaction.on_commit(lambda: wake_worker(task))
    return job


def stop_job(job: Job) -> bool:
    """Stop a job after the current step, keeping what is done. Return False if it has already ended."""
    return bool(
        Job.objects.filter(pk=job.pk, state__in=[State.WAITING, State.RUNNING]).update(
            state=State.STOPPED, finished_at=timezone.now()
        )
    )


def run_due_jobs(limit: int = 10_000, *, calling: bool | None = None) -> int:
    """Run steps of due jobs until none is due; return the number of steps.

    `calling`: only jobs that call hosts of schools, of each school SLOTS_OF_SCHOOL at a time in this process,
    or only others; by default both, one after the other.
    """
    done = 0
    slots = _slots if calling else Slots()
    while done < limit:
        with slots.take(partial(_claim_job, calling)) as job:
            if job is None:
                break
            done += _run_job(job, limit - done)
    return done


_CLAIM = """
UPDATE jobs_job SET state = 'running', fence = fence + 1,
    lease_until = clock_timestamp() + make_interval(secs => %s)
WHERE id = (
    SELECT id FROM jobs_job
    WHERE state IN ('waiting', 'running') AND due_at <= %s
      AND (kind = ANY(%s)) = ANY(%s) AND enterprise_id <> ALL(%s)
      AND (lease_until IS NULL OR lease_until < clock_timestamp())
    ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""


def _claim_job(calling: bool | None = None, without: Sequence[int] = ()) -> tuple[Job, int] | None:
    """Claim a job; return it with its school."""
    kinds = [name for name, kind in _job_types.items() if kind.is_calling]
    wanted = [True, False] if calling is None else [calling]
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [settings.LEASE_S, timezone.now(), kinds, wanted, list(without)])
        found = cursor.fetchone()
    job = Job.objects.get(pk=found[0]) if found else None
    return (job, job.enterprise_id) if job else None


def _run_job(job: Job, limit: int) -> int:
    """Run steps of one job until it pauses or ends; return the number of steps."""
    steps = 0
    while steps < limit:
        steps += 1
        try:
            delay = _run_step(job)
        except JobFailed as error:
            _finish_job(job, State.FAILED, str(error.args[0]))
            return steps
        except Exception as error:
            log.exception("a step of job %s failed", job.pk)
            _record_failure(job, TOO_LONG if is_statement_timeout(error) else "")
            return steps
        if delay is None:
            return steps
    _release_lease(job)
    return steps


def _run_step(job: Job) -> timedelta | None:
    """Run one step. Return None if this process has nothing more to do for the job now."""
    try:
        result = _run_in_transaction(job)
        while isinstance(result, ExternalCall):
            result = _make_call(job, result)
    except _JobLost:
        return None
    return result


def _make_call(job: Job, call: ExternalCall) -> StepResult:
    found = call.make()
    try:
        return _run_in_transaction(job, lambda current: call.record(current, found))
    except _JobLost:
        call.discard(found)
        raise


@transaction.atomic
def _run_in_transaction(job: Job, part: JobStep | None = None) -> StepResult:
    """Run a part of a step, by default its beginning, and save what it set on the job.

    Return None if the job is done or pauses. _JobLost if it is not ours any more.
    """
    # The fence excludes a job that another process has claimed since, the state one that was stopped.
    rows = Job.objects.select_for_update(no_key=True).filter(pk=job.pk, fence=job.fence, state=State.RUNNING)
    current = rows.select_related("enterprise").first()
    if current is None:
        raise _JobLost
    kind = job_type_of(current.kind)
    if kind is None:
        raise JobFailed(gettext_noop("This version does not support this job."))
    with allow_long_statements() if kind.has_long_statements else nullcontext():
        result = (part or kind.step)(current)
    if isinstance(result, ExternalCall):
        current.save(update_fields=PROGRESS_FIELDS)
        _renew_lease(current, settings.LEASE_S + result.limit_s)
        return result
    current.attempts = 0
    if result is None:
        current.state, current.finished_at = State.DONE, timezone.now()
    elif result > IMMEDIATELY:
        current.state, current.due_at, current.lease_until = State.WAITING, timezone.now() + result, None
    current.save(
        update_fields=[*PROGRESS_FIELDS, "attempts", "state", "due_at"]
        + ["finished_at"] * (result is None)
        + ["lease_until"] * bool(result)
    )
    if result == IMMEDIATELY:
        _renew_lease(current, settings.LEASE_S)
        return result
    return None


def _renew_lease(job: Job, seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE jobs_job SET lease_until = clock_timestamp() + make_interval(secs => %s) WHERE id = %s",
            [seconds, job.pk],
        )


def _release_lease(job: Job) -> None:
    Job.objects.filter(pk=job.pk, fence=job.fence, state=State.RUNNING).update(lease_until=None)


def _record_failure(job: Job, reason: str) -> None:
    """Schedule the step again with a delay, or fail the job after MAX_FAILURES for this reason."""
    attempts = Job.objects.filter(pk=job.pk).values_list("attempts", flat=True).first() or 0
    if attempts + 1 >= MAX_FAILURES:
        _finish_job(job, State.FAILED, reason)
        return
    Job.objects.filter(pk=job.pk, fence=job.fence, state=State.RUNNING).update(
        state=State.WAITING,
        attempts=attempts + 1,
        lease_until=None,
        due_at=timezone.now() + timedelta(seconds=settings.OUTBOX_BACKOFF_S * 2**attempts),
    )


def _finish_job(job: Job, state: str, reason: str) -> None:
    Job.objects.filter(pk=job.pk, fence=job.fence, state=State.RUNNING).update(
        state=state, reason=reason, finished_at=timezone.now(), lease_until=None
    )
