"""Write polls of many running lessons in one transaction, with as many statements as for one lesson.

Polls that failed halfway, or of a lesson that does not run, are returned to be written one by one.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from classes.attendance.evidence import (
    count_row,
    late_poll_row,
    list_rows,
    people_called_back,
    people_in_rooms,
    unchanged_row,
)
from classes.attendance.policy import get_policy
from classes.attendance.register import recompute_registers
from classes.mirror.poll_policy import fields_after_count, fields_after_list, has_other_evidence, marks_due
from classes.mirror.poll_request import PollResult
from classes.mirror.upsert import lesson_differs, next_poll_at, upsert_lessons
from classes.models import Lesson, Member, Observation
from console.bulk_sql import bulk_insert
from console.iclass import ClassInfo
from console.mirror.leases import lock_leased_rows, release_leases

RELATED = ("enterprise", "teacher", "course")


@transaction.atomic
def write_batch(polls: Sequence[tuple[Lesson, PollResult]]) -> list[tuple[Lesson, PollResult]]:
    """Write rows for polls whose lease is still ours; return the polls that were not written.

    A lesson whose room did not change is not recalculated, unless its marks are due by the clock. Where
    people entered or left, according to a list or a callback, only their marks are recalculated
    (`classes/mirror/poll_policy.py`).
    """
    complete = {lesson.pk: poll for lesson, poll in polls if _is_complete(poll)}
    rows = _hold_leases([lesson for lesson, _ in polls if lesson.pk in complete])
    infos = [(row, _class_info(complete[row.pk])) for row in rows]
    changed = [(row, info) for row, info in infos if lesson_differs(row, info)]
    upsert_lessons(changed)
    _write_rows(rows, complete, {row.pk for row, _ in changed})
    return [(lesson, poll) for lesson, poll in polls if lesson.pk not in complete]


def _is_complete(poll: PollResult) -> bool:
    """Return whether the poll saw a running lesson and nothing failed on the way."""
    return poll.is_live and (poll.room_total is not None or poll.room_is_complete)


def late_rows(lesson: Lesson, seen_at: datetime) -> list[Observation]:
    """Return the evidence of a gap if the poll came too late to cover the time since the last one."""
    moments = [at for at in (lesson.looked_at, lesson.real_started_at) if at]
    since = max(moments, default=seen_at)
    too_late = (seen_at - since).total_seconds() > get_policy(lesson).poll_validity_s
    return [late_poll_row(lesson, seen_at=seen_at, since=since)] if too_late else []


def _class_info(poll: PollResult) -> ClassInfo:
    assert poll.info is not None
    return poll.info


def _hold_leases(lessons: Sequence[Lesson]) -> list[Lesson]:
    """Lock and return the current rows whose lease is still ours, with the expected people."""
    rows = lock_leased_rows(lessons, related=RELATED)
    expected: dict[int, dict[str, str]] = {row.pk: {} for row in rows}
    members = Member.objects.filter(lesson__in=expected)
    for lesson, user_id, role in members.values_list("lesson", "user__user_id", "role"):
        expected[lesson][user_id] = role
    for row in rows:
        row.expected_people = expected[row.pk]
    return rows


def _write_rows(rows: Sequence[Lesson], polls: dict[int, PollResult], changed: set[int]) -> None:
    present = people_in_rooms([row.pk for row in rows if polls[row.pk].room is not None])
    called = people_called_back([row.pk for row in rows if has_other_evidence(row)])
    evidence: list[Observation] = []
    recalculated: list[Lesson] = []
    changed_people: dict[int, set[str]] = {}
    releases: list[tuple[Lesson, datetime | None, dict[str, Any]]] = []
    for row in rows:
        poll = polls[row.pk]
        moved_people = set(called.get(row.pk, ()))
        evidence += late_rows(row, poll.seen_at)
        if poll.room is None:
            evidence.append(count_row(row, poll.room_total or 0, seen_at=poll.seen_at))
            fields = fields_after_count(row)
        else:
            list_evidence = list_rows(row, present.get(row.pk, ()), poll.room.lines, seen_at=poll.seen_at)
            fields = fields_after_list(len(poll.room.lines), quiet=not list_evidence)
            evidence += list_evidence or [unchanged_row(row, seen_at=poll.seen_at)]
            moved_people |= {one.user_id for one in list_evidence}
        unattributed = has_other_evidence(row) and row.pk not in called
        everybody = unattributed or row.pk in changed or marks_due(row, poll.seen_at)
        if everybody or moved_people:
            recalculated.append(row)
        if moved_people and not everybody:
            changed_people[row.pk] = moved_people
        releases.append((row, next_poll_at(row), {"looked_at": poll.seen_at, "look_failures": 0, **fields}))
    bulk_insert(evidence)
    recompute_registers(recalculated, changed_people)
    release_leases(releases)
