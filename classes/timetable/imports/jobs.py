"""Jobs that send an imported timetable to the service, and undo an import."""

from collections import Counter
from datetime import timedelta

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone

from classes.choices import Status
from classes.conflicts.guard import lock_lessons
from classes.lessons.services import cancel_lesson
from classes.models import Lesson, TimetableImport
from console.audit.models import AuditEntry
from console.imports.jobs import import_of_job, import_url
from console.jobs import runner
from console.jobs.models import Job
from console.jobs.runner import IMMEDIATELY
from console.outbox.models import Operation
from console.outbox.push_progress import count_push_states, push_progress_parts, update_push_progress

PUSH, UNDO = "timetable.push", "timetable.undo"
#: Lessons cancelled per step of an undo.
STEP_SIZE = 100
State = TimetableImport.State


#: Entries about a lesson that do not change it.
NO_CHANGES = (
    *("lesson.pull", "lesson.push", "lesson.call", "lesson.enter"),
    *("lesson.reveal_token", "lesson.reveal_password"),
)


def imported_lessons(source: TimetableImport) -> QuerySet[Lesson]:
    """Return the lessons that an import created."""
    lessons = _lessons_of_rows(source)
    return lessons.filter(created_at__lte=source.applied_at) if source.applied_at else lessons


def _lessons_of_rows(source: TimetableImport) -> QuerySet[Lesson]:
    """Return the lessons of the rows, with those that their courses got since."""
    rows = source.lines.order_by()
    courses, lessons = rows.exclude(course=None).values("course"), rows.exclude(lesson=None).values("lesson")
    return Lesson.objects.filter(Q(course__in=courses) | Q(pk__in=lessons), enterprise=source.enterprise_id)


def run_step(job: Job) -> timedelta | None:
    """Count the states again; finished once nothing is pending."""
    operations = Operation.objects.filter(
        subject_type=Lesson._meta.label_lower,
        subject_id__in=imported_lessons(import_of_job(TimetableImport, job)).values("pk"),
        kind="class.create",
    )
    states = Counter(operations.order_by().values_list("state", flat=True))
    return update_push_progress(job, count_push_states(states))


def job_url(job: Job) -> str:
    """Return the page of the job's import."""
    return import_url("classes:timetable_import", job)


def progress_parts(job: Job) -> list[runner.ProgressCount]:
    """The progress as numbers, each with a link to the page that helps."""
    operations_url = f"{reverse('outbox:operations')}?about={Lesson._meta.label_lower}"
    failed = ("refused", "needs_you")
    return push_progress_parts(job, lambda state: operations_url if state in failed else job_url(job))


def run_undo_step(job: Job) -> timedelta | None:
    """Cancel the next lessons, each with its operation and audit entry."""
    source = import_of_job(TimetableImport, job)
    lessons = list(undoable_lessons(source).order_by("-starts_at", "-id")[:STEP_SIZE])
    lock_lessons(one.pk for one in lessons)
    for lesson in lessons:
        cancel_lesson(lesson=lesson, by=job.created_by, reason=source.filename)
    job.done += len(lessons)
    if lessons:
        return IMMEDIATELY
    TimetableImport.objects.filter(pk=source.pk).update(state=State.UNDONE)
    return None


def undoable_lessons(source: TimetableImport) -> QuerySet[Lesson]:
    """Return the imported lessons that have not begun, and that nobody changed, covered or cancelled."""
    entries = AuditEntry.objects.filter(
        enterprise=source.enterprise_id, at__gt=source.applied_at, actor__isnull=False
    )
    about = entries.filter(
        object_type=Lesson._meta.label_lower, object_id=Cast(OuterRef("pk"), CharField())
    ).exclude(action__in=NO_CHANGES)
    by_hand = about.exclude(after__has_key="group")  # a student who joins a group joins its lessons
    many = entries.filter(action="lesson.change_many").values_list("after__lessons", flat=True)
    changed = {pk for keys in many for pk in keys or ()}
    lessons = imported_lessons(source).exclude(pk__in=changed)
    return _not_begun(lessons).filter(~Exists(by_hand), covers=None)


def kept_lessons(source: TimetableImport) -> QuerySet[Lesson]:
    """Return the lessons that an undo leaves because they were added, changed or covered since."""
    lessons = _not_begun(_lessons_of_rows(source)).exclude(pk__in=undoable_lessons(source).values("pk"))
    return lessons.order_by("starts_at", "pk")


def _not_begun(lessons: QuerySet[Lesson]) -> QuerySet[Lesson]:
    return lessons.filter(cancelled_at=None, status=Status.WILL, starts_at__gt=timezone.now())
