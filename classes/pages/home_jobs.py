"""Background jobs that the home page shows: those that go on, and those that failed lately."""

from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from console.jobs.models import Job
from console.jobs.runner import lines_for_home
from console.policy import may, scoped

#: How long a failed job is shown, unless a later one of its type follows.
FAILED_SHOWN = timedelta(days=1)
State = Job.State


class HomeJob(NamedTuple):
    """A job: whether it goes on or failed, its line, its progress from 0 to 100, and its page."""

    is_open: bool
    text: str
    percent: int
    url: str


def list_home_jobs(reader: Any) -> list[HomeJob] | None:
    """Return the jobs of the reader's school with a line for the home page, the oldest first.

    None for a reader who may not see jobs.
    """
    if not may(reader, "list", "job"):
        return None
    later = Job.objects.filter(
        enterprise=OuterRef("enterprise"), kind=OuterRef("kind"), pk__gt=OuterRef("pk")
    )
    lately = Q(state=State.FAILED, finished_at__gt=timezone.now() - FAILED_SHOWN) & ~Exists(later)
    lines = lines_for_home()
    shown = Job.objects.filter(Q(state__in=(State.WAITING, State.RUNNING)) | lately, kind__in=lines)
    return [
        HomeJob(job.is_open, lines[job.kind](job), job.percent, reverse("jobs:job", args=[job.pk]))
        for job in scoped(shown, reader, "job", "list").order_by("pk")
    ]
