"""Files in a bucket: stored there and downloaded again, and nothing lost while it does not answer."""

from datetime import timedelta

import pytest

from classes.attendance.reports.exports.presentation import run_rows
from classes.attendance.reports.exports.services import run_now
from classes.models import ExportRun
from console.audit.models import AuditEntry
from console.jobs.models import Job
from console.jobs.runner import MAX_FAILURES, run_due_jobs
from console.notifications.models import Notification
from tests.classes.attendance.reports.exports.conftest import PAGE
from tests.support.page_client import page_text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    """The client of the bucket tries once; the job tries again."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")


def stored(schedule, objects) -> list[str]:
    """The names in the bucket of the files of a schedule."""
    return [name for name in objects.names() if name.startswith(f"exports/{schedule.enterprise_id}/")]


def try_again(time_machine) -> Job:
    """Let the worker try the newest job once more, when its time has come."""
    time_machine.move_to(Job.objects.latest("pk").due_at + timedelta(seconds=1))
    run_due_jobs()
    return Job.objects.latest("pk")


def test_a_file_is_stored_in_the_bucket_and_downloaded(browse, alice, daily, make, objects):
    run = make(daily)
    name = f"exports/{run.file.name}"
    assert (run.state, stored(daily, objects)) == ("done", [name])
    answer = browse(alice, f"{PAGE}files/{run.pk}/")
    content = b"".join(answer.streaming_content)
    assert b'"alice"' in content
    assert len(content) == run.bytes
    assert ("GET", f"/school-1250000000/{name}") in objects.asked
    assert AuditEntry.objects.get(action="export_schedule.download").after["size"] == run.bytes


def test_a_bucket_that_does_not_answer_ends_in_a_sentence_and_the_next_run_is_stored(
    browse, alice, daily, make, objects, time_machine
):
    kept = make(daily)
    bucket, objects.moto = objects.moto, 9  # a port at which nobody listens
    run_now(schedule=daily, by=alice)
    run_due_jobs()
    for _ in range(MAX_FAILURES - 1):
        job = try_again(time_machine)
    assert job.state == Job.State.FAILED
    failed = ExportRun.objects.select_related("job").latest("pk")
    assert (failed.state, failed.file.name, failed.bytes) == ("waiting", "", 0)
    (row,) = run_rows([failed])
    sentence = "The file could not be made. Run it again, or ask the operator of the console."
    assert (row.outcome, row.is_open) == (sentence, False)
    assert sentence in page_text(browse(alice, PAGE))
    assert not Notification.objects.filter(key=f"export_run:{failed.pk}").exists()
    daily.refresh_from_db()
    assert daily.is_on
    objects.moto = bucket
    made = make(daily)
    assert made.state == "done"
    assert stored(daily, objects) == sorted(f"exports/{one.file.name}" for one in (kept, made))


def test_a_bucket_that_answers_again_in_time_gets_the_file_of_the_same_run(
    alice, daily, objects, time_machine
):
    bucket, objects.moto = objects.moto, 9
    run_now(schedule=daily, by=alice)
    run_due_jobs()
    assert ExportRun.objects.get().state == "waiting"
    objects.moto = bucket
    assert try_again(time_machine).state == Job.State.DONE
    run = ExportRun.objects.get()
    assert (run.state, stored(daily, objects)) == ("done", [f"exports/{run.file.name}"])
