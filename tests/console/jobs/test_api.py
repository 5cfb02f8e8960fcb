"""Jobs over REST: what a program reads of long work, and who."""

from datetime import timedelta

import pytest

from accounts.models import Enterprise, Role, User
from console.jobs import runner
from console.jobs.models import Job
from console.policy.tokens import issue_token
from tests.support.cast import create_person
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.django_db
JOBS = "/api/v1/jobs/"

runner.register_job_type("tests.steps", label="Count")(lambda job: timedelta(hours=1))


@pytest.fixture
def job(school: Enterprise, alice: User) -> Job:
    return runner.enqueue_job("tests.steps", enterprise=school, by=alice, total=4, args={"secret": "pebble"})


def test_an_open_job_says_how_far_it_is(alice: User, job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(state="running", done=1, failed=1)
    found = rest_client(alice).get(f"{JOBS}{job.pk}/")
    assert found.status_code == 200
    told = found.json()
    assert told.pop("created_at")
    assert told == {
        "id": job.pk,
        "kind": "tests.steps",
        "what": "Count",
        "state": "running",
        "total": 4,
        "done": 1,
        "failed": 1,
        "percent": 50,
        "reason": "",
        "created_by": "alice",
        "finished_at": None,
    }


def test_a_failed_job_says_why_in_the_language_of_the_reader(alice: User, job: Job) -> None:
    reason = "It cannot go on."
    Job.objects.filter(pk=job.pk).update(state="failed", reason=reason, kind="tests.gone")
    told = rest_client(alice).get(f"{JOBS}{job.pk}/").json()
    assert (told["state"], told["reason"], told["what"]) == ("failed", reason, "tests.gone")


def test_the_list_is_of_the_own_school_newest_first_and_by_state(
    school: Enterprise, other_school: Enterprise, alice: User, charlie: User, job: Job
) -> None:
    newer = runner.enqueue_job("tests.steps", enterprise=school, by=None, total=1)
    foreign = runner.enqueue_job("tests.steps", enterprise=other_school, by=charlie, total=1)
    Job.objects.filter(pk=job.pk).update(state="done")
    client = rest_client(alice)
    rows = client.get(JOBS).json()["results"]
    assert [(row["id"], row["created_by"]) for row in rows] == [(newer.pk, None), (job.pk, "alice")]
    assert [row["id"] for row in client.get(JOBS, {"state": "done"}).json()["results"]] == [job.pk]
    assert client.get(f"{JOBS}{foreign.pk}/").status_code == 404
    assert [row["id"] for row in rest_client(charlie).get(JOBS).json()["results"]] == [foreign.pk]


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.ADMIN, 200), (Role.TEACHER, 403), (Role.STUDENT, 403)],
)
def test_only_who_runs_the_school_reads_jobs(school: Enterprise, job: Job, role: str, status: int) -> None:
    client = rest_client(create_person(school, "erin", role))
    assert client.get(JOBS).status_code == status
    assert client.get(f"{JOBS}{job.pk}/").status_code == status


def test_jobs_are_only_read_and_by_a_token_of_their_scope(alice: User, job: Job) -> None:
    client = rest_client(alice)
    for method in ("post", "put", "patch", "delete"):
        assert getattr(client, method)(f"{JOBS}{job.pk}/").status_code == 405
    client.credentials(HTTP_AUTHORIZATION=f"Token {issue_token(alice, scopes=['people:write'])}")
    assert client.get(JOBS).status_code == 403
    client.credentials(HTTP_AUTHORIZATION=f"Token {issue_token(alice, scopes=['exchange:read'])}")
    assert client.get(JOBS).status_code == 200
