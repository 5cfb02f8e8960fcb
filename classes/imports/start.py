"""Beginning what may take a while: at once for what somebody waits for, as a job for more."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.imports.files import Sort, take
from accounts.models import User
from classes.imports import applying, planning
from classes.imports.columns import HEADINGS, missing
from classes.models import TimetableImport, TimetableRow
from console.jobs.machine import JobFailed, start
from console.jobs.models import Job

CHECK, APPLY = "timetable.check", "timetable.apply"
#: Rows, and lessons, for which somebody waits.
WAITED_ROWS, WAITED_LESSONS = 500, 1_000
State = TimetableImport.State


def sort_of() -> Sort:
    empty = _("The file holds no lessons: below the headings every row is empty.")
    return Sort(TimetableImport, TimetableRow, HEADINGS, empty)


@transaction.atomic
def take_in(*, file: object, filename: str, by: User) -> TimetableImport:
    """The import of a file, compared with the school where its headings say what each column holds; else
    somebody chooses the columns first. ValidationError where it cannot be read.
    """
    source: TimetableImport = take(sort_of(), file=file, filename=filename, by=by)  # type: ignore[arg-type]
    if not missing(source.columns):
        check(source, by=by)
    return source


@transaction.atomic
def check(source: TimetableImport, *, by: User) -> None:
    """Compare all rows by the columns that the import has, as a job where it takes longer than one waits."""
    source.save(update_fields=["columns"])
    if source.rows_in_all <= WAITED_ROWS:
        planning.plan(source)
    else:
        source.state = State.CHECKING
        _job(source, CHECK, by)


def apply(source: TimetableImport, *, by: User, reason: str) -> None:
    """Apply a checked import, now or as a job. Raises what `applying.apply` does."""
    if source.counts.get("lessons", 0) <= WAITED_LESSONS:
        applying.apply(source=source, by=by, reason=reason)
        return
    if source.counts.get("conflict") and not reason.strip():
        raise ValidationError(_("There are conflicts. Change the file, or write why they are allowed."))
    with transaction.atomic():
        mine = TimetableImport.objects.filter(pk=source.pk, state=State.CHECKED)
        if not mine.update(state=State.APPLYING, reason=reason.strip()[:300]):
            raise ValidationError(_("This import is not waiting to be applied any more. Look at its page."))
        source.refresh_from_db()
        _job(source, APPLY, by)


def _job(source: TimetableImport, kind: str, by: User) -> None:
    total = source.counts.get("lessons") or source.rows_in_all
    source.job = start(kind, enterprise=source.enterprise, by=by, args={"import": source.pk}, total=total)
    source.save(update_fields=["job", "state"])


def check_portion(job: Job) -> timedelta | None:
    planning.plan(_source(job))
    job.done = job.total
    return None


def apply_portion(job: Job) -> timedelta | None:
    """All of it in this one portion, or none of it."""
    source = _source(job)
    try:
        applying.apply(source=source, by=job.created_by, reason=source.reason)
    except applying.ChangedSince:
        job.result = {"changed_since": True}
    job.done = job.total
    return None


def _source(job: Job) -> TimetableImport:
    source = TimetableImport.objects.filter(pk=job.args["import"]).first()
    if source is None:
        raise JobFailed(gettext_noop("The import is gone."))
    return source
