"""Jobs: portion by portion, each once, also over a killed process."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from console.jobs import runner
from console.jobs.models import Job

pytestmark = pytest.mark.django_db

#: What the jobs of these tests do with `args`, portion by portion.
DONE: list[int] = []


@runner.register_job_type("tests.count", label="Count")
def count(job):
    if job.done == job.args.get("fails_at") and not job.cursor.get("mended"):
        raise ValueError("a portion that fails")
    if job.done == job.args.get("gives_up_at"):
        raise runner.JobFailed("It cannot go on.")
    DONE.append(job.done)
    job.done += 1
    if job.done == job.total:
        job.result = {"sum": sum(range(job.total))}
        return None
    return timedelta(seconds=job.args.get("pause", 0))


#: What calls of the next job do, and what was discarded of them.
CALLS: list[Callable[[], object]] = []
DISCARDED: list[object] = []


@runner.register_job_type("tests.call", label="Call")
def call(job):
    job.cursor = {**job.cursor, "began": True}
    return runner.ExternalCall(CALLS[0], keep, 60, DISCARDED.append)


def keep(job, found):
    job.result = {"found": found, "began": job.cursor["began"], "transactions": len(connection.atomic_blocks)}


@pytest.fixture(autouse=True)
def nothing_done(settings):
    for used in (DONE, CALLS, DISCARDED):
        used.clear()
    settings.OUTBOX_BACKOFF_S = 0


def test_a_job_is_done_portion_by_portion_and_leaves_its_result(school, alice):
    job = runner.enqueue_job("tests.count", enterprise=school, by=alice, total=3)
    assert runner.run_due_jobs() == 3
    job.refresh_from_db()
    assert (job.state, job.done, job.percent, job.result) == ("done", 3, 100, {"sum": 3})
    assert job.finished_at is not None
    assert DONE == [0, 1, 2]


def test_a_job_that_pauses_goes_on_when_its_time_has_come(school, alice, time_machine):
    job = runner.enqueue_job("tests.count", enterprise=school, by=alice, total=2, args={"pause": 60})
    assert runner.run_due_jobs() == 1
    assert runner.run_due_jobs() == 0
    time_machine.move_to(timezone.now() + timedelta(seconds=61))
    assert runner.run_due_jobs() == 1
    job.refresh_from_db()
    assert job.state == "done"


def test_a_portion_that_fails_is_rolled_back_and_tried_again_then_given_up(school, alice):
    job = runner.enqueue_job("tests.count", enterprise=school, by=alice, total=3, args={"fails_at": 1})
    assert runner.run_due_jobs() == 2 + runner.MAX_FAILURES - 1
    job.refresh_from_db()
    assert (job.state, job.done) == ("failed", 1)


def test_a_portion_that_knows_why_it_cannot_go_on_says_so(school, alice):
    job = runner.enqueue_job("tests.count", enterprise=school, by=alice, total=3, args={"gives_up_at": 2})
    runner.run_due_jobs()
    job.refresh_from_db()
    assert (job.state, job.done, job.reason) == ("failed", 2, "It cannot go on.")


def test_what_a_dead_process_left_is_gone_on_with_once_its_lease_has_ended(school, alice, settings):
    settings.LEASE_S = 0.1
    job = runner.enqueue_job("tests.count", enterprise=school, by=alice, total=2)
    Job.objects.filter(pk=job.pk).update(state="running", lease_until=timezone.now() + timedelta(hours=1))
    assert runner.run_due_jobs() == 0
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(hours=1))
    assert runner.run_due_jobs() == 2


def test_a_stopped_job_stays_as_it_is(school, alice):
    job = runner.enqueue_job("tests.count", enterprise=school, by=alice, total=2)
    assert runner.stop_job(job)
    assert not runner.stop_job(job)
    assert runner.run_due_jobs() == 0
    job.refresh_from_db()
    assert (job.state, job.done) == ("stopped", 0)


def test_a_process_that_lost_its_lease_writes_nothing(school, alice):
    job = runner.enqueue_job("tests.count", enterprise=school, by=alice, total=2)
    mine, _school = runner._claim_job()
    Job.objects.filter(pk=job.pk).update(fence=mine.fence + 1)
    assert runner._run_step(mine) is None
    job.refresh_from_db()
    assert job.done == 0


def test_a_call_is_made_between_two_transactions_of_its_step(school, alice):
    outside = len(connection.atomic_blocks)
    CALLS.append(lambda: len(connection.atomic_blocks))
    job = runner.enqueue_job("tests.call", enterprise=school, by=alice)
    assert runner.run_due_jobs() == 1
    job.refresh_from_db()
    assert job.state == "done"
    assert job.result == {"found": outside, "began": True, "transactions": outside + 1}
    assert DISCARDED == []


def test_a_call_that_fails_is_made_again_and_given_up(school, alice):
    CALLS.append(lambda: 1 / 0)
    job = runner.enqueue_job("tests.call", enterprise=school, by=alice)
    assert runner.run_due_jobs() == runner.MAX_FAILURES
    job.refresh_from_db()
    assert (job.state, job.result) == ("failed", {})


@pytest.mark.parametrize("change", [{"state": "stopped"}, {"fence": 9}])
def test_what_a_call_found_for_a_job_that_was_lost_meanwhile_is_discarded(school, alice, change):
    job = runner.enqueue_job("tests.call", enterprise=school, by=alice)
    CALLS.append(lambda: Job.objects.filter(pk=job.pk).update(**change) and "found")
    runner.run_due_jobs(1)
    job.refresh_from_db()
    assert (job.result, job.finished_at) == ({}, None)
    assert DISCARDED == ["found"]


def test_a_job_stays_claimed_for_as_long_as_its_call_may_take(school, alice, settings):
    settings.LEASE_S = 0
    CALLS.append(lambda: runner._claim_job() is None)
    job = runner.enqueue_job("tests.call", enterprise=school, by=alice)
    runner.run_due_jobs(1)
    job.refresh_from_db()
    assert job.result["found"] is True


def test_work_that_nobody_registered_is_a_mistake_of_the_caller(school, alice):
    with pytest.raises(LookupError, match=r"tests\.nothing"):
        runner.enqueue_job("tests.nothing", enterprise=school, by=alice)
