"""The pages of long work."""

from datetime import timedelta

import pytest
from django.urls import reverse

from console.jobs import runner
from console.jobs.models import Job
from tests.support.page_client import client_for

pytestmark = pytest.mark.django_db

runner.register_job_type("tests.wait", label="Count")(lambda job: timedelta(hours=1))


@pytest.fixture
def client():
    """A browser whose reader speaks English."""
    return client_for()


@pytest.fixture
def job(school, alice):
    return runner.enqueue_job("tests.wait", enterprise=school, by=alice, total=4)


def test_an_open_job_shows_how_far_it_is_and_asks_again_by_itself(client, alice, job):
    Job.objects.filter(pk=job.pk).update(state="running", done=1)
    client.force_login(alice)
    page = client.get(reverse("jobs:job", args=[job.pk])).content.decode()
    assert "1 of 4 done" in page
    assert 'value="25"' in page
    assert 'data-live="2"' in page


def test_a_job_that_is_over_asks_no_more(client, alice, job):
    Job.objects.filter(pk=job.pk).update(state="failed", done=1, reason="It cannot go on.")
    client.force_login(alice)
    page = client.get(reverse("jobs:job", args=[job.pk])).content.decode()
    assert "It cannot go on." in page
    assert "data-live" not in page
    assert reverse("jobs:stop", args=[job.pk]) not in page


def test_a_job_is_listed_and_can_be_stopped(client, alice, job):
    client.force_login(alice)
    assert "Count" in client.get(reverse("jobs:jobs")).content.decode()
    page = client.post(reverse("jobs:stop", args=[job.pk]), follow=True).content.decode()
    assert "Stopped." in page
    assert "already ended" in client.post(reverse("jobs:stop", args=[job.pk]), follow=True).content.decode()


def test_another_school_and_a_teacher_see_nothing_of_it(client, bob, charlie, job):
    client.force_login(charlie)
    assert client.get(reverse("jobs:job", args=[job.pk])).status_code == 404
    assert client.post(reverse("jobs:stop", args=[job.pk])).status_code == 404
    client.force_login(bob)
    assert client.get(reverse("jobs:jobs")).status_code == 403
    job.refresh_from_db()
    assert job.state == "waiting"
