"""Doing jobs: claim, one portion after the other, progress written with each."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_noop

from console.bell import ring
from console.jobs.models import Job

log = logging.getLogger(__name__)
State = Job.State
#: Portions that fail in a row before the job is given up.
MOST_FAILURES = 5
AT_ONCE = timedelta(0)

#: One portion, inside a transaction: works, sets `done`, `failed`, `total`, `cursor` on the job (the machine
#: saves it), and answers when to go on: `AT_ONCE`, later, or None where the work is done.
Portion = Callable[[Job], timedelta | None]


class JobFailed(Exception):
    """Raised by a portion that cannot go on; the first argument is the sentence for its page (a msgid)."""


class Part(NamedTuple):
    """A number that the progress consists of, as "refused: 3", with the page of what is behind it."""

    label: str | Promise
    count: int
    url: str
    tone: str


@dataclass(frozen=True)
class Work:
    """A kind of job. `page(job)` is the address of what it is about, or empty; `parts(job)` its numbers."""

    name: str
    label: str | Promise
    portion: Portion
    page: Callable[[Job], str]
    parts: Callable[[Job], list[Part]]


_works: dict[str, Work] = {}


def work(
    name: str,
    *,
    label: str | Promise,
    page: Callable[[Job], str] = lambda job: "",
    parts: Callable[[Job], list[Part]] = lambda job: [],
) -> Callable[[Portion], Portion]:
    """Register a kind of job; each app's `work` module does it at start."""

    def keep(portion: Portion) -> Portion:
        _works[name] = Work(name, label, portion, page, parts)
        return portion

    return keep


def work_of(name: str) -> Work | None:
    """The kind of this name; None for one that no app has registered any more."""
    return _works.get(name)


def start(kind: str, *, enterprise: Any, by: Any, args: dict[str, Any] | None = None, total: int = 0) -> Job:
    """Ask for a piece of work; call it inside the transaction of what it is about."""
    if kind not in _works:
        raise LookupError(f"No app has registered work of kind {kind!r}.")
    job = Job.objects.create(enterprise=enterprise, kind=kind, args=args or {}, total=total, created_by=by)
    transaction.on_commit(lambda: ring("console.jobs.tasks.work"))
    return job


def stop(job: Job) -> bool:
    """Stop after the present portion; False where it was over already. What is done stays done."""
    return bool(
        Job.objects.filter(pk=job.pk, state__in=[State.WAITING, State.RUNNING]).update(
            state=State.STOPPED, finished_at=timezone.now()
        )
    )


def drain(limit: int = 10_000) -> int:
    """Do portions of jobs that are due until none is; returns how many portions."""
    done = 0
    while done < limit and (job := _claim()):
        done += _go_on(job, limit - done)
    return done


_CLAIM = """
UPDATE jobs_job SET state = 'running', fence = fence + 1,
    lease_until = clock_timestamp() + make_interval(secs => %s)
WHERE id = (
    SELECT id FROM jobs_job
    WHERE state IN ('waiting', 'running') AND due_at <= %s
      AND (lease_until IS NULL OR lease_until < clock_timestamp())
    ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""


def _claim() -> Job | None:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [settings.LEASE_S, timezone.now()])
        found = cursor.fetchone()
    return Job.objects.get(pk=found[0]) if found else None


def _go_on(job: Job, limit: int) -> int:
    """Portions of one job until it pauses or ends; returns how many were tried."""
    tried = 0
    while tried < limit:
        tried += 1
        try:
            again = _portion(job)
        except JobFailed as known:
            _end(job, State.FAILED, str(known.args[0]))
            return tried
        except Exception:
            log.exception("a portion of job %s failed", job.pk)
            _failed(job)
            return tried
        if again is None:
            return tried
    _let_go(job)
    return tried


@transaction.atomic
def _portion(job: Job) -> timedelta | None:
    """One portion; None where this process has nothing more to do with the job now."""
    mine = Job.objects.select_for_update(no_key=True).filter(pk=job.pk, fence=job.fence, state=State.RUNNING)
    current = mine.select_related("enterprise").first()
    if current is None:
        return None
    kind = work_of(current.kind)
    if kind is None:
        raise JobFailed(gettext_noop("This version knows no such work."))
    again = kind.portion(current)
    current.attempts = 0
    if again is None:
        current.state, current.finished_at = State.DONE, timezone.now()
    elif again > AT_ONCE:
        current.state, current.due_at, current.lease_until = State.WAITING, timezone.now() + again, None
    current.save(
        update_fields=["done", "failed", "total", "cursor", "result", "attempts", "state", "due_at"]
        + ["finished_at"] * (again is None)
        + ["lease_until"] * bool(again)
    )
    if again == AT_ONCE:
        _renew(current)
        return again
    return None


def _renew(job: Job) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE jobs_job SET lease_until = clock_timestamp() + make_interval(secs => %s) WHERE id = %s",
            [settings.LEASE_S, job.pk],
        )


def _let_go(job: Job) -> None:
    Job.objects.filter(pk=job.pk, fence=job.fence, state=State.RUNNING).update(lease_until=None)


def _failed(job: Job) -> None:
    """Try the portion again later, and give up after several."""
    attempts = Job.objects.filter(pk=job.pk).values_list("attempts", flat=True).first() or 0
    if attempts + 1 >= MOST_FAILURES:
        _end(job, State.FAILED, "")
        return
    Job.objects.filter(pk=job.pk, fence=job.fence, state=State.RUNNING).update(
        state=State.WAITING,
        attempts=attempts + 1,
        lease_until=None,
        due_at=timezone.now() + timedelta(seconds=settings.OUTBOX_BACKOFF_S * 2**attempts),
    )


def _end(job: Job, state: str, reason: str) -> None:
    Job.objects.filter(pk=job.pk, fence=job.fence, state=State.RUNNING).update(
        state=state, reason=reason, finished_at=timezone.now(), lease_until=None
    )
