"""Exports on a schedule in REST: schedules and runs to read, and files for who may export what they hold."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from classes.attendance.reports.exports.services import create_schedule, run_now
from classes.models import ExportRun, ExportSchedule
from classes.models.export_schedule import export_storage
from console.audit.models import AuditEntry
from console.jobs.runner import run_due_jobs
from console.policy.tokens import issue_token
from tests.support.rest_client import all_rows, rest_client

pytestmark = pytest.mark.django_db
SCHEDULES, RUNS = "/api/v1/exports/schedules/", "/api/v1/exports/runs/"


@pytest.fixture
def daily(alice: User) -> ExportSchedule:
    """The people of the school as CSV, every day at six, for Alice."""
    return create_schedule(by=alice, recipients=[alice], kind="people", every="day", hour=6)


def make(schedule: ExportSchedule) -> ExportRun:
    """Run a schedule now, as the worker does; return its run."""
    run_now(schedule=schedule, by=schedule.owner)
    run_due_jobs()
    return ExportRun.objects.latest("pk")


def client_with(user: User, *scopes: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {issue_token(user, scopes=scopes)}")
    return client


def test_a_schedule_is_read_with_its_owner_and_recipients(alice: User, daily: ExportSchedule) -> None:
    client = rest_client(alice)
    (row,) = all_rows(client, "exports/schedules/?kind=people")
    assert (row["kind"], row["every"], row["hour"], row["is_on"]) == ("people", "day", 6, True)
    assert (row["owner"], row["recipients"], row["group"], row["course"]) == ("alice", ["alice"], None, None)
    assert client.get(f"{SCHEDULES}{daily.pk}/").json() == row
    for answer in (client.post(SCHEDULES, {}), client.delete(f"{SCHEDULES}{daily.pk}/")):
        assert answer.status_code == 405


def test_a_run_has_the_address_of_its_file_and_a_download_is_recorded(
    alice: User, daily: ExportSchedule
) -> None:
    run, client = make(daily), rest_client(alice)
    (row,) = all_rows(client, f"exports/runs/?schedule={daily.pk}&state=done")
    assert client.get(f"{RUNS}{run.pk}/").json() == row
    assert (row["schedule"], row["state"], row["rows"], row["reason"]) == (daily.pk, "done", 1, "")
    assert (row["requested_by"], row["job"], row["bytes"]) == ("alice", run.job_id, run.bytes)
    assert row["file"] == f"http://testserver{RUNS}{run.pk}/file/"
    answer: Any = client.get(row["file"])
    content = b"".join(answer.streaming_content)
    assert (answer.status_code, len(content)) == (200, row["bytes"])
    assert b'"alice"' in content
    assert answer["Cache-Control"] == "no-store, private"
    entry = AuditEntry.objects.get(action="export_schedule.download")
    assert (entry.actor, entry.after["rows"]) == (alice, 1)


def test_a_run_without_a_file_has_no_address(alice: User, daily: ExportSchedule) -> None:
    run, client = make(daily), rest_client(alice)
    export_storage().delete(run.file.name)
    assert client.get(f"{RUNS}{run.pk}/file/").status_code == 404
    ExportRun.objects.update(file="")
    assert client.get(f"{RUNS}{run.pk}/").json()["file"] is None
    gone = client.get(f"{RUNS}{run.pk}/file/")
    assert (gone.status_code, gone.headers["Content-Type"]) == (404, "application/problem+json")
    assert not AuditEntry.objects.filter(action="export_schedule.download").exists()


def test_a_refused_run_says_why(alice: User, daily: ExportSchedule) -> None:
    run_now(schedule=daily, by=alice)
    User.objects.filter(pk=alice.pk).update(role="teacher")
    run_due_jobs()
    User.objects.filter(pk=alice.pk).update(role="admin")
    address = f"{RUNS}?fields=state,reason,file&state=refused"
    (row,) = rest_client(alice).get(address, headers={"Accept-Language": "en"}).json()["results"]
    assert row == {
        "state": "refused",
        "reason": "The role of its owner no longer allows this export.",
        "file": None,
    }


def test_nobody_else_reads_schedules_runs_or_files(
    alice: User, bob: User, charlie: User, daily: ExportSchedule
) -> None:
    run = make(daily)
    addresses = (SCHEDULES, RUNS, f"{SCHEDULES}{daily.pk}/", f"{RUNS}{run.pk}/", f"{RUNS}{run.pk}/file/")
    assert [rest_client(bob).get(one).status_code for one in addresses] == [403] * 5
    assert [rest_client(charlie).get(one).status_code for one in addresses] == [200, 200, 404, 404, 404]
    assert all_rows(rest_client(charlie), "exports/runs/") == []


def test_a_token_downloads_only_what_it_may_read_by_itself(alice: User, daily: ExportSchedule) -> None:
    run = make(daily)
    narrow = client_with(alice, "exports:read")
    assert narrow.get(f"{RUNS}{run.pk}/").status_code == 200
    refused = narrow.get(f"{RUNS}{run.pk}/file/")
    assert refused.status_code == 403
    assert "people:read" in refused.json()["detail"]
    assert client_with(alice, "people:read").get(f"{RUNS}{run.pk}/file/").status_code == 403
    both = client_with(alice, "exports:read", "people:read")
    answer: Any = both.get(f"{RUNS}{run.pk}/file/")
    assert b'"alice"' in b"".join(answer.streaming_content)


@pytest.mark.django_db(transaction=True)
def test_what_changed_since_is_listed_for_runs_and_schedules(alice: User, daily: ExportSchedule) -> None:
    client = rest_client(alice)
    positions = {path: client.get(f"{path}?updated_since=")["Updated-Until"] for path in (SCHEDULES, RUNS)}
    run = make(daily)
    daily.recipients.clear()
    for path, pk in ((SCHEDULES, daily.pk), (RUNS, run.pk)):
        changed = client.get(path, {"updated_since": positions[path]}).json()["results"]
        assert [one["id"] for one in changed] == [pk]


def test_runs_come_newest_first_and_by_pages(alice: User, daily: ExportSchedule) -> None:
    runs = [make(daily).pk for _ in range(3)]
    rows = all_rows(rest_client(alice), "exports/runs/?page_size=2&fields=id")
    assert [one["id"] for one in rows] == runs[::-1]
