"""Looking at lessons on their clock: info, who is in the room, and afterwards the history."""

import hashlib
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from classes.attendance.evidence import (
    record_count,
    record_failed,
    record_history,
    record_late,
    record_runtime,
)
from classes.attendance.register import recompute
from classes.attendance.rules import policy_of
from classes.attendance.samples import keep as keep_samples
from classes.attendance.telling import tell_of_final
from classes.kinds import Status
from classes.mirror.quiet import after_failure, after_list, after_number, number_will_do
from classes.mirror.seen import lesson_seen, next_look
from classes.models import Lesson
from console.iclass import ClassInfo, Client, HistoryMember, IClassError, RuntimeMember, Walk
from console.iclass import walk as walk_pages
from console.mirror.leases import POLLED, hold, let_go, take_due
from console.mirror.registry import poller

log = logging.getLogger(__name__)
THREADS = 8
#: After so many reads of the history an exit that is still missing is not waited for any longer.
PATIENCE = 30


@dataclass
class Look:
    """What one look at one lesson brought.

    `room_total` and `history_total` are what `/member/runtime/total` and `/member/history/total` told.
    """

    seen_at: datetime
    info: ClassInfo | None = None
    room_total: int | None = None
    room: Walk[RuntimeMember] | None = None
    history: Walk[HistoryMember] | None = None
    history_total: int = 0


@poller("lessons")
def look_at_lessons(limit: int) -> int:
    """Look at up to `limit` due lessons: HTTP in threads, rows written one lesson a transaction."""
    lessons = take_due(Lesson, limit)
    clients = {lesson.enterprise_id: lesson.enterprise.client() for lesson in lessons}
    jobs: list[tuple[Lesson, Callable[[], Look]]] = []
    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        for lesson in lessons:
            jobs.append((lesson, pool.submit(_fetch, clients[lesson.enterprise_id], lesson).result))
        for lesson, result in jobs:
            try:
                look = result()
                POLLED.hit()
                _write(lesson, look)
            except IClassError as error:
                _failed(lesson, error)
            except Exception:
                log.exception("could not write the look at lesson %s", lesson.pk)
                let_go(lesson, timezone.now() + timedelta(seconds=settings.LIVE_POLL_S))
    return len(lessons)


def _fetch(client: Client, lesson: Lesson) -> Look:
    """Ask the service; no database here, for this runs in a thread."""
    class_id = int(lesson.remote_id)
    members = client.members
    info = client.classes.info(class_id)
    look = Look(timezone.now(), info)
    if info.class_status == Status.ING:
        look.room_total = members.runtime_total(class_id) if number_will_do(lesson) else None
        if look.room_total is None or look.room_total != lesson.room_total:
            look.room = walk_pages(lambda index, size: members.runtime_list(class_id, index, size), _person)
        look.seen_at = timezone.now()
    elif info.class_status == Status.END:
        look.history = walk_pages(lambda index, size: members.history_list(class_id, index, size), _stay)
        look.history_total = members.history_total(class_id)
    return look


def _person(line: RuntimeMember) -> str:
    return line.user_id


def _stay(line: HistoryMember) -> tuple[str, int, int]:
    return line.user_id, line.enter_time, line.quit_time


@transaction.atomic
def _write(lesson: Lesson, look: Look) -> None:
    """Rows from a look, if the lease is still ours."""
    if not hold(lesson):
        return
    assert look.info is not None
    lesson_seen(lesson, look.info)
    fields: dict[str, Any] = {"looked_at": look.seen_at, "look_failures": 0}
    if _is_live(look):
        _note_lateness(lesson, look.seen_at)
        fields |= _write_room(lesson, look)
        recompute(lesson)
    if look.history is not None:
        record_history(lesson, look.history.lines, seen_at=look.seen_at)
        fields |= settled(lesson, look)
        recompute(lesson)
        if lesson.final_at is not None:
            keep_samples(lesson)
        tell_of_final(lesson)
    let_go(lesson, next_look(lesson), **fields)


def _is_live(look: Look) -> bool:
    return look.room is not None or look.room_total is not None


def _note_lateness(lesson: Lesson, seen_at: datetime) -> None:
    """A poll that came too late to speak for the time since the last one is evidence of the gap."""
    moments = [at for at in (lesson.looked_at, lesson.real_started_at) if at]
    since = max(moments, default=seen_at)
    if (seen_at - since).total_seconds() > policy_of(lesson).trust_s:
        record_late(lesson, seen_at=seen_at, since=since)


def _write_room(lesson: Lesson, look: Look) -> dict[str, Any]:
    """Who is in the room; a list that was not read to its end tells nothing about who is missing from it."""
    room = look.room
    if room is None:
        assert look.room_total is not None
        record_count(lesson, look.room_total, seen_at=look.seen_at)
        return after_number(lesson)
    if not room.complete or room.odd:
        record_failed(lesson, seen_at=look.seen_at, why="incomplete")
        return after_failure()
    changed = record_runtime(lesson, room.lines, seen_at=look.seen_at)
    return after_list(len(room.lines), quiet=not changed)


def settled(lesson: Lesson, look: Look) -> dict[str, Any]:
    """Whether the history can be trusted: complete, as many lines as the total, and the same twice."""
    assert look.history is not None
    lines = sorted((line.user_id, line.enter_time, line.quit_time) for line in look.history.lines)
    digest = hashlib.sha256(repr(lines).encode()).hexdigest()
    # An exit that never comes must not keep the register open for ever; what follows it is unknown.
    waited = lesson.history_reads >= PATIENCE
    open_stays = any(not left for _, _, left in lines) and not waited
    complete = look.history.complete and look.history_total == len(lines) and not open_stays
    if complete and digest == lesson.history_digest:
        lesson.final_at = look.seen_at
    lesson.history_digest = digest if complete else ""
    lesson.history_reads += 1
    return {
        "history_digest": lesson.history_digest,
        "history_reads": lesson.history_reads,
        "history_lines": len(lines),
        "history_total": look.history_total,
        "final_at": lesson.final_at,
    }


@transaction.atomic
def _failed(lesson: Lesson, error: IClassError) -> None:
    """A look that failed is evidence too: what happened meanwhile is unknown, not absence."""
    if not hold(lesson):
        return
    now = timezone.now()
    if lesson.status == Status.ING:
        record_failed(lesson, seen_at=now, why=type(error).__name__)
    wait = settings.LIVE_POLL_S * min(2**lesson.look_failures, 8)
    let_go(
        lesson,
        now + timedelta(seconds=wait),
        look_failures=lesson.look_failures + 1,
        **after_failure(),
    )
