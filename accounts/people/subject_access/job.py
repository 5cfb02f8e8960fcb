"""The job behind a copy: it collects the rows model by model, then writes the file.

Each step reads a limited number of rows by key, so that neither memory nor a transaction grows with the
data of the person.
"""

import json
import zlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, override

from accounts.models import Export, PeopleExportChunk
from accounts.people.export_storage import (
    export_url,
    finish,
    lock_export,
    read_chunks,
    store_chunk,
    store_file,
)
from accounts.people.subject_access.archive import Section, write_archive
from accounts.people.subject_access.services import SUBJECT_ACCESS_JOB, may_request
from console.audit.held_data import Holding, Subject, holdings
from console.audit.trail import record_data_access
from console.jobs import runner
from console.jobs.models import Job

ROWS_PER_STEP = 1_000
#: Of a model with more rows the newest are in the file, and the file says so.
MAX_ROWS_PER_MODEL = 50_000
#: Compressed size of the collected rows at which the job gives up.
MAX_BYTES = 64 << 20
Holds = PeopleExportChunk.Holds


@runner.register_job_type(
    SUBJECT_ACCESS_JOB, label=gettext_lazy("Copy of the data of a person"), page=export_url
)
def run_step(job: Job) -> timedelta | None:
    """Collect the next rows, or write the file after the last ones."""
    source = lock_export(job.args["export"])
    if source is None or source.person is None or source.emptied_at:
        raise runner.JobFailed(
            gettext_noop("The rows were deleted, so the file cannot be created any more. Export again.")
        )
    if not may_request(source.by, source.person):
        raise runner.JobFailed(
            gettext_noop("The person who requested this export is no longer allowed to export.")
        )
    subject = Subject(source.person, source.by)
    with override(source.language or settings.LANGUAGE_CODE), timezone.override(source.enterprise.tz):
        if job.done < len(holdings()):
            _collect_rows(job, source, subject)
            return runner.IMMEDIATELY
        _write_file(source, subject)
    return None


def _collect_rows(job: Job, source: Export, subject: Subject) -> None:
    """Collect up to ROWS_PER_STEP rows: of several models, or of a part of one."""
    sections: list[Section] = []
    room = ROWS_PER_STEP
    while room > 0 and job.done < len(holdings()):
        holding = holdings()[job.done]
        section, last = _read_section(holding, subject, job.cursor, room)
        sections.append(section)
        room -= max(len(section["rows"]), 1)
        taken = job.cursor.get("taken", 0) + len(section["rows"])
        if last:
            job.done += 1
            job.cursor = {**job.cursor, "after": None, "taken": 0}
        else:
            job.cursor = {**job.cursor, "after": section["rows"][-1]["pk"], "taken": taken}
    text = json.dumps(sections, ensure_ascii=False, cls=DjangoJSONEncoder)
    content, number = zlib.compress(text.encode()), job.cursor.get("pieces", 0)
    size = job.cursor.get("bytes", 0) + len(content)
    if size > MAX_BYTES:
        raise runner.JobFailed(gettext_noop("There is too much data for one file. Contact your operator."))
    store_chunk(source, Holds.ROWS, number, content)
    job.cursor = {**job.cursor, "pieces": number + 1, "bytes": size}
    job.total = len(holdings())


def _read_section(
    holding: Holding, subject: Subject, cursor: dict[str, Any], room: int
) -> tuple[Section, bool]:
    """Return the next rows of a model, and whether they are its last ones in the file."""
    section = Section(
        model=holding.model, rows=[], begins=cursor.get("after") is None, closed=False, cut=False
    )
    if not holding.is_readable(subject):
        section["closed"] = True
        return section, True
    rows = holding.rows_of(subject.person)
    if cursor.get("after") is not None:
        rows = rows.filter(pk__lt=cursor["after"])
    room = min(room, MAX_ROWS_PER_MODEL - cursor.get("taken", 0))
    found = list(rows[: room + 1])
    section["rows"] = holding.read_rows(found[:room], subject)
    section["cut"] = len(found) > room and cursor.get("taken", 0) + room >= MAX_ROWS_PER_MODEL
    return section, len(found) <= room or section["cut"]


def _write_file(source: Export, subject: Subject) -> None:
    """Write the file, record that the data were given out, and notify the requester."""
    with write_archive(source, subject, lambda: _read_sections(source)) as file:
        size = store_file(source, file)
    record_data_access(
        "person.subject_access",
        [subject.person],
        ["everything"],
        by=source.by,
        reason=source.reason,
        after={"size": size},
    )
    name = _("Personal data") + f" {subject.person.user_id} {timezone.localdate():%Y-%m-%d}.zip"
    finish(source, filename=name, size=size)


def _read_sections(source: Export) -> Iterator[Section]:
    for content in read_chunks(source, Holds.ROWS):
        yield from json.loads(zlib.decompress(content))
