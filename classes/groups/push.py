"""The job that follows a change of a group on its way to the service, lesson by lesson."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.urls import reverse

from accounts.imports.push import MEANINGS, WORDS
from accounts.models import StudentGroup, User
from classes.models import Lesson
from console.jobs import machine
from console.jobs.models import Job
from console.outbox.models import Operation
from console.outbox.states import State

KIND = "groups.push"


class Sent(NamedTuple):
    """A lesson that followed, the operation that carries it, how many came into it and left it."""

    lesson: int
    operation: int
    came: int
    went: int


class Line(NamedTuple):
    """A lesson of the report; `operation` carries it now, for a newer one may have replaced the first."""

    lesson: Lesson
    operation: Operation
    came: int
    went: int


def start(
    group: StudentGroup,
    sent: Sequence[Sent],
    *,
    by: User | None,
    came: int,
    went: int,
    locked: Collection[int],
    left: Collection[int],
) -> Job:
    """Start the job, in the transaction of the change; `locked` and `left` lessons did not follow."""
    args = {
        "group": group.pk,
        "name": group.name,
        "came": came,
        "went": went,
        "sent": sent,
        "locked": sorted(locked),
        "left": sorted(left),
    }
    return machine.start(KIND, enterprise=group.enterprise, by=by, args=args, total=len(sent))


def sent_of(job: Job) -> list[Sent]:
    return [Sent(*one) for one in job.args["sent"]]


def lines_of(job: Job) -> list[Line]:
    """The lessons that followed, the next first; the states are those of this moment."""
    sent = {one.lesson: one for one in sent_of(job)}
    operations = _now(sent_of(job))
    lessons = Lesson.objects.filter(pk__in=sent).select_related("teacher").order_by("starts_at", "id")
    return [
        Line(lesson, operations[lesson.pk], sent[lesson.pk].came, sent[lesson.pk].went)
        for lesson in lessons
        if lesson.pk in operations
    ]


def _now(sent: Sequence[Sent]) -> dict[int, Operation]:
    """By lesson: its operation, or the newest of its kind where that one was replaced."""
    asked = {one.operation: one.lesson for one in sent}
    rows = {asked[one.pk]: one for one in Operation.objects.filter(pk__in=asked)}
    replaced = [lesson for lesson, one in rows.items() if one.state == State.SUPERSEDED]
    newer = Operation.objects.filter(
        subject_type=Lesson._meta.label_lower, subject_id__in=replaced, kind="class.members"
    ).exclude(state=State.SUPERSEDED)
    return rows | {one.subject_id: one for one in newer.order_by("id")}


def portion(job: Job) -> timedelta | None:
    """Count again; over once nothing waits any more."""
    by_state = Counter(State(operation.state) for operation in _now(sent_of(job)).values())
    counts = {name: sum(by_state[one] for one in states) for name, states in MEANINGS.items()}
    job.done, job.failed = counts["done"], counts["refused"] + counts["needs_you"]
    job.result = {"states": counts}
    return timedelta(seconds=settings.IMPORT_LOOK_S) if counts["waiting"] else None


def page(job: Job) -> str:
    """The report of the change that a job is about."""
    return reverse("classes:group_pushed", args=[job.pk])


def parts(job: Job) -> list[machine.Part]:
    """The progress as numbers."""
    counts: dict[str, Any] = job.result.get("states", {})
    return [
        machine.Part(word, counts[name], page(job), tone)
        for name, (word, tone) in WORDS.items()
        if counts.get(name)
    ]
