"""Files of scheduled exports: stored under generated names, downloaded, and deleted when they expire."""

from collections.abc import Iterable
from datetime import datetime
from typing import IO, Any

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from accounts.models import Enterprise
from classes.attendance.reports.exports.tables import EXPORT_TYPES
from classes.models import ExportRun
from classes.models.export_schedule import RunState, export_storage
from console.audit.personal_data import register_scrubber
from console.audit.trail import record
from console.jobs.models import Job
from console.policy import refusal_message
from console.sheets.download import attachment

OPEN_JOBS = (Job.State.WAITING, Job.State.RUNNING)


def store_file(run: ExportRun, content: IO[bytes]) -> None:
    """Store the content of a run and set its file and size; the caller saves the row.

    The name depends on the run alone: a worker that takes over from one that was killed replaces its file.
    """
    storage, day = export_storage(), f"{run.planned_for.astimezone(run.enterprise.tz):%Y-%m-%d}"
    name = f"{run.enterprise_id}/{run.schedule_id}/{day}-{run.pk}.{run.file_type}"
    storage.delete(name)
    content.seek(0)
    run.file.name = storage.save(name, File(content, name="export"))
    run.bytes = storage.size(run.file.name)


def file_name(run: ExportRun) -> str:
    """Return the name under which people save the file, in the active language."""
    days = f" {run.first_day} – {run.last_day}" if run.first_day else ""
    made = f"{run.planned_for.astimezone(run.enterprise.tz):%Y-%m-%d}"
    return f"{run.get_kind_display()} {run.enterprise.name}{days or f' {made}'}.{run.file_type}"


def download_file(run: ExportRun, *, by: Any) -> HttpResponseBase:
    """Return the file as a response, and record the download.

    PermissionDenied if `by` may not export what it holds, Http404 if it is gone.
    """
    kind = EXPORT_TYPES[run.kind]
    if not kind.may_read(by):
        raise PermissionDenied(refusal_message(by, "export", kind.resource))
    storage: Any = export_storage()
    try:
        if not run.file:
            raise FileNotFoundError
        opened = storage.stream(run.file.name)
    except FileNotFoundError:
        raise Http404(_("This file has been deleted.")) from None
    record(
        "export_schedule.download", run, by=by, after={"kind": run.kind, "rows": run.rows, "size": run.bytes}
    )
    return attachment(opened, file_name(run))


def expired_runs(school: Enterprise, before: datetime) -> QuerySet[Any]:
    """Return the ended runs from before that have a file, and those that a later one has replaced.

    The last run of a schedule stays, without its file, so that the list tells of it.
    """
    later = ExportRun.objects.filter(schedule=OuterRef("schedule"), pk__gt=OuterRef("pk"))
    ended = ExportRun.objects.filter(enterprise=school, created_at__lt=before)
    ended = ended.exclude(state=RunState.WAITING, job__state__in=OPEN_JOBS)
    return ended.filter(~Q(file="") | Q(Exists(later)) | Q(schedule=None))


def clear_runs(rows: QuerySet[Any]) -> int:
    """Delete runs with their files, but keep the row of the last one of a schedule; return how many."""
    found = list(rows.values_list("pk", "file", "schedule"))
    later = ExportRun.objects.filter(schedule=OuterRef("schedule"), pk__gt=OuterRef("pk"))
    runs = ExportRun.objects.filter(pk__in=[pk for pk, _name, _schedule in found])
    delete_stored(name for _pk, name, _schedule in found if name)
    runs.filter(Q(Exists(later)) | Q(schedule=None)).delete()
    runs.update(file="")
    return len(found)


def delete_stored(names: Iterable[str]) -> None:
    """Delete what is stored after the commit; an error is logged, as the rows are gone and the rest runs."""
    for name in names:
        _delete_after_commit(name)


def _delete_after_commit(name: str) -> None:
    def delete() -> None:  # no partial, which has no name that Django could log
        export_storage().delete(name)

    transaction.on_commit(delete, robust=True)


@register_scrubber("scheduled_exports")
def scrub_files(person: Any) -> int:
    """Delete all files of scheduled exports of the school: none can be scrubbed of one person.

    The lock of a run that waits lasts until a worker that makes its file has ended it.
    """
    runs = ExportRun.objects.filter(~Q(file="") | Q(state=RunState.WAITING), enterprise=person.enterprise_id)
    locked = runs.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk", "file")
    stored = {pk: name for pk, name in locked if name}
    delete_stored(stored.values())
    return ExportRun.objects.filter(pk__in=stored).update(file="")
