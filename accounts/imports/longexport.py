"""Exports that take longer than one waits: a job collects the rows, writes the file and keeps it a while.

The file lies in the database, for worker and web may run on different machines. Only whoever asked fetches
it, and nothing of it before the trail has it.
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

from accounts.imports.export import columns_for, name_of, note, people_of, rows_of, title_of, written
from accounts.models import Export, ExportPiece, User
from console.audit.personal import scrubber
from console.audit.trail import record
from console.jobs import machine
from console.jobs.models import Job
from console.notices.tell import tell
from console.policy import may
from console.sheets.download import attachment

EXPORT = "people.export"
ROWS_AT_ONCE = 5_000
PIECE_BYTES = 1 << 20
Holds = ExportPiece.Holds


def is_long(people: QuerySet[User]) -> bool:
    """Whether these are too many to wait for."""
    return people.count() > settings.EXPORT_WAITED_ROWS


@transaction.atomic
def begin(*, by: User, suffix: str, **chosen: Any) -> Export:
    """Ask for the file. `chosen` are role, group, groups, contacts and reason."""
    source = Export.objects.create(
        enterprise=by.enterprise, by=by, suffix=suffix, language=get_language() or "", **chosen
    )
    source.job = machine.start(
        EXPORT,
        enterprise=source.enterprise,
        by=by,
        args={"export": source.pk},
        total=_people(source).count(),
    )
    source.save(update_fields=["job"])
    return source


def portion(job: Job) -> timedelta | None:
    """The next rows, or the file out of all of them."""
    source = Export.objects.select_related("by", "enterprise").filter(pk=job.args["export"]).first()
    if source is None or source.emptied_at:
        raise machine.JobFailed(
            gettext_noop("The file is not made any more, for its rows were deleted. Ask for it again.")
        )
    if not may(source.by, "export", "group" if source.groups else "person"):
        raise machine.JobFailed(gettext_noop("Whoever asked for this file may not take it away any more."))
    with override(source.language or settings.LANGUAGE_CODE), timezone.override(source.enterprise.tz):
        return _collect(job, source)


def _collect(job: Job, source: Export) -> timedelta | None:
    following = _people(source).filter(user_id__gt=job.cursor.get("after", ""))
    rows = list(rows_of(following, ROWS_AT_ONCE))
    if not rows:
        _finish(source)
        return None
    number = job.cursor.get("pieces", 0)
    content = zlib.compress(json.dumps(rows, ensure_ascii=False).encode())
    _keep(source, Holds.ROWS, number, content)
    job.cursor = {"after": rows[-1]["user_id"], "pieces": number + 1}
    job.done += len(rows)
    job.total = max(job.total, job.done)
    return machine.AT_ONCE


def _people(source: Export) -> QuerySet[User]:
    return people_of(source.by, role=source.role, group=source.group, groups=source.groups)


def _finish(source: Export) -> None:
    """Write the file out of the rows, put it on the trail, tell who asked."""
    columns = columns_for(source.by, contacts=source.contacts)
    title = title_of(source.groups)
    with _opened(written(_rows(source), columns, title, by=source.by, suffix=source.suffix)) as file:
        for number, content in enumerate(_bites(file)):
            _keep(source, Holds.FILE, number, content)
            source.size += len(content)
    keys = [row["pk"] for row in _rows(source)]
    told: Any = {"suffix": source.suffix, "reason": source.reason, "groups": source.groups}
    note(keys, columns, by=source.by, **told)
    source.pieces.filter(holds=Holds.ROWS).delete()
    source.filename, source.ready_at = name_of(title, source.by, source.suffix), timezone.now()
    source.save(update_fields=["filename", "size", "ready_at"])
    args = {"file": source.filename, "hours": settings.EXPORT_KEEP_HOURS}
    tell("export.ready", people=[source.by], key=f"export:{source.pk}", args=args, link=_page(source.pk))


def _keep(source: Export, holds: str, number: int, content: bytes) -> None:
    ExportPiece.objects.create(
        source=source, enterprise_id=source.enterprise_id, holds=holds, number=number, content=content
    )


def _contents(source: Export, holds: str) -> Iterator[bytes]:
    """The pieces in order, one at a time in memory."""
    for pk in source.pieces.filter(holds=holds).order_by("number").values_list("pk", flat=True):
        yield bytes(ExportPiece.objects.values_list("content", flat=True).get(pk=pk))


def _rows(source: Export) -> Iterator[dict[str, Any]]:
    for content in _contents(source, Holds.ROWS):
        yield from json.loads(zlib.decompress(content))


def _opened(content: IO[bytes] | str) -> IO[bytes]:
    return io.BytesIO(content.encode()) if isinstance(content, str) else content


def _bites(file: IO[bytes]) -> Iterable[bytes]:
    return iter(lambda: file.read(PIECE_BYTES), b"")


@transaction.atomic
def fetch(source: Export, *, by: User) -> HttpResponseBase:
    """The file for whoever asked for it, and a line of it on the trail. ValidationError where it is gone."""
    if not source.is_there:
        raise ValidationError(_("This file is not there any more. Export again."))
    record("export.fetch", source, by=by, after={"filename": source.filename, "size": source.size})
    file = TemporaryFile()  # noqa: SIM115 - the answer closes it
    for content in _contents(source, Holds.FILE):
        file.write(content)
    file.seek(0)
    return attachment(file, source.filename)


def page(job: Job) -> str:
    """The page of the file that a job makes."""
    return _page(job.args["export"])


def _page(pk: int) -> str:
    return reverse("accounts:export", args=[pk])


def empty(exports: QuerySet[Export]) -> int:
    """Delete what files and rows say of people; how many exports had any."""
    keys = list(exports.filter(emptied_at=None).values_list("pk", flat=True))
    ExportPiece.objects.filter(source__in=keys).delete()
    return Export.objects.filter(pk__in=keys).update(emptied_at=timezone.now())


@transaction.atomic
def tidy() -> int:
    """Delete the files whose time is over, finished or not; how many that were."""
    before = timezone.now() - timedelta(hours=settings.EXPORT_KEEP_HOURS)
    old = Export.objects.filter(created_at__lt=before).exclude(ready_at__gte=before)
    return empty(old)


@scrubber("exports")
def scrub(person: Any) -> int:
    """A file cannot be emptied of one person, so the school's go whole: who needs one asks again."""
    return empty(Export.objects.filter(enterprise=person.enterprise_id))
