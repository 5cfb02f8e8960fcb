"""Writing looks at many running lessons in one transaction, with as many statements as for one.

A look that failed halfway, or is at a lesson that does not run, is left to be written alone.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from classes.attendance.evidence import called_back_since, counted, late, present_in, rows_of_list, tick
from classes.attendance.register import recompute_all
from classes.attendance.rules import policy_of
from classes.mirror.looks import Look
from classes.mirror.quiet import after_list, after_number, marks_wait, told_elsewhere
from classes.mirror.seen import lessons_seen, news_of_lesson, next_look
from classes.models import Lesson, Member, Observation
from console.iclass import ClassInfo
from console.mirror.leases import hold_all, let_go_all
from console.rows import insert

RELATED = ("enterprise", "teacher", "course")


@transaction.atomic
def write_together(looks: Sequence[tuple[Lesson, Look]]) -> list[tuple[Lesson, Look]]:
    """Rows from looks into rooms, where the lease is still ours; returns the looks that it left alone.

    A lesson in whose room nothing changed is not reckoned anew, unless its marks wait for the clock; where
    people came or went, as a list or a callback told, their marks alone are (`classes/mirror/quiet.py`).
    """
    plain = {lesson.pk: look for lesson, look in looks if look.room_total is not None or look.room_is_whole}
    rows = _held([lesson for lesson, _ in looks if lesson.pk in plain])
    told = [(row, _info(plain[row.pk])) for row in rows]
    news = [(row, info) for row, info in told if news_of_lesson(row, info)]
    lessons_seen(news)
    _write(rows, plain, {row.pk for row, _ in news})
    return [(lesson, look) for lesson, look in looks if lesson.pk not in plain]


def late_rows(lesson: Lesson, seen_at: datetime) -> list[Observation]:
    """A poll that came too late to speak for the time since the last one is evidence of the gap."""
    moments = [at for at in (lesson.looked_at, lesson.real_started_at) if at]
    since = max(moments, default=seen_at)
    too_late = (seen_at - since).total_seconds() > policy_of(lesson).trust_s
    return [late(lesson, seen_at=seen_at, since=since)] if too_late else []


def _info(look: Look) -> ClassInfo:
    assert look.info is not None
    return look.info


def _held(lessons: Sequence[Lesson]) -> list[Lesson]:
    """The rows as they stand now, locked, where the lease is still ours, and with the people expected."""
    rows = hold_all(lessons, related=RELATED)
    expected: dict[int, dict[str, str]] = {row.pk: {} for row in rows}
    members = Member.objects.filter(lesson__in=expected)
    for lesson, user_id, role in members.values_list("lesson", "user__user_id", "role"):
        expected[lesson][user_id] = role
    for row in rows:
        row.expected_people = expected[row.pk]
    return rows


def _write(rows: Sequence[Lesson], looks: dict[int, Look], news: set[int]) -> None:
    present = present_in([row.pk for row in rows if looks[row.pk].room is not None])
    called = called_back_since([row.pk for row in rows if told_elsewhere(row)])
    evidence: list[Observation] = []
    reckoned: list[Lesson] = []
    only: dict[int, set[str]] = {}
    after: list[tuple[Lesson, datetime | None, dict[str, Any]]] = []
    for row in rows:
        look = looks[row.pk]
        moved = set(called.get(row.pk, ()))
        evidence += late_rows(row, look.seen_at)
        if look.room is None:
            evidence.append(counted(row, look.room_total or 0, seen_at=look.seen_at))
            fields = after_number(row)
        else:
            seen = rows_of_list(row, present.get(row.pk, ()), look.room.lines, seen_at=look.seen_at)
            fields = after_list(len(look.room.lines), quiet=not seen)
            evidence += seen or [tick(row, seen_at=look.seen_at)]
            moved |= {one.user_id for one in seen}
        odd = told_elsewhere(row) and row.pk not in called
        everybody = odd or row.pk in news or marks_wait(row, look.seen_at)
        if everybody or moved:
            reckoned.append(row)
        if moved and not everybody:
            only[row.pk] = moved
        after.append((row, next_look(row), {"looked_at": look.seen_at, "look_failures": 0, **fields}))
    insert(evidence)
    recompute_all(reckoned, only)
    let_go_all(after)
