"""Chunks of background exports: collected rows, and the finished file.

They are stored in the database, because worker and web may run on different machines.
"""

from collections.abc import Iterator
from typing import IO, Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import Export, PeopleExportChunk
from console.jobs.models import Job
from console.notifications.services import notify

CHUNK_BYTES = 1 << 20
Holds = PeopleExportChunk.Holds


def lock_export(pk: Any) -> Export | None:
    """Return an export locked until the end of the step, so that an erasure empties it before or after it."""
    rows = Export.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("by", "person", "enterprise").filter(pk=pk).first()


def store_chunk(source: Export, holds: str, number: int, content: bytes) -> None:
    """Store a chunk of the rows or of the file."""
    PeopleExportChunk.objects.create(
        source=source, enterprise_id=source.enterprise_id, holds=holds, number=number, content=content
    )


def read_chunks(source: Export, holds: str) -> Iterator[bytes]:
    """Yield the chunks in order, one at a time in memory."""
    for pk in source.pieces.filter(holds=holds).order_by("number").values_list("pk", flat=True):
        yield bytes(PeopleExportChunk.objects.values_list("content", flat=True).get(pk=pk))


def store_file(source: Export, file: IO[bytes]) -> int:
    """Store the finished file; return its size in bytes."""
    size = 0
    for number, content in enumerate(iter(lambda: file.read(CHUNK_BYTES), b"")):
        store_chunk(source, Holds.FILE, number, content)
        size += len(content)
    return size


def finish(source: Export, *, filename: str, size: int) -> None:
    """Delete the collected rows, offer the file to its requester, and notify them."""
    source.pieces.filter(holds=Holds.ROWS).delete()
    source.filename, source.size, source.ready_at = filename[:250], size, timezone.now()
    source.save(update_fields=["filename", "size", "ready_at"])
    args = {"file": source.filename, "hours": settings.EXPORT_KEEP_HOURS}
    link = reverse("accounts:export", args=[source.pk])
    notify("export.ready", people=[source.by], key=f"export:{source.pk}", args=args, link=link)


def export_url(job: Job) -> str:
    """Return the URL of a job's export."""
    return reverse("accounts:export", args=[job.args["export"]])
