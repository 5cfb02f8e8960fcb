"""Background jobs on the home page while they go on."""

import re
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Enterprise, User
from classes.demo.history import HISTORY_JOB_KIND
from console.jobs.models import Job

pytestmark = pytest.mark.django_db
LIVE = re.compile(r'id="home-jobs" class="job-progress" data-live="(\d+)"')
LINE = "Filling in four weeks of lessons: 12 of 80"


@pytest.fixture
def filling(school: Enterprise) -> Job:
    return Job.objects.create(
        enterprise=school, kind=HISTORY_JOB_KIND, args={"lessons": []}, total=80, done=12, state="running"
    )


def test_an_administrator_sees_how_far_it_is_until_it_is_done(
    browse: Any, client: Any, alice: User, filling: Job
) -> None:
    page = browse(alice, "/").content.decode()
    assert LINE in page
    assert LIVE.search(page).group(1) == "3"

    Job.objects.filter(pk=filling.pk).update(done=80, state="done")
    page = browse(alice, "/").content.decode()
    assert LINE not in page
    assert LIVE.search(page).group(1) == "30"


def test_a_refresh_asks_for_the_lines_alone_and_is_empty_at_the_end(
    client: Any, alice: User, filling: Job
) -> None:
    client.force_login(alice)
    refresh = {"X-Live": "home-jobs", "Accept-Language": "en"}
    part = client.get("/", headers=refresh).content.decode()
    assert LINE in part
    assert 'id="today"' not in part

    Job.objects.filter(pk=filling.pk).update(state="done")
    assert "<progress" not in client.get("/", headers=refresh).content.decode()


def test_a_job_that_failed_is_named_without_asking_every_few_seconds(
    browse: Any, alice: User, filling: Job
) -> None:
    Job.objects.filter(pk=filling.pk).update(state="failed", finished_at=timezone.now())
    page = browse(alice, "/").content.decode()
    assert "Filling in past lessons stopped at 12 of 80" in page
    assert LIVE.search(page).group(1) == "30"


def test_a_teacher_and_another_school_do_not_see_it(
    browse: Any, bob: User, charlie: User, filling: Job
) -> None:
    assert "home-jobs" not in browse(bob, "/").content.decode()
    assert LINE not in browse(charlie, "/").content.decode()


def test_a_job_without_a_line_of_its_own_stays_on_its_own_page(
    browse: Any, alice: User, school: Enterprise
) -> None:
    Job.objects.create(enterprise=school, kind="lessons.bulk", total=3, state="running")
    assert "<progress" not in browse(alice, "/").content.decode()
