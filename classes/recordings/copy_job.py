"""Background job that copies tracks to our storage in parts, with progress and checksum.

Neither a part that is fetched nor a file that is stored holds a transaction: whoever deletes a recording or
stops the job meanwhile does not wait, and what came of it is discarded.
"""

import hashlib
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from accounts.models import User
from classes.locking import lock_lesson
from classes.models import Lesson, Recording
from classes.models.recording import recording_files
from classes.recordings.url_guard import RangeResponse, fetch_range, resolve_target
from console.audit.trail import record
from console.concurrency import service
from console.guarded_client import AddressRefused, HostUnreachable
from console.jobs.models import Job
from console.jobs.runner import IMMEDIATELY, ExternalCall, JobFailed, enqueue_job

COPY_JOB_KIND = "recordings.copy"
PART_BYTES = 8_000_000
MEGABYTE = 1_000_000
MAX_BYTES = 20_000_000_000
CHUNK_BYTES = 1 << 20
#: Seconds for one part, and for the check of one URL.
FETCH_LIMIT_S, CHECK_LIMIT_S = 120, 15
#: The file is read twice and stored; at this rate a worker that died holds the job for as long.
MIN_BYTES_PER_S = MEGABYTE
CHECK_BATCH = 50
#: How often a URL is checked again.
RECHECK_INTERVAL = timedelta(days=7)
GONE_STATUSES = (403, 404, 410)

NOT_ALLOWED = _("The recording is on a host that is not allowed (RECORDING_HOSTS).")
NO_PARTS = _("iclass does not support partial downloads of this file, so it cannot be copied.")
NOT_THERE = _("iclass no longer provides this file.")
TOO_LARGE = _("The file is larger than 20 GB.")
CHANGED = _("The file changed while it was being copied. Start again.")


