"""Handlers of callbacks about lessons.

A callback is a hint: it schedules a poll. Only recordings are taken from the callback itself. The result does
not depend on the order of the events, nor on repeats:

- `class_begin`, `class_over`, `online_record_start`, `local_record_callback`: schedule a poll; `/class/info`
  decides. Whether a recording began is kept in `LessonRecording`.
- `join_class`, `quit_class`: schedule a poll and store evidence, one row for each distinct event.
  Evidence that contradicts a final register is listed for a person and changes no mark.
- `online_record_stop`: store recordings, folded from all events of the class
  (`classes/recordings/tracks.py`).

An event of an unknown lesson waits. An event of a deleted lesson is closed; its evidence and its recordings
are kept.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Enterprise
from classes.attendance.callback_differences import record_differences
from classes.attendance.evidence import CallbackEvent, record_callbacks
from classes.choices import Status
from classes.mirror.poll_policy import LIST_REQUIRED
from classes.models import Lesson, Recording
from classes.recordings.outcome import STARTED, STOPPED, update_outcome
from classes.recordings.tracks import fold_callbacks
from console.inbox.health import register_silent_lesson_count
from console.inbox.models import Callback
from console.inbox.processing import (
    UNKNOWN_CLASS,
    EventParked,
    EventQuarantined,
    register_batch_handler,
    register_handler,
    single_event_handler,
)
from console.mirror.leases import schedule_poll_now
from console.outbox.states import SyncState
from console.wakeup import wake_worker

LESSON_DELETED = "lesson_deleted"


# Lessons by school and class id. Ordered by id, as every other lock of many lessons, to avoid deadlocks.
_LESSONS = """
SELECT l.id, l.enterprise_id, l.remote_id, l.cancelled_at, l.sync_state, l.final_at FROM classes_lesson l
JOIN unnest(%s::bigint[], %s::text[]) AS event(school, class_id)
    ON l.enterprise_id = event.school AND l.remote_id = event.class_id
