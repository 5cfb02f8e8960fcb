"""Jobs: portion by portion, each once, also over a killed process."""

from datetime import timedelta

import pytest
from django.utils import timezone

from console.jobs import machine
from console.jobs.models import Job

pytestmark = pytest.mark.django_db

#: What the jobs of these tests do with `args`, portion by portion.
DONE: list[int] = []


@machine.work("tests.count", label="Count")
def count(job):
    if job.done == job.args.get("fails_at") and not job.cursor.get("mended"):
        raise ValueError("a portion that fails")
    if job.done == job.args.get("gives_up_at"):
        raise machine.JobFailed("It cannot go on.")
    DONE.append(job.done)
    job.done += 1
    if job.done == job.total:
        job.result = {"sum": sum(range(job.total))}
        return None
    return timedelta(seconds=job.args.get("pause", 0))


@pytest.fixture(autouse=True)
def nothing_done(settings):
    DONE.clear()
    settings.OUTBOX_BACKOFF_S = 0


def test_a_job_is_done_portion_by_portion_and_leaves_its_result(school, alice):
    job = machine.start("tests.count", enterprise=school, by=alice, total=3)
    assert machine.drain() == 3
    job.refresh_from_db()
    assert (job.state, job.done, job.percent, job.result) == ("done", 3, 100, {"sum": 3})
    assert job.finished_at is not None
    assert DONE == [0, 1, 2]


def test_a_job_that_pauses_goes_on_when_its_time_has_come(school, alice, time_machine):
    job = machine.start("tests.count", enterprise=school, by=alice, total=2, args={"pause": 60})
    assert machine.drain() == 1
    assert machine.drain() == 0
    time_machine.move_to(timezone.now() + timedelta(seconds=61))
    assert machine.drain() == 1
    job.refresh_from_db()
    assert job.state == "done"


def test_a_portion_that_fails_is_rolled_back_and_tried_again_then_given_up(school, alice):
    job = machine.start("tests.count", enterprise=school, by=alice, total=3, args={"fails_at": 1})
    assert machine.drain() == 2 + machine.MOST_FAILURES - 1
    job.refresh_from_db()
    assert (job.state, job.done) == ("failed", 1)


def test_a_portion_that_knows_why_it_cannot_go_on_says_so(school, alice):
    job = machine.start("tests.count", enterprise=school, by=alice, total=3, args={"gives_up_at": 2})
    machine.drain()
    job.refresh_from_db()
    assert (job.state, job.done, job.reason) == ("failed", 2, "It cannot go on.")


def test_what_a_dead_process_left_is_gone_on_with_once_its_lease_has_ended(school, alice, settings):
    settings.LEASE_S = 0.1
    job = machine.start("tests.count", enterprise=school, by=alice, total=2)
    Job.objects.filter(pk=job.pk).update(state="running", lease_until=timezone.now() + timedelta(hours=1))
    assert machine.drain() == 0
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(hours=1))
    assert machine.drain() == 2


def test_a_stopped_job_stays_as_it_is(school, alice):
    job = machine.start("tests.count", enterprise=school, by=alice, total=2)
    assert machine.stop(job)
    assert not machine.stop(job)
    assert machine.drain() == 0
    job.refresh_from_db()
    assert (job.state, job.done) == ("stopped", 0)


def test_a_process_that_lost_its_lease_writes_nothing(school, alice):
    job = machine.start("tests.count", enterprise=school, by=alice, total=2)
    mine = machine._claim()
    Job.objects.filter(pk=job.pk).update(fence=mine.fence + 1)
    assert machine._portion(mine) is None
    job.refresh_from_db()
    assert job.done == 0


def test_work_that_nobody_registered_is_a_mistake_of_the_caller(school, alice):
    with pytest.raises(LookupError, match=r"tests\.nothing"):
        machine.start("tests.nothing", enterprise=school, by=alice)
