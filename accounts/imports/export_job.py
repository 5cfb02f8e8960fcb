"""Background exports: a job collects the rows and writes the file, which expires after a while.

The file is stored in the database, because worker and web may run on different machines. Only its
requester can download it, and only after the export is recorded. It has no columns that are encrypted in
the database elsewhere.
"""

import io
import json
import zlib
from collections.abc import Iterator
from datetime import timedelta
from tempfile import TemporaryFile
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import get_language, gettext_noop, override
from django.utils.translation import gettext as _

from accounts.imports.export import (
    export_columns,
    export_rows,
    export_title,
    exportable_people,
    record_export,
)
from accounts.models import Export, PeopleExportChunk, User
from accounts.people.export_storage import finish, lock_export, read_chunks, store_chunk, store_file
from accounts.people.subject_access.services import may_request
from console.audit.personal_data import register_scrubber
from console.audit.trail import record
from console.imports.downloads import export_filename, write_sheet
from console.jobs import runner
from console.jobs.models import Job
from console.policy import may
from console.sheets.download import attachment

EXPORT_JOB = "people.export"
ROWS_PER_STEP = 5_000
Holds = PeopleExportChunk.Holds


def needs_job(people: QuerySet[User]) -> bool:
    """Return whether the export is too large for a request."""
    return bool(people.count() > settings.EXPORT_INLINE_ROWS)


@transaction.atomic
def start_export(*, by: User, suffix: str, **options: Any) -> Export:
    """Start an export. `options` are role, group, groups, contacts and reason."""
    source = Export.objects.create(
        enterprise=by.enterprise, by=by, suffix=suffix, language=get_language() or "", **options
    )
    source.job = runner.enqueue_job(
        EXPORT_JOB,
        enterprise=source.enterprise,
        by=by,
        args={"export": source.pk},
        total=_selected_people(source).count(),
    )
    source.save(update_fields=["job"])
    return source


def run_step(job: Job) -> timedelta | None:
    """Collect the next rows, or write the file after the last ones."""
    source = lock_export(job.args["export"])
    if source is None or source.emptied_at:
        raise runner.JobFailed(
            gettext_noop("The rows were deleted, so the file cannot be created any more. Export again.")
        )
    if not may_make(source):
        raise runner.JobFailed(
            gettext_noop("The person who requested this export is no longer allowed to export.")
        )
    with override(source.language or settings.LANGUAGE_CODE), timezone.override(source.enterprise.tz):
        return _collect_rows(job, source)


def may_make(source: Export) -> bool:
    """Whether the requester may still make such an export: their role may have changed since."""
    if source.person is not None:
        return may_request(source.by, source.person)
    return may(source.by, "export", "group" if source.groups else "person")


def _collect_rows(job: Job, source: Export) -> timedelta | None:
    remaining = _selected_people(source).filter(user_id__gt=job.cursor.get("after", ""))
    columns = export_columns(source.by, contacts=source.contacts, stored=True)
    rows = list(export_rows(remaining, source.enterprise, columns, ROWS_PER_STEP))
    if not rows:
        _write_file(source)
        return None
    number = job.cursor.get("pieces", 0)
    content = zlib.compress(json.dumps(rows, ensure_ascii=False).encode())
    store_chunk(source, Holds.ROWS, number, content)
    job.cursor = {"after": rows[-1]["user_id"], "pieces": number + 1}
    job.done += len(rows)
    job.total = max(job.total, job.done)
    return runner.IMMEDIATELY


def _selected_people(source: Export) -> QuerySet[User]:
    return exportable_people(source.by, role=source.role, group=source.group, groups=source.groups)


def _write_file(source: Export) -> None:
    """Write the file from the rows, record the export and notify the requester."""
    columns = export_columns(source.by, contacts=source.contacts, stored=True)
    title = export_title(source.groups)
    with _as_binary_file(
        write_sheet(_read_rows(source), columns, title, by=source.by, suffix=source.suffix)
    ) as file:
        size = store_file(source, file)
    keys = [row["pk"] for row in _read_rows(source)]
    options: Any = {"suffix": source.suffix, "reason": source.reason, "groups": source.groups}
    record_export(keys, columns, by=source.by, **options)
    finish(source, filename=export_filename(title, source.by, source.suffix), size=size)


def _read_rows(source: Export) -> Iterator[dict[str, Any]]:
    for content in read_chunks(source, Holds.ROWS):
        yield from json.loads(zlib.decompress(content))


def _as_binary_file(content: IO[bytes] | str) -> IO[bytes]:
    return io.BytesIO(content.encode()) if isinstance(content, str) else content


@transaction.atomic
def fetch_export(source: Export, *, by: User) -> HttpResponseBase:
    """Return the file and record the download. Raise ValidationError if the file has expired."""
    if not source.is_available:
        raise ValidationError(_("This file no longer exists. Export again."))
    if not may_make(source):
        raise ValidationError(_("Your role no longer allows this export."))
    record("export.fetch", source, by=by, after={"filename": source.filename, "size": source.size})
    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    for content in read_chunks(source, Holds.FILE):
        file.write(content)
    file.seek(0)
    return attachment(file, source.filename)


def delete_export_contents(exports: QuerySet[Export]) -> int:
    """Delete files and collected rows; return the number of exports. Call it inside a transaction.

    The lock waits for running steps, whose chunks are deleted too; later steps find the export emptied.
    """
    locked = exports.filter(emptied_at=None).order_by("pk").select_for_update(of=("self",), no_key=True)
    keys = list(locked.values_list("pk", flat=True))
    PeopleExportChunk.objects.filter(source__in=keys).delete()
    return Export.objects.filter(pk__in=keys).update(emptied_at=timezone.now())


@transaction.atomic
def delete_expired_exports() -> int:
    """Delete the contents of expired exports, and what is left of others; return how many expired."""
    PeopleExportChunk.objects.filter(source__emptied_at__isnull=False).delete()
    before = timezone.now() - timedelta(hours=settings.EXPORT_KEEP_HOURS)
    old = Export.objects.filter(created_at__lt=before).exclude(ready_at__gte=before)
    return delete_export_contents(old)


@register_scrubber("exports")
def scrub_exports(person: Any) -> int:
    """Delete all exports of the school: a file cannot be scrubbed of one person.

    Of copies of the person, who asked and when stays; the reason and the name of the file name them.
    """
    count = delete_export_contents(Export.objects.filter(enterprise=person.enterprise_id))
    about_them = Export.objects.filter(person=person).exclude(reason="", filename="")
    about_them.update(reason="", filename="")
    return count
