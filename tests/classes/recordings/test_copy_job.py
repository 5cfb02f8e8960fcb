"""A copy while somebody deletes the track or stops the job, and from a host that drips."""

import contextlib
import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from classes.recordings import copy_job
from console.jobs import runner
from tests.classes.factories import create_finished_lesson
from tests.classes.recordings.conftest import CONTENT, MEANWHILE
from tests.classes.recordings.test_archive import track
from tests.support.database import own_url
from tests.support.object_storage import ObjectStorage


def from_elsewhere(statement: str) -> Callable[[], None]:
    """Return a call that runs a statement on another connection, which waits for no lock."""

    def run() -> None:
        with psycopg.connect(own_url()) as other:
            other.execute("SET lock_timeout = '100ms'")
            other.execute(statement.encode())

    return run


@pytest.mark.django_db(transaction=True)
def test_a_track_is_deleted_while_a_part_of_it_is_fetched_and_nothing_of_it_stays(
    alice: Any, bob: Any, vendor: str, tmp_path: Any
) -> None:
    lesson = create_finished_lesson(bob, record_types=["remote"])
    row = track(lesson, f"{vendor}/a.mp4")
    job = copy_job.start_copy(lesson=lesson, by=alice)
    assert job is not None
    MEANWHILE.append(from_elsewhere("UPDATE classes_recording SET emptied_at = now(), url = ''"))
    runner.run_due_jobs()
    job.refresh_from_db()
    row.refresh_from_db()
    assert (job.state, row.url, row.copy.name) == ("done", "", "")
    assert list(tmp_path.glob("*.part")) == []


@pytest.mark.django_db(transaction=True)
def test_a_job_is_stopped_while_a_part_is_fetched_and_the_part_is_not_recorded(
    alice: Any, bob: Any, vendor: str, tmp_path: Any
) -> None:
    lesson = create_finished_lesson(bob, record_types=["remote"])
    track(lesson, f"{vendor}/a.mp4")
    job = copy_job.start_copy(lesson=lesson, by=alice)
    assert job is not None
    MEANWHILE.append(from_elsewhere("UPDATE jobs_job SET state = 'stopped'"))
    runner.run_due_jobs()
    job.refresh_from_db()
    assert (job.state, job.done, job.cursor) == ("stopped", 0, {})
    assert list(tmp_path.glob("*.part")) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", ["emptied", "stopped"])
def test_what_is_deleted_or_stopped_while_the_copy_is_stored_leaves_no_file(
    alice: Any, bob: Any, vendor: str, objects: ObjectStorage, change: str, monkeypatch: Any
) -> None:
    monkeypatch.setattr(copy_job, "PART_BYTES", len(CONTENT))
    lesson = create_finished_lesson(bob, record_types=["remote"])
    row = track(lesson, f"{vendor}/a.mp4")
    job = copy_job.start_copy(lesson=lesson, by=alice)
    assert job is not None
    assert runner.run_due_jobs(1) == 1
    job.refresh_from_db()
    call = copy_job.run_step(job)
    assert isinstance(call, runner.ExternalCall)
    statement = {
        "emptied": "UPDATE classes_recording SET emptied_at = now(), url = ''",
        "stopped": "UPDATE jobs_job SET state = 'stopped'",
    }[change]

    def store_meanwhile() -> Any:
        stored = call.make()
        from_elsewhere(statement)()
        return stored

    assert job.state == "running"
    with pytest.raises(runner._JobLost) if change == "stopped" else contextlib.nullcontext():
        runner._make_call(job, call._replace(make=store_meanwhile))
    row.refresh_from_db()
    assert row.copy.name == ""
    prefix = f"recordings/{row.enterprise_id}/{row.pk}-"
    assert [name for name in objects.names() if name.startswith(prefix)] == []


@pytest.mark.django_db
def test_a_host_that_drips_does_not_hold_a_part_longer_than_its_limit(
    alice: Any, bob: Any, vendor: str, monkeypatch: Any
) -> None:
    monkeypatch.setattr(copy_job, "FETCH_LIMIT_S", 0.5)
    lesson = create_finished_lesson(bob, record_types=["remote"])
    track(lesson, f"{vendor}/drips.mp4")
    job = copy_job.start_copy(lesson=lesson, by=alice)
    assert job is not None
    before = time.monotonic()
    runner.run_due_jobs(1)
    assert time.monotonic() - before < 8, "the wait for the next byte alone would be 10 seconds"
    job.refresh_from_db()
    assert (job.state, job.attempts, job.cursor) == ("waiting", 1, {})
