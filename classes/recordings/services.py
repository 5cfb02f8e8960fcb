"""What a school does with recordings: names and tags, how long they are kept, the bin. Nothing of it is told
to iclass, and no comparing with iclass ever deletes a recording."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from classes.models import Footage, Lesson, Recording
from console.audit.trail import changes, record, snapshot

BIN = timedelta(days=30)
FIELDS = ("title", "tags", "keep_until", "keep_for_good")


def footage_of(lesson: Lesson) -> Footage:
    """What the school keeps of a lesson's recording; made where there is none yet."""
    found = Footage.objects.filter(lesson=lesson).first()
    if found is None:
        class_id = lesson.remote_id or f"lesson-{lesson.pk}"
        found, _new = Footage.objects.get_or_create(enterprise_id=lesson.enterprise_id, class_id=class_id)
        Footage.objects.filter(pk=found.pk, lesson=None).update(lesson=lesson)
        found.lesson = lesson
    return found


@transaction.atomic
def describe(
    *,
    lesson: Lesson,
    title: str,
    tags: Iterable[str],
    keep_until: date | None,
    keep_for_good: bool = False,
    by: User,
) -> Footage:
    """Give the recording a title and tags of its own, and say how long it is kept: until a day, for good, or
    as the school keeps all. ValidationError for a day that has passed, or for both."""
    footage = footage_of(lesson)
    if keep_until and keep_until < timezone.localdate():
        raise ValidationError({"keep_until": _("Choose a day that has not passed.")})
    if keep_until and keep_for_good:
        raise ValidationError({"keep_until": _("Choose a day, or keep it for good; not both.")})
    before = _kept(footage)
    footage.title = title.strip()
    footage.tags = list(dict.fromkeys(tag.strip()[:30] for tag in tags if tag.strip()))[:20]
    footage.keep_until, footage.keep_for_good = keep_until, keep_for_good
    footage.save(update_fields=FIELDS)
    was, now = changes(before, _kept(footage))
    if now:
        record("recording.change", footage, by=by, before=was, after=now)
    return footage


@transaction.atomic
def put_into_bin(*, lesson: Lesson, by: User | None, reason: str = "") -> Footage:
    """Nobody watches it any more; within thirty days it can be taken out again."""
    footage = footage_of(lesson)
    if footage.binned_at is None:
        footage.binned_at = timezone.now()
        footage.save(update_fields=["binned_at"])
        record("recording.delete", footage, by=by, reason=reason)
    return footage


@transaction.atomic
def take_out_of_bin(*, lesson: Lesson, by: User) -> Footage:
    """Put it back into the library, where it stays until somebody says otherwise. ValidationError where it is
    gone for good."""
    footage = footage_of(lesson)
    if footage.emptied_at:
        raise ValidationError(_("It is gone for good: its thirty days in the bin are over."))
    footage.binned_at, footage.keep_until, footage.keep_for_good = None, None, True
    footage.save(update_fields=["binned_at", "keep_until", "keep_for_good"])
    record("recording.restore", footage, by=by)
    return footage


def expire(today: date | None = None) -> int:
    """Put into the bin what is kept no longer; how many."""
    day = today or timezone.localdate()
    over = Footage.objects.filter(keep_until__lt=day, binned_at=None, lesson__isnull=False)
    found = list(over.select_related("lesson"))
    for footage in found:
        if footage.lesson is not None:
            put_into_bin(lesson=footage.lesson, by=None, reason=f"kept until {footage.keep_until}")
    return len(found)


def empty_bin() -> int:
    """Let go of what has been in the bin for thirty days: addresses and our copies; how many."""
    old = Footage.objects.filter(binned_at__lt=timezone.now() - BIN, emptied_at=None)
    return sum(_empty(footage) for footage in old)


@transaction.atomic
def _empty(footage: Footage) -> int:
    now = timezone.now()
    tracks = Recording.objects.filter(enterprise=footage.enterprise_id, class_id=footage.class_id)
    _drop_copies(tracks)
    tracks.update(emptied_at=now, url="", raw={}, copy="", copy_sha256="")
    footage.emptied_at = now
    footage.save(update_fields=["emptied_at"])
    record("recording.empty", footage, by=None)
    return 1


def _drop_copies(tracks: QuerySet[Recording]) -> None:
    for one in tracks.exclude(copy=""):
        storage, name = one.copy.storage, one.copy.name
        transaction.on_commit(lambda storage=storage, name=name: storage.delete(name))


def _kept(footage: Footage) -> dict[str, Any]:
    return snapshot(footage, FIELDS)
