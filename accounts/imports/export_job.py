"""Background exports: a job collects the rows and writes the file, which expires after a while.

The file is stored in the database, because worker and web may run on different machines. Only its
requester can download it, and only after the export is recorded.
"""

import io
import json
import zlib
from collections.abc import Iterable, Iterator
from datetime import timedelta
from tempfile import TemporaryFile
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.urls import reverse
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
from console.audit.personal_data import register_scrubber
from console.audit.trail import record
from console.imports.downloads import export_filename, write_sheet
from console.jobs import runner
from console.jobs.models import Job
from console.notifications.services import notify
from console.policy import may
from console.sheets.download import attachment

EXPORT_JOB = "people.export"
ROWS_PER_STEP = 5_000
CHUNK_BYTES = 1 << 20
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
    source = Export.objects.select_related("by", "enterprise").filter(pk=job.args["export"]).first()
    if source is None or source.emptied_at:
        raise runner.JobFailed(
            gettext_noop("The rows were deleted, so the file cannot be created any more. Export again.")
        )
    if not may(source.by, "export", "group" if source.groups else "person"):
        raise runner.JobFailed(
            gettext_noop("The person who requested this export is no longer allowed to export.")
        )
    with override(source.language or settings.LANGUAGE_CODE), timezone.override(source.enterprise.tz):
        return _collect_rows(job, source)


def _collect_rows(job: Job, source: Export) -> timedelta | None:
    remaining = _selected_people(source).filter(user_id__gt=job.cursor.get("after", ""))
    rows = list(export_rows(remaining, ROWS_PER_STEP))
    if not rows:
        _write_file(source)
        return None
    number = job.cursor.get("pieces", 0)
    content = zlib.compress(json.dumps(rows, ensure_ascii=False).encode())
    _store_chunk(source, Holds.ROWS, number, content)
    job.cursor = {"after": rows[-1]["user_id"], "pieces": number + 1}
    job.done += len(rows)
    job.total = max(job.total, job.done)
    return runner.IMMEDIATELY


def _selected_people(source: Export) -> QuerySet[User]:
    return exportable_people(source.by, role=source.role, group=source.group, groups=source.groups)


def _write_file(source: Export) -> None:
    """Write the file from the rows, record the export and notify the requester."""
    columns = export_columns(source.by, contacts=source.contacts)
    title = export_title(source.groups)
    with _as_binary_file(
        write_sheet(_read_rows(source), columns, title, by=source.by, suffix=source.suffix)
    ) as file:
        for number, content in enumerate(_iter_chunks(file)):
            _store_chunk(source, Holds.FILE, number, content)
            source.size += len(content)
    keys = [row["pk"] for row in _read_rows(source)]
    options: Any = {"suffix": source.suffix, "reason": source.reason, "groups": source.groups}
    record_export(keys, columns, by=source.by, **options)
    source.pieces.filter(holds=Holds.ROWS).delete()
    source.filename, source.ready_at = export_filename(title, source.by, source.suffix), timezone.now()
    source.save(update_fields=["filename", "size", "ready_at"])
    args = {"file": source.filename, "hours": settings.EXPORT_KEEP_HOURS}
    notify(
        "export.ready", people=[source.by], key=f"export:{source.pk}", args=args, link=_export_url(source.pk)
    )


def _store_chunk(source: Export, holds: str, number: int, content: bytes) -> None:
    PeopleExportChunk.objects.create(
        source=source, enterprise_id=source.enterprise_id, holds=holds, number=number, content=content
    )


def _read_chunks(source: Export, holds: str) -> Iterator[bytes]:
    """Yield the chunks in order, one at a time in memory."""
    for pk in source.pieces.filter(holds=holds).order_by("number").values_list("pk", flat=True):
        yield bytes(PeopleExportChunk.objects.values_list("content", flat=True).get(pk=pk))


def _read_rows(source: Export) -> Iterator[dict[str, Any]]:
    for content in _read_chunks(source, Holds.ROWS):
        yield from json.loads(zlib.decompress(content))


def _as_binary_file(content: IO[bytes] | str) -> IO[bytes]:
    return io.BytesIO(content.encode()) if isinstance(content, str) else content


def _iter_chunks(file: IO[bytes]) -> Iterable[bytes]:
    return iter(lambda: file.read(CHUNK_BYTES), b"")


@transaction.atomic
def fetch_export(source: Export, *, by: User) -> HttpResponseBase:
    """Return the file and record the download. Raise ValidationError if the file has expired."""
    if not source.is_available:
        raise ValidationError(_("This file no longer exists. Export again."))
    record("export.fetch", source, by=by, after={"filename": source.filename, "size": source.size})
    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    for content in _read_chunks(source, Holds.FILE):
        file.write(content)
    file.seek(0)
    return attachment(file, source.filename)


def job_url(job: Job) -> str:
    """Return the URL of a job's export."""
    return _export_url(job.args["export"])


def _export_url(pk: int) -> str:
    return reverse("accounts:export", args=[pk])


def delete_export_contents(exports: QuerySet[Export]) -> int:
    """Delete files and collected rows; return the number of exports."""
    keys = list(exports.filter(emptied_at=None).values_list("pk", flat=True))
    PeopleExportChunk.objects.filter(source__in=keys).delete()
    return Export.objects.filter(pk__in=keys).update(emptied_at=timezone.now())


@transaction.atomic
def delete_expired_exports() -> int:
    """Delete the contents of expired exports, finished or not; return how many."""
    before = timezone.now() - timedelta(hours=settings.EXPORT_KEEP_HOURS)
    old = Export.objects.filter(created_at__lt=before).exclude(ready_at__gte=before)
    return delete_export_contents(old)


@register_scrubber("exports")
def scrub_exports(person: Any) -> int:
    """Delete all exports of the school: a file cannot be scrubbed of one person."""
    return delete_export_contents(Export.objects.filter(enterprise=person.enterprise_id))
