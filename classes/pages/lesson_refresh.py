"""How often the page of a lesson asks for news, and whether there are any."""

import hashlib
import json
from datetime import timedelta
from typing import Any

from django.utils import timezone, translation

from classes.lessons.status import phase_of
from classes.models import Lesson
from classes.readiness.checks import compute_readiness
from classes.recordings.states import recording_states
from console.outbox.states import SyncState
from console.policy import may

#: Seconds between two requests of a page: while a change is on its way to the service, while the lesson runs,
#: where it may begin any moment or its register becomes final, and where nothing is expected soon.
PENDING_S, LIVE_S, WAITING_S, IDLE_S = 3, 5, 15, 60
#: Transient states, usually over within seconds.
PENDING_STATES = (SyncState.LOCAL, SyncState.SENDING, SyncState.CHECKING)
#: States of a recording that another one follows.
PENDING_RECORDINGS = ("asked", "started", "stopped")
#: How long after its planned end a lesson that never began may still begin.
LATE_START_WITHIN = timedelta(days=1)


def refresh_interval(lesson: Lesson, reader: Any) -> int:
    """Return after how many seconds the page asks again; 0 where nothing changes by itself any more."""
    if lesson.sync_state in PENDING_STATES:
        return PENDING_S
    phase = phase_of(lesson)
    if phase.stage == "running":
        return LIVE_S if may(reader, "list", "member") else WAITING_S
    if phase.stage == "over":
        return WAITING_S if lesson.final_at is None else _recording_interval(lesson)
    if phase.stage == "cancelled" or timezone.now() - lesson.ends_at > LATE_START_WITHIN:
        return 0
    return WAITING_S if phase.opens else IDLE_S


def _readiness_words(lesson: Lesson) -> str:
    with translation.override(None):  # a version is the same in every language
        readiness = compute_readiness(lesson.enterprise, [lesson]).get(lesson.pk)
        return " ".join(str(point.words) for point in readiness.points) if readiness else ""


def _recording_interval(lesson: Lesson) -> int:
    return IDLE_S if recording_states([lesson])[lesson.pk].name in PENDING_RECORDINGS else 0


def checked_at(lesson: Lesson) -> int:
    """Return when iclass was last asked about the lesson, in seconds of the epoch; 0 if never."""
    moment = lesson.looked_at or lesson.observed_at
    return int(moment.timestamp()) if moment else 0


def page_version(lesson: Lesson, reader: Any) -> str:
    """Return a digest of what the page shows besides the live panel; equal while it need not be drawn anew.

    The time of the last check is left out: it changes with every poll, and is drawn by itself (`checked_at`).
    """
    phase = phase_of(lesson)
    shown = [
        *(phase.name, lesson.sync_state, lesson.sync_reason, lesson.remote_id, lesson.topic),
        *(lesson.starts_at, lesson.ends_at, lesson.teacher_id, lesson.class_type),
        *(lesson.real_started_at, lesson.real_ended_at, lesson.final_at, lesson.register_closed_at),
        *(lesson.teacher_url, lesson.student_url, lesson.made_up),
        # Each reading of the history may bring other marks, until they are final.
        lesson.history_reads if phase.stage == "over" else "",
        json.dumps(lesson.observed, sort_keys=True, default=str),
        recording_states([lesson])[lesson.pk].name,
        _readiness_words(lesson) if may(reader, "list", "member") else "",
    ]
    return hashlib.sha256("\n".join(map(str, shown)).encode()).hexdigest()[:16]
