"""Job that follows a group change on its way to the service, lesson by lesson."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import NamedTuple

from django.urls import reverse

from accounts.models import StudentGroup, User
from classes.models import Lesson
from console.jobs import runner
from console.jobs.models import Job
from console.outbox.models import Operation
from console.outbox.push_progress import count_push_states, push_progress_parts, update_push_progress
from console.outbox.states import OperationState

GROUP_JOB_KIND = "groups.push"


class SentLesson(NamedTuple):
    """A lesson that followed, the operation that carries it, how many people were added and removed."""

    lesson: int
    operation: int
    added: int
    removed: int


class ReportRow(NamedTuple):
    """A row of the report; `operation` is the current one, which may have replaced the first."""

    lesson: Lesson
    operation: Operation
    added: int
    removed: int


def start_group_job(
    group: StudentGroup,
    sent: Sequence[SentLesson],
    *,
    by: User | None,
    added: int,
    removed: int,
    locked: Collection[int],
    left: Collection[int],
    postponed: Sequence[int] | None = None,
    overridden: Sequence[tuple[int, str]] = (),
) -> Job:
    """Start the job, in the transaction of the change; `locked` and `left` lessons did not follow.

    `postponed` are the operations that wait as long as the change can be taken back, None if it cannot be;
    `overridden` are the lessons whose conflict it allowed, with the time at which it did.
    """
    args = {
        "group": group.pk,
        "name": group.name,
        "came": added,
        "went": removed,
        "sent": sent,
        "locked": sorted(locked),
        "left": sorted(left),
        "postponed": postponed,
        "overridden": overridden,
    }
    return runner.enqueue_job(GROUP_JOB_KIND, enterprise=group.enterprise, by=by, args=args, total=len(sent))


def sent_lessons(job: Job) -> list[SentLesson]:
    return [SentLesson(*one) for one in job.args["sent"]]


def report_rows(job: Job) -> list[ReportRow]:
    """Return the lessons that followed, by start, with their current operations."""
    sent = {one.lesson: one for one in sent_lessons(job)}
    operations = _current_operations(sent_lessons(job))
    lessons = Lesson.objects.filter(pk__in=sent).select_related("teacher").order_by("starts_at", "id")
    return [
        ReportRow(lesson, operations[lesson.pk], sent[lesson.pk].added, sent[lesson.pk].removed)
        for lesson in lessons
        if lesson.pk in operations
    ]


def _current_operations(sent: Sequence[SentLesson]) -> dict[int, Operation]:
    """By lesson: its operation, or the newest of its kind if that one was replaced."""
    lesson_of = {one.operation: one.lesson for one in sent}
    rows = {lesson_of[one.pk]: one for one in Operation.objects.filter(pk__in=lesson_of)}
    replaced = [lesson for lesson, one in rows.items() if one.state == OperationState.SUPERSEDED]
    newer = Operation.objects.filter(
        subject_type=Lesson._meta.label_lower, subject_id__in=replaced, kind="class.members"
    ).exclude(state=OperationState.SUPERSEDED)
    return rows | {one.subject_id: one for one in newer.order_by("id")}


def run_step(job: Job) -> timedelta | None:
    """Count the states again; finished once nothing is pending."""
    by_state = Counter(operation.state for operation in _current_operations(sent_lessons(job)).values())
    return update_push_progress(job, count_push_states(by_state))


def job_url(job: Job) -> str:
    """Return the report of the job's change."""
    return reverse("classes:group_pushed", args=[job.pk])


def progress_parts(job: Job) -> list[runner.ProgressCount]:
    """The progress as numbers."""
    return push_progress_parts(job, lambda state: job_url(job))
