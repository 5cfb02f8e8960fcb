"""Callbacks about lessons → a look, or a recording: a hint always, taken at its word only for recordings."""

from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from classes.attendance.evidence import record_callback
from classes.models import Lesson, Recording
from console.inbox.models import Callback
from console.inbox.process import Park, handles
from console.outbox.bell import ring

#: Longer than any lesson: a length beyond it was told in milliseconds.
MOST_SECONDS = 24 * 3600


def _lesson_of(callback: Callback) -> Lesson:
    lesson = Lesson.objects.filter(enterprise=callback.enterprise, remote_id=callback.class_id).first()
    if not callback.class_id or lesson is None:
        raise Park("unknown_class")
    return lesson


@handles("class_begin")
@handles("class_over")
@handles("online_record_start")
@handles("join_class")
@handles("quit_class")
def look(callback: Callback) -> None:
    """Something happened in a lesson: ask the service; an entry or exit is evidence besides."""
    lesson = _lesson_of(callback)
    record_callback(lesson, callback.event, callback.body["data"], seen_at=callback.received_at)
    Lesson.objects.filter(pk=lesson.pk, cancelled_at=None, final_at=None).update(look_at=timezone.now())
    transaction.on_commit(lambda: ring("console.mirror.tasks.poll"))


@handles("online_record_stop")
def keep_tracks(callback: Callback) -> None:
    """Store each track at once: no endpoint lists them, so this is the only time they are told.

    A lesson that we do not know yet does not matter; its tracks find it later.
    """
    data = callback.body["data"]
    lesson = Lesson.objects.filter(enterprise=callback.enterprise, remote_id=callback.class_id).first()
    for track in data.get("video_info") or []:
        Recording.objects.update_or_create(
            enterprise_id=callback.enterprise_id,
            class_id=callback.class_id,
            video_id=str(track["video_id"])[:80],
            defaults={"lesson": lesson, **_track(track, data)},
        )
    if lesson is None:
        raise Park("unknown_class")


def _track(track: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    kind = track.get("video_type")
    return {
        "video_type": kind if kind in Recording.Kind.values else Recording.Kind.CAMERA,
        # A whiteboard belongs to nobody, whatever the example says.
        "user_id": "" if kind == Recording.Kind.BOARD else str(track.get("user_id", ""))[:64],
        "url": str(track.get("video_url", ""))[:1000],
        "format": str(track.get("video_format", ""))[:20],
        "seconds": _seconds(track.get("video_duration")),
        "bytes": max(0, int(track.get("video_size") or 0)),
        "started_at": _moment(data.get("start_time")),
        "ended_at": _moment(data.get("stop_time")),
        "raw": track,
    }


def _seconds(told: Any) -> int | None:
    """The length in seconds; a sibling document tells milliseconds under the same name."""
    if not isinstance(told, int) or told < 0:
        return None
    return told if told <= MOST_SECONDS else told // 1000


def _moment(told: Any) -> datetime | None:
    return datetime.fromtimestamp(told, UTC) if isinstance(told, int) and told > 0 else None
