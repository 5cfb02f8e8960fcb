"""Background job that copies tracks to our storage in parts, with progress and checksum."""

import hashlib
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from accounts.models import User
from classes.locking import lock_lesson
from classes.models import Lesson, Recording
from classes.recordings.url_guard import fetch_range, resolve_target
from console.audit.trail import record
from console.concurrency import service
from console.guarded_client import AddressRefused, HostUnreachable
from console.jobs.models import Job
from console.jobs.runner import IMMEDIATELY, JobFailed, enqueue_job

COPY_JOB_KIND = "recordings.copy"
PART_BYTES = 8_000_000
MEGABYTE = 1_000_000
MAX_BYTES = 20_000_000_000
CHUNK_BYTES = 1 << 20
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


def run_step(job: Job) -> timedelta | None:
    """Fetch the next part of the current track; the last part saves the copy."""
    ids, number = job.args["tracks"], job.cursor.get("number", 0)
    if number >= len(ids):
        return None
    track = Recording.objects.select_for_update(of=("self",)).filter(pk=ids[number], copy="").first()
    if track is None or track.emptied_at or not track.url:
        job.cursor = {"number": number + 1}
        return IMMEDIATELY
    part = _part_file(track)
    offset = part.stat().st_size if part.exists() and job.cursor.get("offset") else 0
    size = _append_part(track, part, offset, job.cursor.get("size"))
    done = part.stat().st_size
    job.done += -(-done // MEGABYTE) - -(-offset // MEGABYTE)
    job.cursor = {"number": number, "offset": done, "size": size}
    if done >= size:
        _save_copy(track, part)
        job.cursor = {"number": number + 1}
    return IMMEDIATELY


def _append_part(track: Recording, part: Path, offset: int, known_size: int | None) -> int:
    """Append a part to the file and return the total size. Raise JobFailed with the reason."""
    try:
        response = fetch_range(resolve_target(track.url, settings.RECORDING_HOSTS), offset, PART_BYTES)
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
    part.parent.mkdir(parents=True, exist_ok=True)
    with part.open("r+b" if part.exists() else "wb") as file:
        file.truncate(offset)
        file.seek(offset)
        file.write(response.content)
    return response.size


def _part_file(track: Recording) -> Path:
    return Path(settings.COPYING_DIR) / f"{track.pk}.part"


def _save_copy(track: Recording, part: Path) -> None:
    digest = hashlib.sha256()
    with part.open("rb") as file:
        while piece := file.read(CHUNK_BYTES):
            digest.update(piece)
        file.seek(0)
        track.copy.save(
            f"{track.enterprise_id}/{track.pk}-{digest.hexdigest()[:16]}.mp4", File(file), save=False
        )
    track.copy_sha256 = digest.hexdigest()
    track.bytes = track.copy.size
    track.save(update_fields=["copy", "copy_sha256", "bytes"])
    part.unlink(missing_ok=True)


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
        response = fetch_range(resolve_target(track.url, settings.RECORDING_HOSTS), 0, 1)
    except (AddressRefused, HostUnreachable):
        pass  # this says nothing about the file
    else:
        if response.status in GONE_STATUSES:
            dead = dead or now
        elif response.status in (200, 206):
            dead = None
    Recording.objects.filter(pk=track.pk).update(checked_at=now, dead_since=dead)
