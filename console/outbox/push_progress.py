"""Progress of jobs that follow operations until all of them are sent."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from console.jobs.models import Job
from console.jobs.runner import ProgressCount
from console.outbox.states import OperationState

#: Operation states grouped as shown to whoever started the job.
PUSH_STATES: dict[str, tuple[OperationState, ...]] = {
    "done": (OperationState.DONE, OperationState.SUPERSEDED),
    "refused": (OperationState.REFUSED, OperationState.PARKED),
    "needs_you": (OperationState.NEEDS_YOU,),
    "waiting": (
        OperationState.READY,
        OperationState.SENDING,
        OperationState.UNKNOWN,
        OperationState.PROBING,
        OperationState.HELD,
    ),
}

#: Label and tone of each group of states.
PUSH_STATE_LABELS: dict[str, tuple[str | Promise, str]] = {
    "done": (_("in sync"), "ok"),
    "waiting": (_("waiting"), "busy"),
    "refused": (_("rejected"), "bad"),
    "needs_you": (_("needs attention"), "bad"),
}


def count_push_states(by_state: Mapping[str, int]) -> dict[str, int]:
    """Return the number of operations by key of PUSH_STATES, from their number by state."""
    return {name: sum(by_state.get(state, 0) for state in states) for name, states in PUSH_STATES.items()}


def update_push_progress(job: Job, counts: Mapping[str, int]) -> timedelta | None:
    """Set the counts on the job; return the delay until the next look, or None if nothing is waiting."""
    job.done, job.failed = counts.get("done", 0), counts.get("refused", 0) + counts.get("needs_you", 0)
    job.result = {"states": dict(counts)}
    return timedelta(seconds=settings.IMPORT_PROGRESS_S) if counts.get("waiting") else None


def push_progress_parts(job: Job, url: Callable[[str], str]) -> list[ProgressCount]:
    """Return the counts by state; `url` returns the page of the details of a key of PUSH_STATES."""
    counts = job.result.get("states", {})
    return [
        ProgressCount(label, counts[name], url(name), tone)
        for name, (label, tone) in PUSH_STATE_LABELS.items()
        if counts.get(name)
    ]
