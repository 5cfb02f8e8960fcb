"""Poll due lessons: info, who is in the room, and afterwards the history."""

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

from classes.attendance.evidence import count_row, record_failed_poll, record_history, record_runtime
from classes.attendance.notifications import notify_final_register
from classes.attendance.register import finalize_register, recompute_register
from classes.choices import Status
from classes.mirror.poll_batch import late_rows, write_batch
from classes.mirror.poll_policy import fields_after_count, fields_after_failure, fields_after_list
from classes.mirror.poll_request import PollResult, poll_lesson
from classes.mirror.upsert import next_poll_at, upsert_lesson
from classes.models import Lesson
from console.bulk_sql import bulk_insert
from console.iclass import IClassError
from console.mirror.leases import POLLED, lease_due_rows, lock_leased_row, release_lease
from console.mirror.registry import register_poller

log = logging.getLogger(__name__)
#: Concurrent calls. Each mostly waits for the service, so there are more of them than processors.
THREADS = 32
#: Polls per transaction: more save little time, and lock more rows for longer.
BATCH = 25
#: Reads of the history after which a missing exit is no longer waited for.
MAX_HISTORY_READS = 30


@register_poller("lessons")
def poll_lessons(limit: int) -> int:
    """Poll up to `limit` due lessons: HTTP in threads, rows written for many lessons at once.

    Nothing is asked beyond the lease, however slow the service: by then another worker may hold the lesson.
    """
    until = timezone.now().timestamp() + settings.LEASE_S
    lessons = lease_due_rows(Lesson, limit)
    schools = {lesson.enterprise_id: lesson.enterprise for lesson in lessons}
    clients = {key: school.client(until=until) for key, school in schools.items()}
    pool = _pool(os.getpid())
    futures = [
        (lesson, pool.submit(poll_lesson, clients[lesson.enterprise_id], lesson)) for lesson in lessons
    ]
    for start in range(0, len(futures), BATCH):
        _write_results(futures[start : start + BATCH])
    return len(lessons)


@cache
def _pool(process: int) -> ThreadPoolExecutor:
    """Return the thread pool of this process; threads stay, and each keeps its connection to the service."""
    return ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="poll")


def _write_results(futures: Sequence[tuple[Lesson, "Future[PollResult]"]]) -> None:
    """Write the results of these polls, those of quiet lessons together."""
    polls = []
    for lesson, future in futures:
        try:
            polls.append((lesson, future.result()))
            POLLED.hit()
        except IClassError as error:
            _record_failure(lesson, error)
        except Exception:
            _postpone(lesson)
    try:
        remaining = write_batch(polls)
    except Exception:
        log.exception("could not write %s polls together", len(polls))
        remaining = polls
    for lesson, poll in remaining:
        try:
            _write_poll(lesson, poll)
        except Exception:
            _postpone(lesson)


def _postpone(lesson: Lesson) -> None:
    log.exception("could not write the poll of lesson %s", lesson.pk)
    release_lease(lesson, timezone.now() + timedelta(seconds=settings.LIVE_POLL_S))


@transaction.atomic
def _write_poll(lesson: Lesson, poll: PollResult) -> None:
    """Write the rows of a poll if the lease is still ours."""
    if not lock_leased_row(lesson):
        return
    assert poll.info is not None
    upsert_lesson(lesson, poll.info)
    fields: dict[str, Any] = {"looked_at": poll.seen_at, "look_failures": 0}
    if poll.is_live:
        bulk_insert(late_rows(lesson, poll.seen_at))
        fields |= _write_room(lesson, poll)
        recompute_register(lesson)
    if poll.error is not None:
        _write_failure(lesson, poll.error)
        return
    if poll.history is not None:
        record_history(lesson, poll.history.lines, seen_at=poll.seen_at)
        fields |= history_fields(lesson, poll)
        if lesson.final_at is None:
            recompute_register(lesson)
        else:
            finalize_register(lesson)
        notify_final_register(lesson)
    release_lease(lesson, next_poll_at(lesson), **fields)


def _write_room(lesson: Lesson, poll: PollResult) -> dict[str, Any]:
    """Write who is in the room; an incomplete list says nothing about who is missing from it."""
    if poll.room is None:
        assert poll.room_total is not None
        bulk_insert([count_row(lesson, poll.room_total, seen_at=poll.seen_at)])
        return fields_after_count(lesson)
    if not poll.room_is_complete:
        record_failed_poll(lesson, seen_at=poll.seen_at, why="incomplete")
        return fields_after_failure()
    changed = record_runtime(lesson, poll.room.lines, seen_at=poll.seen_at)
    return fields_after_list(len(poll.room.lines), quiet=not changed)


def history_fields(lesson: Lesson, poll: PollResult) -> dict[str, Any]:
    """Return the columns to save after reading the history.

    The lesson is final once the history is complete, matches the total and was read twice alike.
    """
    assert poll.history is not None
    lines = sorted((line.user_id, line.enter_time, line.quit_time) for line in poll.history.lines)
    digest = hashlib.sha256(repr(lines).encode()).hexdigest()
    # An exit that never arrives must not keep the register open; the time after the entry is unknown.
    gave_up = lesson.history_reads >= MAX_HISTORY_READS
    open_stays = any(not left for _, _, left in lines) and not gave_up
    complete = poll.history.complete and poll.history_total == len(lines) and not open_stays
    if complete and digest == lesson.history_digest:
        lesson.final_at = poll.seen_at
    lesson.history_digest = digest if complete else ""
    lesson.history_reads += 1
    return {
        "history_digest": lesson.history_digest,
        "history_reads": lesson.history_reads,
        "history_lines": len(lines),
        "history_total": poll.history_total,
        "final_at": lesson.final_at,
    }


@transaction.atomic
def _record_failure(lesson: Lesson, error: IClassError) -> None:
    """Record a poll that brought no answer."""
    if lock_leased_row(lesson):
        _write_failure(lesson, error)


def _write_failure(lesson: Lesson, error: IClassError) -> None:
    """Store a failed poll as evidence: what happened meanwhile is unknown, not absence.

    The register of a lesson that is over is calculated from what is known: its history may never be readable.
    """
    now = timezone.now()
    if lesson.status == Status.ING:
        record_failed_poll(lesson, seen_at=now, why=type(error).__name__)
    elif lesson.status == Status.END:
        recompute_register(lesson)
    wait = settings.LIVE_POLL_S * min(2**lesson.look_failures, 8)
    release_lease(
        lesson,
        now + timedelta(seconds=wait),
        look_failures=lesson.look_failures + 1,
        **fields_after_failure(),
    )
