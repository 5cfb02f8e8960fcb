"""Outcome of a recording from its start and stop callbacks, independent of their order."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from classes.models import Lesson, LessonRecording
from classes.recordings.tracks import parse_timestamp, positive_int
from console.inbox.models import Callback

STARTED, STOPPED = "online_record_start", "online_record_stop"
INT32 = 2**31 - 1
#: The columns that this module writes; title, tags and retention belong to the school.
OUTCOME_FIELDS = [
    "lesson",
    *(f"{event}_{name}" for event in ("begin", "end") for name in ("rank", "at", "code", "message")),
]


def newest_callback(callback_bodies: Iterable[Any]) -> tuple[str, Mapping[str, Any]]:
    """Return the callback with the latest `timestamp`, and its rank.

    Ties are resolved by content, so that the order of arrival does not matter.
    """
    ranked = [(callback_rank(one), one) for one in callback_bodies if isinstance(one, Mapping)]
    return max(ranked, key=lambda pair: pair[0], default=("", {}))


def callback_rank(body: Mapping[str, Any]) -> str:
    encoded = json.dumps(body, sort_keys=True, default=str)
    digest = hashlib.sha256(encoded.encode()).hexdigest()
    return f"{positive_int(body.get('timestamp'), 2**62) or 0:020d}:{digest}"


def update_outcome(callback: Callback, lesson: Lesson | None) -> LessonRecording:
    """Update the outcome from all stored callbacks of this class; older stored values are kept."""
    key: dict[str, Any] = {"enterprise_id": callback.enterprise_id, "class_id": callback.class_id}
    created, _new = LessonRecording.objects.get_or_create(**key)
    footage = LessonRecording.objects.select_for_update(of=("self",), no_key=True).get(pk=created.pk)
    callbacks = Callback.objects.filter(**key, event__in=(STARTED, STOPPED), body__isnull=False)
    stored: Iterable[tuple[str, Any]] = callbacks.values_list("event", "body")
    bodies = [(event, body.get("data")) for event, body in stored]
    changed = _apply_start(footage, newest_callback(data for event, data in bodies if event == STARTED))
    changed |= _apply_stop(footage, newest_callback(data for event, data in bodies if event == STOPPED))
    if lesson is not None and footage.lesson_id != lesson.pk:
        footage.lesson, changed = lesson, True
    if changed:
        footage.save(update_fields=OUTCOME_FIELDS)
    return footage


def _apply_start(footage: LessonRecording, newest: tuple[str, Mapping[str, Any]]) -> bool:
    rank, body = newest
    if rank <= footage.begin_rank:
        return False
    footage.begin_rank = rank
    footage.begin_at = parse_timestamp(body.get("timestamp")) or footage.begin_at
    footage.begin_code, footage.begin_message = _result_code(body)
    return True


def _apply_stop(footage: LessonRecording, newest: tuple[str, Mapping[str, Any]]) -> bool:
    rank, body = newest
    if rank <= footage.end_rank:
        return False
    footage.end_rank = rank
    footage.end_at = parse_timestamp(body.get("stop_time")) or parse_timestamp(body.get("timestamp"))
    footage.end_code, footage.end_message = _result_code(body)
    return True


def _result_code(body: Mapping[str, Any]) -> tuple[int, str]:
    """Return error code and message; a code that is not a 32-bit integer becomes -1."""
    value = body.get("error_code")
    try:
        code = int(value) if isinstance(value, int | str) else 0
    except ValueError:
        code = -1
    return code if abs(code) <= INT32 else -1, str(body.get("error_msg") or "")[:200]
