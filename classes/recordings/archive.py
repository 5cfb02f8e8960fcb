"""Copies of tracks in our own storage: long work, a part after the other, with progress and checksum."""

import hashlib
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop as _

from accounts.models import User
from classes.models import Lesson, Recording
from classes.recordings.guard import NotAllowed, Unreached, read, target_of
from console.audit.trail import record
from console.jobs.machine import AT_ONCE, JobFailed, start
from console.jobs.models import Job

KIND = "recordings.copy"
PART = 8_000_000
MEGA = 1_000_000
MOST_BYTES = 20_000_000_000
PIECE = 1 << 20
CHECKED_AT_ONCE = 50
#: How often an address is tried again.
CYCLE = timedelta(days=7)
GONE = (403, 404, 410)

NOT_ALLOWED = _("The recording lies at a host that this installation does not read from (RECORDING_HOSTS).")
NO_PARTS = _("The vendor does not give this file in parts, so it cannot be copied.")
NOT_THERE = _("The vendor does not give this file any more.")
TOO_LARGE = _("The file is larger than 20 GB.")
CHANGED = _("The file changed while it was copied. Start again.")


@transaction.atomic
def copy_lesson(*, lesson: Lesson, by: User) -> Job | None:
    """Begin to copy all tracks of a lesson that have no copy yet; None where there is nothing to copy."""
    rows = _without_copy(Recording.objects.filter(lesson=lesson))
    ids = list(rows.order_by("id").values_list("pk", flat=True))
    if not ids:
        return None
    total = sum(-(-size // MEGA) for size in rows.values_list("bytes", flat=True))
    record("recording.copy", lesson, by=by, after={"tracks": len(ids)})
    args = {"lesson": lesson.pk, "tracks": ids}
    return start(KIND, enterprise=lesson.enterprise, by=by, args=args, total=total)


def _without_copy(rows: QuerySet[Recording]) -> QuerySet[Recording]:
    return rows.filter(copy="", emptied_at=None).exclude(url="")


def page(job: Job) -> str:
    return reverse("classes:recording", args=[job.args["lesson"]])


def portion(job: Job) -> timedelta | None:
    """The next part of the track at hand; the last one of a track makes its copy."""
    ids, number = job.args["tracks"], job.cursor.get("number", 0)
    if number >= len(ids):
        return None
    track = Recording.objects.select_for_update(of=("self",)).filter(pk=ids[number], copy="").first()
    if track is None or track.emptied_at or not track.url:
        job.cursor = {"number": number + 1}
        return AT_ONCE
    part = _part_file(track)
    offset = part.stat().st_size if part.exists() and job.cursor.get("offset") else 0
    size = _append(track, part, offset, job.cursor.get("size"))
    done = part.stat().st_size
    job.done += -(-done // MEGA) - -(-offset // MEGA)
    job.cursor = {"number": number, "offset": done, "size": size}
    if done >= size:
        _keep(track, part)
        job.cursor = {"number": number + 1}
    return AT_ONCE


def _append(track: Recording, part: Path, offset: int, known: int | None) -> int:
    """Add a part to the file; the size of the whole. JobFailed says what stands in the way."""
    try:
        answer = read(target_of(track.url, settings.RECORDING_HOSTS), offset, PART)
    except NotAllowed:
        raise JobFailed(NOT_ALLOWED) from None
    if answer.status in GONE:
        raise JobFailed(NOT_THERE)
    if answer.status not in (200, 206):
        raise Unreached(str(answer.status))
    if answer.size is None or (not answer.parts and (offset or answer.size > PART)):
        raise JobFailed(NO_PARTS)
    if answer.size > MOST_BYTES:
        raise JobFailed(TOO_LARGE)
    if known not in (None, answer.size):
        raise JobFailed(CHANGED)
    if not answer.content and answer.size > offset:
        raise Unreached("cut off")
    part.parent.mkdir(parents=True, exist_ok=True)
    with part.open("r+b" if part.exists() else "wb") as file:
        file.truncate(offset)
        file.seek(offset)
        file.write(answer.content)
    return answer.size


def _part_file(track: Recording) -> Path:
    return Path(settings.COPYING_DIR) / f"{track.pk}.part"


def _keep(track: Recording, part: Path) -> None:
    digest = hashlib.sha256()
    with part.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
        file.seek(0)
        track.copy.save(
            f"{track.enterprise_id}/{track.pk}-{digest.hexdigest()[:16]}.mp4", File(file), save=False
        )
    track.copy_sha256 = digest.hexdigest()
    track.bytes = track.copy.size
    track.save(update_fields=["copy", "copy_sha256", "bytes"])
    part.unlink(missing_ok=True)


def check_addresses() -> int:
    """Try the addresses that were tried longest ago, a few at a time, none twice a week; how many."""
    due = Recording.objects.filter(emptied_at=None, copy="").exclude(url="")
    due = due.exclude(checked_at__gt=timezone.now() - CYCLE).order_by("checked_at", "id")
    found = list(due[:CHECKED_AT_ONCE])
    for track in found:
        _check(track)
    return len(found)


def _check(track: Recording) -> None:
    now = timezone.now()
    dead = track.dead_since
    try:
        answer = read(target_of(track.url, settings.RECORDING_HOSTS), 0, 1)
    except (NotAllowed, Unreached):
        pass  # nothing was learnt of the file
    else:
        if answer.status in GONE:
            dead = dead or now
        elif answer.status in (200, 206):
            dead = None
    Recording.objects.filter(pk=track.pk).update(checked_at=now, dead_since=dead)
