"""A timetable from a file on its way to the service, and its undoing: both jobs that one may watch."""

from collections import Counter
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from accounts.imports.push import MEANINGS, WORDS
from accounts.models import User
from classes.kinds import Status
from classes.models import Lesson, TimetableImport
from classes.services import cancel_lesson
from console.jobs import machine
from console.jobs.machine import AT_ONCE
from console.jobs.models import Job
from console.outbox.models import Operation

PUSH, UNDO = "timetable.push", "timetable.undo"
#: Lessons that one portion takes back.
PORTION = 100
State = TimetableImport.State


def lessons_of(source: TimetableImport) -> QuerySet[Lesson]:
    """The lessons that an import made."""
    rows = source.lines.order_by()
    courses, lessons = rows.exclude(course=None).values("course"), rows.exclude(lesson=None).values("lesson")
    return Lesson.objects.filter(Q(course__in=courses) | Q(pk__in=lessons), enterprise=source.enterprise_id)


def follow(source: TimetableImport, *, by: User | None, total: int) -> Job:
    """Start the job whose progress is that of the operations of the import's lessons."""
    return machine.start(PUSH, enterprise=source.enterprise, by=by, args={"import": source.pk}, total=total)


def portion(job: Job) -> timedelta | None:
    """Count again; over once nothing waits any more."""
    operations = Operation.objects.filter(
        subject_type=Lesson._meta.label_lower,
        subject_id__in=lessons_of(_source(job)).values("pk"),
        kind="class.create",
    )
    states = Counter(operations.order_by().values_list("state", flat=True))
    counts = {name: sum(states[one] for one in those) for name, those in MEANINGS.items()}
    job.done, job.failed = counts["done"], counts["refused"] + counts["needs_you"]
    job.result = {"states": counts}
    return timedelta(seconds=settings.IMPORT_LOOK_S) if counts["waiting"] else None


def page(job: Job) -> str:
    """The page of the import that a job is about."""
    return reverse("classes:timetable_import", args=[job.args["import"]])


def parts(job: Job) -> list[machine.Part]:
    """The progress as numbers, each leading to where one decides about it."""
    counts: dict[str, Any] = job.result.get("states", {})
    desk = f"{reverse('outbox:operations')}?about={Lesson._meta.label_lower}"
    return [
        machine.Part(word, counts[name], desk if tone == "bad" else page(job), tone)
        for name, (word, tone) in WORDS.items()
        if counts.get(name)
    ]


def may_be_undone(source: TimetableImport) -> bool:
    return source.state == State.APPLIED and source.undone_at is None


def undo(*, source: TimetableImport, by: User) -> Job:
    """Cancel what an import planned and what has not begun, as a job. ValidationError where that was done."""
    now = timezone.now()
    mine = TimetableImport.objects.filter(pk=source.pk, state=State.APPLIED, undone_at=None)
    if not mine.update(undone_at=now):
        raise ValidationError(_("This import cannot be undone any more."))
    total = _left(source).count()
    job = machine.start(UNDO, enterprise=source.enterprise, by=by, args={"import": source.pk}, total=total)
    TimetableImport.objects.filter(pk=source.pk).update(job=job)
    return job


def undo_portion(job: Job) -> timedelta | None:
    """Cancel the next lessons; each with its operation and its line of the trail."""
    source = _source(job)
    some = list(_left(source).order_by("-starts_at", "-id")[:PORTION])
    for lesson in some:
        cancel_lesson(lesson=lesson, by=job.created_by, reason=source.filename)
    job.done += len(some)
    if some:
        return AT_ONCE
    TimetableImport.objects.filter(pk=source.pk).update(state=State.UNDONE)
    return None


def _left(source: TimetableImport) -> QuerySet[Lesson]:
    return lessons_of(source).filter(cancelled_at=None, status=Status.WILL, starts_at__gt=timezone.now())


def _source(job: Job) -> TimetableImport:
    source = TimetableImport.objects.filter(pk=job.args["import"]).first()
    if source is None:
        raise machine.JobFailed(gettext_noop("The import is gone."))
    return source