ORDER BY l.id FOR NO KEY UPDATE OF l
"""
ClassKey = tuple[int, str]


@register_silent_lesson_count
def count_silent_lessons(school: Enterprise, last: datetime | None, until: datetime) -> int:
    """Return how many lessons run that started after the last callback, and not after `until`."""
    running = Lesson.objects.filter(
        enterprise=school, status=Status.ING, cancelled_at=None, real_started_at__lte=until
    )
    return (running.filter(real_started_at__gt=last) if last else running).count()


def find_callback_lesson(callback: Callback) -> Lesson | None:
    """Return the lesson that the event names, even if it is cancelled or deleted."""
    if not callback.class_id:
        return None
    return Lesson.objects.filter(enterprise_id=callback.enterprise_id, remote_id=callback.class_id).first()


def _require_lesson(callback: Callback, lesson: Lesson | None) -> Lesson:
    """Return the lesson if there is one.

    Raise EventQuarantined for an event without a class, EventParked for an unknown lesson.
    """
    if not callback.class_id:
        raise EventQuarantined("no_class")
    if lesson is None:
        raise EventParked(UNKNOWN_CLASS)
    return lesson


def _closing_reason(lesson: Lesson) -> str | None:
    """Return the reason that closes an event whose lesson is no longer at the service, else None."""
    return LESSON_DELETED if lesson.cancelled_at or lesson.sync_state == SyncState.GONE else None


@register_batch_handler("class_begin", "class_over", "local_record_callback", "join_class", "quit_class")
def schedule_polls(callbacks: Sequence[Callback]) -> list[str | EventParked | EventQuarantined | None]:
    """Schedule a poll of these lessons; store entries and exits as evidence."""
    lessons = _lock_lessons({_class_key(one) for one in callbacks if one.class_id})
    outcomes: list[str | EventParked | EventQuarantined | None] = []
    events: list[CallbackEvent] = []
    due: set[int] = set()
    for callback in callbacks:
        try:
            lesson = _require_lesson(callback, lessons.get(_class_key(callback)))
        except (EventParked, EventQuarantined) as outcome:
            outcomes.append(outcome)
            continue
        events.append(
            CallbackEvent(lesson.pk, callback.event, _body_data(callback), _evidence_time(callback, lesson))
        )
        outcomes.append(_closing_reason(lesson))
        if not outcomes[-1]:
            due.add(lesson.pk)
    record_callbacks(events)
    record_differences({lesson.pk for lesson in lessons.values() if lesson.final_at})
    # LIST_REQUIRED: a poll of the number of people would not show who entered or left.
    if schedule_poll_now(
        Lesson.objects.filter(pk__in=due, cancelled_at=None, final_at=None), **LIST_REQUIRED
    ):
        transaction.on_commit(lambda: wake_worker("console.mirror.tasks.poll"))
    return outcomes


def _evidence_time(callback: Callback, lesson: Lesson) -> datetime:
    """Return when the event was received.

    For a final register it is never earlier than now, even if the event waited in the inbox.
    """
    return max(callback.received_at, timezone.now()) if lesson.final_at else callback.received_at


def _class_key(callback: Callback) -> ClassKey:
    return callback.enterprise_id, callback.class_id


def _lock_lessons(keys: Collection[ClassKey]) -> dict[ClassKey, Lesson]:
    """Lock and return the existing lessons, with the columns that decide whether an event still matters."""
    schools, class_ids = [school for school, _ in keys], [class_id for _, class_id in keys]
    rows = Lesson.objects.raw(_LESSONS, [schools, class_ids])
    return {(row.enterprise_id, row.remote_id): row for row in rows}


@register_handler(STARTED)
def record_start(callback: Callback) -> str | None:
    """Record whether the recording began, which only this event says; schedule a poll for the rest."""
    _lock_class(callback)
    update_outcome(callback, find_callback_lesson(callback))
    return single_event_handler(schedule_polls)(callback)


@register_handler(STOPPED)
def store_tracks(callback: Callback) -> str | None:
    """Store each track at once: no endpoint lists them, so this event is their only source.

    An unknown lesson is no obstacle: its tracks are linked to it later.
    """
    _lock_class(callback)
    lesson = find_callback_lesson(callback)
    update_outcome(callback, lesson)
    _write_tracks(callback, lesson, fold_callbacks(_stop_bodies(callback)).tracks)
    if fold_callbacks([_body_data(callback)]).odd:
        raise EventQuarantined("odd_track")
    return _closing_reason(_require_lesson(callback, lesson))


def _write_tracks(callback: Callback, lesson: Lesson | None, tracks: Mapping[str, Mapping[str, Any]]) -> None:
    """Write changed rows of the tracks. A lesson that was found once is kept."""
    class_key = {"enterprise_id": callback.enterprise_id, "class_id": callback.class_id}
    stored = Recording.objects.select_for_update(of=("self",), no_key=True).filter(**class_key).order_by("pk")
    rows = {row.video_id: row for row in stored}  # locked: another process may be archiving one
    for video_id, track in tracks.items():
        values = {**track, "lesson_id": lesson.pk} if lesson else track
        row = rows.get(video_id) or Recording(**class_key, video_id=video_id)
        changed = [name for name, value in values.items() if getattr(row, name) != value]
        if row.emptied_at is None and (changed or row.pk is None):
            for name in changed:
                setattr(row, name, values[name])
            row.save(update_fields=changed if row.pk else None)


def _stop_bodies(callback: Callback) -> list[Any]:
    """Return the data of all recording events of this class, this one included."""
    callbacks = Callback.objects.filter(
        enterprise_id=callback.enterprise_id, class_id=callback.class_id, event=STOPPED, body__isnull=False
    )
    return list(callbacks.values_list("body__data", flat=True))


def _lock_class(callback: Callback) -> None:
    """Take a lock per class, so that the last fold to write has read all the events."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"tracks:{callback.enterprise_id}:{callback.class_id}"],
        )


def _body_data(callback: Callback) -> Mapping[str, Any]:
    data = callback.body.get("data") if isinstance(callback.body, dict) else None
    return data if isinstance(data, dict) else {}