@service
def start_copy(*, lesson: Lesson, by: User) -> Job | None:
    """Start a job that copies all tracks of a lesson without a copy, or return the unfinished one.

    Return None if there is nothing to copy.
    """
    lock_lesson(lesson)
    unfinished = Job.objects.filter(
        kind=COPY_JOB_KIND, args__lesson=lesson.pk, state__in=(Job.State.WAITING, Job.State.RUNNING)
    )
    if job := unfinished.first():
        return job
    rows = _without_copy(Recording.objects.filter(lesson=lesson))
    ids = list(rows.order_by("id").values_list("pk", flat=True))
    if not ids:
        return None
    total = sum(-(-size // MEGABYTE) for size in rows.values_list("bytes", flat=True))
    record("recording.copy", lesson, by=by, after={"tracks": len(ids)})
    args = {"lesson": lesson.pk, "tracks": ids}
    return enqueue_job(COPY_JOB_KIND, enterprise=lesson.enterprise, by=by, args=args, total=total)


def _without_copy(rows: QuerySet[Recording]) -> QuerySet[Recording]:
    return rows.filter(copy="", emptied_at=None).exclude(url="")


def job_url(job: Job) -> str:
    return reverse("classes:recording", args=[job.args["lesson"]])


def run_step(job: Job) -> ExternalCall | timedelta | None:
    """Fetch the next part of the current track, or store the copy after the last part."""
    ids, number = job.args["tracks"], job.cursor.get("number", 0)
    if number >= len(ids):
        return None
    track = _without_copy(Recording.objects.filter(pk=ids[number])).first()
    if track is None:
        _part_file(ids[number]).unlink(missing_ok=True)
        job.cursor = {"number": number + 1}
        return IMMEDIATELY
    part, size = _part_file(track.pk), job.cursor.get("size")
    offset = part.stat().st_size if part.exists() and job.cursor.get("offset") else 0
    if size is not None and part.exists() and offset >= size:
        return ExternalCall(
            partial(_store_copy, track), partial(_record_copy, track), size / MIN_BYTES_PER_S, _delete_copy
        )
    return ExternalCall(
        partial(_fetch_part, track.url, offset, size), partial(_append_part, track, offset), FETCH_LIMIT_S
    )


def _fetch_part(url: str, offset: int, known_size: int | None) -> RangeResponse:
    """Return a part of the file. Raise JobFailed with the reason if there is none."""
    try:
        target = resolve_target(url, settings.RECORDING_HOSTS)
        response = fetch_range(target, offset, PART_BYTES, FETCH_LIMIT_S)
    except AddressRefused:
        raise JobFailed(NOT_ALLOWED) from None
    if response.status in GONE_STATUSES:
        raise JobFailed(NOT_THERE)
    if response.status not in (200, 206):
        raise HostUnreachable(str(response.status))
    if response.size is None or (not response.parts and (offset or response.size > PART_BYTES)):
        raise JobFailed(NO_PARTS)
    if response.size > MAX_BYTES:
        raise JobFailed(TOO_LARGE)
    if known_size not in (None, response.size):
        raise JobFailed(CHANGED)
    if not response.content and response.size > offset:
        raise HostUnreachable("cut off")
    return response


def _append_part(track: Recording, offset: int, job: Job, response: RangeResponse) -> timedelta:
    """Append a part to the file. The claim of the job keeps other workers from the file."""
    part = _part_file(track.pk)
    part.parent.mkdir(parents=True, exist_ok=True)
    with part.open("r+b" if part.exists() else "wb") as file:
        file.truncate(offset)
        file.seek(offset)
        file.write(response.content)
    done = offset + len(response.content)
    job.done += -(-done // MEGABYTE) - -(-offset // MEGABYTE)
    job.cursor = {"number": job.cursor.get("number", 0), "offset": done, "size": response.size}
    return IMMEDIATELY


def _part_file(track: int) -> Path:
    return Path(settings.COPYING_DIR) / f"{track}.part"


class _StoredCopy(NamedTuple):
    name: str
    sha256: str
    bytes: int


def _store_copy(track: Recording) -> _StoredCopy:
    """Store the complete file under a name that says its content."""
    digest, files = hashlib.sha256(), recording_files()
    with _part_file(track.pk).open("rb") as file:
        while piece := file.read(CHUNK_BYTES):
            digest.update(piece)
        file.seek(0)
        name = f"{track.enterprise_id}/{track.pk}-{digest.hexdigest()[:16]}.mp4"
        stored = files.save(name, File(file))
    return _StoredCopy(stored, digest.hexdigest(), files.size(stored))


def _record_copy(track: Recording, job: Job, copy: _StoredCopy) -> timedelta:
    """Record a stored copy, unless the track was deleted or copied meanwhile."""
    rows = _without_copy(Recording.objects.filter(pk=track.pk))
    if not rows.update(copy=copy.name, copy_sha256=copy.sha256, bytes=copy.bytes):
        transaction.on_commit(partial(_delete_copy, copy))
    _part_file(track.pk).unlink(missing_ok=True)
    job.cursor = {"number": job.cursor.get("number", 0) + 1}
    return IMMEDIATELY


def _delete_copy(copy: _StoredCopy) -> None:
    recording_files().delete(copy.name)


def check_track_urls() -> int:
    """Check the URLs that were checked longest ago, a batch at a time; return their number."""
    due = Recording.objects.filter(emptied_at=None, copy="").exclude(url="")
    due = due.exclude(checked_at__gt=timezone.now() - RECHECK_INTERVAL).order_by("checked_at", "id")
    found = list(due[:CHECK_BATCH])
    for track in found:
        _check_track_url(track)
    return len(found)


def _check_track_url(track: Recording) -> None:
    now = timezone.now()
    dead = track.dead_since
    try:
        target = resolve_target(track.url, settings.RECORDING_HOSTS)
        response = fetch_range(target, 0, 1, CHECK_LIMIT_S)
    except (AddressRefused, HostUnreachable):
        pass  # this says nothing about the file
    else:
        if response.status in GONE_STATUSES:
            dead = dead or now
        elif response.status in (200, 206):
            dead = None
    Recording.objects.filter(pk=track.pk).update(checked_at=now, dead_since=dead)
