"""Services for recordings: title, tags, retention and the bin.

Nothing of this is sent to iclass, and a sync with iclass never deletes a recording.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from classes.models import Lesson, LessonRecording, Recording
from console.audit.trail import diff_snapshots, record, snapshot
from console.concurrency import changed_fields, service

BIN_RETENTION = timedelta(days=30)
MAX_TAGS = 20
RECORDING_FIELDS = ("title", "tags", "keep_until", "keep_for_good")


def get_lesson_recording(lesson: Lesson) -> LessonRecording:
    """Get or create the row of a lesson's recording."""
    found = LessonRecording.objects.filter(lesson=lesson).first()
    if found is None:
        class_id = lesson.remote_id or f"lesson-{lesson.pk}"
        found, _new = LessonRecording.objects.get_or_create(
            enterprise_id=lesson.enterprise_id, class_id=class_id
        )
        LessonRecording.objects.filter(pk=found.pk, lesson=None).update(lesson=lesson)
        found.lesson = lesson
    return found


def _lock_recording(lesson: Lesson) -> LessonRecording:
    """Get or create the row and lock it until the transaction ends."""
    rows = LessonRecording.objects.select_for_update(of=("self",), no_key=True)
    return rows.get(pk=get_lesson_recording(lesson).pk)


@service
def update_recording(
    *, lesson: Lesson, by: User, seen: Mapping[str, str] | None = None, **fields: Any
) -> LessonRecording:
    """Change title, tags and retention (RECORDING_FIELDS) of a recording.

    `seen` holds the digests that the editor saw. Raise EditConflict if somebody else changed the same field,
    and ValidationError for a past day, or for a day together with `keep_for_good`.
    """
    footage = _lock_recording(lesson)
    before, changed = _snapshot_fields(footage), changed_fields(footage, _normalize(fields), seen or {})
    for name, value in changed.items():
        setattr(footage, name, value)
    if changed.get("keep_until") and footage.keep_until and footage.keep_until < timezone.localdate():
        raise ValidationError({"keep_until": _("Choose today or a later day.")})
    if footage.keep_until and footage.keep_for_good:
        raise ValidationError({"keep_until": _("Choose either a day or “keep indefinitely”, not both.")})
    if changed:
        footage.save(update_fields=list(changed))
        old, new = diff_snapshots(before, _snapshot_fields(footage))
        record("recording.change", footage, by=by, before=old, after=new)
    return footage


def _normalize(fields: Mapping[str, Any]) -> dict[str, Any]:
    normalized = dict(fields)
    if "title" in normalized:
        normalized["title"] = normalized["title"].strip()
    if "tags" in normalized:
        tags = list(dict.fromkeys(tag.strip()[:30] for tag in normalized["tags"] if tag.strip()))
        if len(tags) > MAX_TAGS:
            raise ValidationError({"tags": _("Enter at most %(n)d tags.") % {"n": MAX_TAGS}})
        normalized["tags"] = tags
    return normalized


@service
def bin_recording(
    *, lesson: Lesson, by: User | None, reason: str = "", only: Q | None = None
) -> LessonRecording:
    """Move a recording into the bin, from which it can be restored for thirty days.

    `only` is a condition that must still hold, because somebody may have chosen to keep the recording.
    """
    footage = _lock_recording(lesson)
    if footage.binned_at is None and LessonRecording.objects.filter(only or Q(), pk=footage.pk).exists():
        footage.binned_at = timezone.now()
        footage.save(update_fields=["binned_at"])
        record("recording.delete", footage, by=by, reason=reason)
    return footage


@service
def restore_recording(*, lesson: Lesson, by: User) -> LessonRecording:
    """Restore a recording from the bin and keep it indefinitely. Raise ValidationError if it was purged."""
    footage = _lock_recording(lesson)
    if footage.emptied_at:
        raise ValidationError(_("Permanently deleted: it was in the recycle bin for 30 days."))
    if footage.binned_at is None:  # restored concurrently
        return footage
    footage.binned_at, footage.keep_until, footage.keep_for_good = None, None, True
    footage.save(update_fields=["binned_at", "keep_until", "keep_for_good"])
    record("recording.restore", footage, by=by)
    return footage


@service
def undo_bin(*, lesson: Lesson, by: User, at: str) -> None:
    """Take a recording out of the bin, kept as long as before. `at` is when it was moved there.

    Raise ValidationError if somebody has restored it since, or it was purged.
    """
    footage = _lock_recording(lesson)
    if footage.emptied_at or footage.binned_at is None or footage.binned_at.isoformat() != at:
        raise ValidationError(_("Someone changed this recording since. Open it again to see its state."))
    footage.binned_at = None
    footage.save(update_fields=["binned_at"])
    record("recording.restore", footage, by=by)


def expire_recordings(today: date | None = None) -> int:
    """Move recordings past their own last day into the bin; return their number."""
    day = today or timezone.localdate()
    expired = Q(keep_until__lt=day)
    found = list(
        LessonRecording.objects.filter(expired, binned_at=None, lesson__isnull=False).select_related("lesson")
    )
    for footage in found:
        if footage.lesson is not None:
            reason = f"kept until {footage.keep_until}"
            bin_recording(lesson=footage.lesson, by=None, reason=reason, only=expired)
    return len(found)


def empty_bin() -> int:
    """Purge URLs and copies of recordings that were in the bin for thirty days; return their number."""
    expired = Q(binned_at__lt=timezone.now() - BIN_RETENTION, emptied_at=None)
    return sum(
        _purge_recording(pk, expired)
        for pk in LessonRecording.objects.filter(expired).values_list("pk", flat=True)
    )


@service
def _purge_recording(pk: int, condition: Q) -> int:
    """Purge a recording unless it was restored in the meantime; return 1 or 0."""
    rows = LessonRecording.objects.select_for_update(of=("self",), no_key=True)
    footage = rows.filter(condition, pk=pk).first()
    if footage is None:
        return 0
    tracks = Recording.objects.filter(enterprise=footage.enterprise_id, class_id=footage.class_id)
    _delete_copies(tracks)
    now = timezone.now()
    tracks.update(emptied_at=now, url="", raw={}, copy="", copy_sha256="")
    footage.emptied_at = now
    footage.save(update_fields=["emptied_at"])
    record("recording.empty", footage, by=None)
    return 1


def _delete_copies(tracks: QuerySet[Recording]) -> None:
    """Delete the copies on commit. Lock the tracks first, because a copy may be in progress."""
    for one in tracks.select_for_update(of=("self",), no_key=True).order_by("pk"):
        if one.copy:
            storage, name = one.copy.storage, one.copy.name or ""
            transaction.on_commit(partial(storage.delete, name))


def _snapshot_fields(footage: LessonRecording) -> dict[str, Any]:
    return snapshot(footage, RECORDING_FIELDS)
