"""Looking at lessons on their clock: info, who is in the room, and afterwards the history."""

import hashlib
import logging
import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from classes.attendance.evidence import counted, record_failed, record_history, record_runtime
from classes.attendance.register import recompute
from classes.attendance.samples import keep as keep_samples
from classes.attendance.telling import tell_of_final
from classes.kinds import Status
from classes.mirror.looks import Look, ask
from classes.mirror.quiet import after_failure, after_list, after_number
from classes.mirror.seen import lesson_seen, next_look
from classes.mirror.together import late_rows, write_together
from classes.models import Lesson
from console.iclass import IClassError
from console.mirror.leases import POLLED, hold, let_go, take_due
from console.mirror.registry import poller
from console.rows import insert

log = logging.getLogger(__name__)
#: Calls at a time. Each waits for the service most of the time, so there are more of them than processors.
THREADS = 32
#: So many looks are written in one transaction: more cost hardly less, and hold more rows for longer.
TOGETHER = 25
#: After so many reads of the history an exit that is still missing is not waited for any longer.
PATIENCE = 30


@poller("lessons")
def look_at_lessons(limit: int) -> int:
    """Look at up to `limit` due lessons: HTTP in threads, rows written for many lessons at once.

    What a service that hangs holds up beyond the lease is not asked any more: by then it may be another's.
    """
    until = timezone.now().timestamp() + settings.LEASE_S
    lessons = take_due(Lesson, limit)
    schools = {lesson.enterprise_id: lesson.enterprise for lesson in lessons}
    clients = {key: school.client(until=until) for key, school in schools.items()}
    pool = _pool(os.getpid())
    asked = [(lesson, pool.submit(ask, clients[lesson.enterprise_id], lesson)) for lesson in lessons]
    for start in range(0, len(asked), TOGETHER):
        _settle(asked[start : start + TOGETHER])
    return len(lessons)


@cache
def _pool(process: int) -> ThreadPoolExecutor:
    """The threads of this process that ask: they stay, and each keeps its connection to the service."""
    return ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="look")


def _settle(asked: Sequence[tuple[Lesson, "Future[Look]"]]) -> None:
    """Write what these looks brought, those of quiet lessons together."""
    looks = []
    for lesson, look in asked:
        try:
            looks.append((lesson, look.result()))
            POLLED.hit()
        except IClassError as error:
            _failed(lesson, error)
        except Exception:
            _put_off(lesson)
    try:
        left = write_together(looks)
    except Exception:
        log.exception("could not write %s looks together", len(looks))
        left = looks
    for lesson, one in left:
        try:
            _write(lesson, one)
        except Exception:
            _put_off(lesson)


def _put_off(lesson: Lesson) -> None:
    log.exception("could not write the look at lesson %s", lesson.pk)
    let_go(lesson, timezone.now() + timedelta(seconds=settings.LIVE_POLL_S))


@transaction.atomic
def _write(lesson: Lesson, look: Look) -> None:
    """Rows from a look, if the lease is still ours."""
    if not hold(lesson):
        return
    assert look.info is not None
    lesson_seen(lesson, look.info)
    fields: dict[str, Any] = {"looked_at": look.seen_at, "look_failures": 0}
    if look.is_live:
        insert(late_rows(lesson, look.seen_at))
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


def _write_room(lesson: Lesson, look: Look) -> dict[str, Any]:
    """Who is in the room; a list that was not read to its end tells nothing about who is missing from it."""
    if look.room is None:
        assert look.room_total is not None
        insert([counted(lesson, look.room_total, seen_at=look.seen_at)])
        return after_number(lesson)
    if not look.room_is_whole:
        record_failed(lesson, seen_at=look.seen_at, why="incomplete")
        return after_failure()
    changed = record_runtime(lesson, look.room.lines, seen_at=look.seen_at)
    return after_list(len(look.room.lines), quiet=not changed)


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
