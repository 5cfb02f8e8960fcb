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

from classes.attendance.evidence import record_failed, record_history, record_runtime
from classes.attendance.register import recompute
from classes.kinds import Status
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
    """What one look at one lesson brought. `history_total` is what `/member/history/total` told."""

    seen_at: datetime
    info: ClassInfo
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
    lesson_seen(lesson, look.info)
    fields: dict[str, Any] = {"looked_at": look.seen_at, "look_failures": 0}
    if look.room is not None:
        _write_room(lesson, look.room, look.seen_at)
        recompute(lesson)
    if look.history is not None:
        record_history(lesson, look.history.lines, seen_at=look.seen_at)
        fields |= _settled(lesson, look)
        recompute(lesson)
    let_go(lesson, next_look(lesson), **fields)


def _write_room(lesson: Lesson, room: Walk[RuntimeMember], seen_at: datetime) -> None:
    """Who is in the room; a list that was not read to its end tells nothing about who is missing from it."""
    if room.complete and not room.odd:
        record_runtime(lesson, room.lines, seen_at=seen_at)
    else:
        record_failed(lesson, seen_at=seen_at, why="incomplete")


def _settled(lesson: Lesson, look: Look) -> dict[str, Any]:
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
    let_go(lesson, now + timedelta(seconds=wait), look_failures=lesson.look_failures + 1)
