"""Progress of jobs that follow operations: counted by what it means to a person, until nothing waits."""

from datetime import timedelta

import pytest

from console.jobs.models import Job
from console.outbox.push_progress import (
    PUSH_STATES,
    count_push_states,
    push_progress_parts,
    update_push_progress,
)
from console.outbox.states import OperationState


def test_every_state_of_an_operation_counts_once() -> None:
    grouped = [state for states in PUSH_STATES.values() for state in states]
    assert sorted(grouped) == sorted(OperationState)


def test_states_are_counted_by_what_they_mean() -> None:
    counts = count_push_states({"done": 2, "superseded": 1, "parked": 1, "held": 4})
    assert counts == {"done": 3, "refused": 1, "needs_you": 0, "waiting": 4}


@pytest.mark.parametrize(("waiting", "delay"), [(3, timedelta(seconds=7)), (0, None)])
def test_a_job_is_looked_at_again_while_something_waits(settings, waiting, delay) -> None:
    settings.IMPORT_PROGRESS_S = 7
    job = Job(total=9)
    assert update_push_progress(job, {"done": 4, "refused": 1, "needs_you": 1, "waiting": waiting}) == delay
    assert (job.done, job.failed, job.result["states"]["waiting"]) == (4, 2, waiting)


def test_the_parts_leave_out_what_nothing_is_in_and_lead_to_their_details() -> None:
    job = Job(result={"states": {"done": 4, "refused": 1, "waiting": 0}})
    parts = push_progress_parts(job, lambda state: f"/?show={state}")
    assert [(part.count, part.url, part.tone) for part in parts] == [
        (4, "/?show=done", "ok"),
        (1, "/?show=refused", "bad"),
    ]
