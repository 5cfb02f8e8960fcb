"""The job that follows a change of many lessons on its way to the service, lesson by lesson."""

from collections import Counter
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.imports.push import WORDS
from accounts.models import Enterprise, User
from classes.models import Lesson
from console.jobs import machine
from console.jobs.models import Job
from console.outbox.states import SyncState

KIND = "lessons.push"
#: What the state that a lesson shows means to whoever changed it.
MEANING = {
    SyncState.IN_SYNC: "done",
    SyncState.CHANGED_OUTSIDE: "done",
    SyncState.GONE: "refused",
    SyncState.REFUSED: "refused",
    SyncState.NEEDS_YOU: "needs_you",
}


def start(
    school: Enterprise,
    lessons: Collection[int],
    *,
    by: User | None,
    locked: Collection[int] = (),
    same: Collection[int] = (),
    act: str = "change",
) -> Job:
    """Start the job, in the transaction of the change. `locked` lessons could not be changed, `same` ones
    were as they should be already. `act` is "change" or "cancel"."""
    args = {"lessons": list(lessons), "locked": list(locked), "same": list(same), "act": act}
    return machine.start(KIND, enterprise=school, by=by, args=args, total=len(args["lessons"]))


def portion(job: Job) -> timedelta | None:
    """Count again; over once nothing waits any more."""
    rows = Lesson.objects.filter(pk__in=job.args["lessons"], enterprise=job.enterprise_id)
    states = Counter(
        MEANING.get(SyncState(one), "waiting") for one in rows.values_list("sync_state", flat=True)
    )
    job.done, job.failed = states["done"], states["refused"] + states["needs_you"]
    job.result = {"states": dict(states)}
    return timedelta(seconds=settings.IMPORT_LOOK_S) if states["waiting"] else None


def page(job: Job) -> str:
    return reverse("classes:lessons_changed", args=[job.pk])


def parts(job: Job) -> list[machine.Part]:
    """The progress as numbers."""
    counts: dict[str, Any] = job.result.get("states", {})
    return [
        machine.Part(word, counts[name], page(job), tone)
        for name, (word, tone) in WORDS.items()
        if counts.get(name)
    ]
