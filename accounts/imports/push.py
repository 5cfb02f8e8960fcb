"""The job that follows an import on its way to the service, and tells the importer how it ended."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.models import PeopleImport, User
from console.jobs import machine
from console.jobs.models import Job
from console.notices.tell import tell
from console.outbox.states import State

PUSH = "people.push"
#: States of an operation by what they mean to the importer.
MEANINGS: dict[str, tuple[State, ...]] = {
    "done": (State.DONE, State.SUPERSEDED),
    "refused": (State.REFUSED, State.PARKED),
    "needs_you": (State.NEEDS_YOU,),
    "waiting": (State.READY, State.SENDING, State.UNKNOWN, State.PROBING, State.HELD),
}

#: What these are called, and in which tone.
WORDS: dict[str, tuple[str | Promise, str]] = {
    "done": (_("in sync"), "ok"),
    "waiting": (_("waiting"), "busy"),
    "refused": (_("refused"), "bad"),
    "needs_you": (_("needs you"), "bad"),
}


def follow(source: PeopleImport, *, by: User | None) -> Job:
    """Start the job; its progress is that of the operations that rows of the import name."""
    total = source.lines.filter(operation__isnull=False).count()
    args = {"import": source.pk, "undone": source.state == PeopleImport.State.UNDONE}
    return machine.start(PUSH, enterprise=source.enterprise, by=by, args=args, total=total)


def standing(source: PeopleImport) -> dict[str, int]:
    """How many operations of the import are in which of MEANINGS."""
    rows = source.lines.filter(operation__isnull=False).order_by()
    by_state = dict(rows.values_list("operation__state").annotate(n=Count("pk")))
    return {name: _sum(by_state, states) for name, states in MEANINGS.items()}


def _sum(by_state: dict[str, int], states: Iterable[str]) -> int:
    return sum(by_state.get(state, 0) for state in states)


def portion(job: Job) -> timedelta | None:
    """Count again; over once nothing waits any more."""
    source = PeopleImport.objects.filter(pk=job.args["import"]).first()
    if source is None:
        raise machine.JobFailed(gettext_noop("The import is gone."))
    counts = standing(source)
    job.done, job.failed = counts["done"], counts["refused"] + counts["needs_you"]
    job.result = {"states": counts}
    if counts["waiting"]:
        return timedelta(seconds=settings.IMPORT_LOOK_S)
    _tell(job, source, counts)
    return None


def _tell(job: Job, source: PeopleImport, counts: dict[str, Any]) -> None:
    if job.created_by is None:
        return
    kind = "import.pushed" if not job.failed else "import.pushed_in_part"
    told = {"file": source.filename, "done": job.done, "failed": job.failed}
    tell(kind, people=[job.created_by], key=f"job:{job.pk}", args=told, link=page(job))


def page(job: Job) -> str:
    """The page of the import that a job is about."""
    return reverse("accounts:import", args=[job.args["import"]])


def parts(job: Job) -> list[machine.Part]:
    """The progress as numbers, each leading to the people behind it."""
    counts = job.result.get("states", {})
    return [
        machine.Part(word, counts[name], f"{page(job)}?show=push_{name}", tone)
        for name, (word, tone) in WORDS.items()
        if counts.get(name)
    ]
