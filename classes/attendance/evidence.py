"""Writing down what polls, history and callbacks tell, and reading who is in the room now.

Nothing here is ever changed or deleted. A poll writes only what changed since the one before.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec
from django.db import connection, transaction

from classes.models import Lesson, Observation
from console.iclass import HistoryMember, RuntimeMember
from console.rows import insert

Source = Observation.Source
JOINED, LEFT = "join_class", "quit_class"
STATES = ("history_camera", "history_mic", "history_speaker", "history_silence", "history_hand_up")
NO_DEVICES = {"camera": -1, "mic": -1, "speaker": -1, "silence": -1, "hand_up": -1}


@dataclass(frozen=True, slots=True)
class PersonNow:
    """Somebody in the room. `devices` are 1 on, 0 off, -1 not told; `seen_at` is the last change."""

    user_id: str
    nickname: str
    role: str
    entered_at: datetime | None
    devices: dict[str, int]
    seen_at: datetime = field(compare=False)


@transaction.atomic(savepoint=False)
def record_runtime(lesson: Lesson, members: Iterable[RuntimeMember], *, seen_at: datetime) -> bool:
    """A whole list of who is in the room (`/member/runtime/list`). Says whether anything changed.

    A row for each person who came, went, entered anew or switched a device; else one tick. The list must
    be whole, for whoever is not in it is taken to have gone.
    """
    rows = rows_of_list(lesson, present_now(lesson), members, seen_at=seen_at)
    insert(rows or [tick(lesson, seen_at=seen_at)])
    return bool(rows)


def rows_of_list(
    lesson: Lesson, present: Iterable[PersonNow], members: Iterable[RuntimeMember], *, seen_at: datetime
) -> list[Observation]:
    """The unsaved rows that a whole list adds where these people were present before; none without change."""
    before = {person.user_id: person for person in present}
    rows = []
    for member in {_text(member.user_id, 64): member for member in members}.values():
        person = _person(member, seen_at)
        if before.pop(person.user_id, None) != person:
            rows.append(_row(lesson, person, present=True, raw=_clean(msgspec.to_builtins(member))))
    return rows + [_row(lesson, replace(gone, seen_at=seen_at, entered_at=None)) for gone in before.values()]


def tick(lesson: Lesson, *, seen_at: datetime) -> Observation:
    """The unsaved row of a list without change."""
    return Observation(lesson=lesson, source=Source.TICK, seen_at=seen_at)


@transaction.atomic
def record_history(lesson: Lesson, lines: Iterable[HistoryMember], *, seen_at: datetime) -> int:
    """Lines of `/member/history/list`; each distinct one is kept once. Returns how many were new."""
    rows = {_line_key(row): row for row in (_line(lesson, line, seen_at) for line in lines)}
    known = Observation.objects.filter(lesson=lesson, source=Source.HISTORY)
    for row in known.only("user_id", "entered_at", "left_at", "raw"):
        rows.pop(_line_key(row), None)
    Observation.objects.bulk_create(rows.values())
    return len(rows)


def counted(lesson: Lesson, total: int, *, seen_at: datetime) -> Observation:
    """The unsaved row of a poll that asked only for the number in the room, found as in the last list."""
    return Observation(lesson=lesson, source=Source.COUNT, seen_at=seen_at, raw={"total": total})


def late(lesson: Lesson, *, seen_at: datetime, since: datetime) -> Observation:
    """The unsaved row of a poll that came so late that nobody can say what happened since the one before."""
    gap = round((seen_at - since).total_seconds())
    return Observation(lesson=lesson, source=Source.LATE, seen_at=seen_at, raw={"after_s": gap})


def record_failed(lesson: Lesson, *, seen_at: datetime, why: str) -> None:
    """A poll that brought nothing; `why` is a word or two for people, without addresses or secrets."""
    raw = {"why": _text(why, 200)}
    Observation.objects.create(lesson=lesson, source=Source.FAILED, seen_at=seen_at, raw=raw)


class CalledBack(NamedTuple):
    """An event of a lesson, by its key: the name, the data as they came, and when."""

    lesson_id: int
    event: str
    data: Mapping[str, Any]
    seen_at: datetime


@transaction.atomic(savepoint=False)
def record_callbacks(told: Iterable[CalledBack]) -> int:
    """Entries and exits that the service called back (`join_class`, `quit_class`; later revisions).

    A repeat, another event, or one without person or time adds nothing. Says how many rows were added. What
    is told with a difference is a row of its own, so that it cannot matter which of two came first. The
    caller holds the lessons' rows, so that nobody writes the same beside us.
    """
    rows: dict[tuple[object, ...], Observation] = {}
    for row in filter(None, map(_told_row, told)):
        rows.setdefault(_told_key(row), row)
    known = Observation.objects.filter(
        source=Source.CALLBACK,
        lesson__in={row.lesson_id for row in rows.values()},
        user_id__in={row.user_id for row in rows.values()},
    )
    if rows:
        for row in known:
            rows.pop(_told_key(row), None)
    insert(list(rows.values()))
    return len(rows)


def _told_row(told: CalledBack) -> Observation | None:
    """The unsaved row of an entry or exit; None for everything else."""
    entered = told.event == JOINED
    moment = _moment(told.data.get("join_time" if entered else "quit_time"))
    user_id = _text(told.data.get("user_id"), 64)
    if told.event not in (JOINED, LEFT) or not user_id or moment is None:
        return None
    return Observation(
        lesson_id=told.lesson_id,
        source=Source.CALLBACK,
        seen_at=told.seen_at,
        user_id=user_id,
        present=entered,
        role=_text(told.data.get("role"), 20),
        raw=_clean(dict(told.data)),
        **{"entered_at" if entered else "left_at": moment},
    )


def _told_key(row: Observation) -> tuple[object, ...]:
    raw = json.dumps(row.raw, sort_keys=True)
    return row.lesson_id, row.user_id, row.present, row.entered_at, row.left_at, row.role, raw


def present_now(lesson: Lesson) -> list[PersonNow]:
    """Who was in the room at the last poll that was answered, the longest there first."""
    people = present_in([lesson.pk]).get(lesson.pk, [])
    return sorted(people, key=lambda person: (person.entered_at or person.seen_at, person.user_id))


# What was learnt since the last look that was answered, people by their ids.
_SINCE = """
SELECT o.lesson_id, o.source, o.user_id FROM classes_observation o
JOIN (
    SELECT lesson_id, max(id) FILTER (WHERE source IN ('poll', 'tick', 'count')) AS last
    FROM classes_observation WHERE lesson_id = ANY(%s) GROUP BY lesson_id
) AS looked ON looked.lesson_id = o.lesson_id AND o.id > looked.last
"""


def called_back_since(lessons: Collection[int]) -> dict[int, set[str]]:
    """Of each of these lessons, who came or went by what was called back since its last look.

    A lesson is left out where there is other news than that, or none. The caller holds the lessons' rows.
    """
    people: dict[int, set[str]] = {}
    if not lessons:
        return people
    other: set[int] = set()
    with connection.cursor() as cursor:
        cursor.execute(_SINCE, [list(lessons)])
        for lesson, source, user_id in cursor.fetchall():
            people.setdefault(lesson, set()).add(user_id)
            if source != Source.CALLBACK:
                other.add(lesson)
    return {lesson: told for lesson, told in people.items() if lesson not in other}


#: The newest row of each person; those of a lesson come as one value, which is read in one go.
_PRESENT = """
SELECT lesson_id,
    json_agg(json_build_array(user_id, nickname, role, entered_at, raw -> 'status', seen_at))::text
FROM (
    SELECT DISTINCT ON (lesson_id, user_id) *
    FROM classes_observation WHERE lesson_id = ANY(%s) AND source = 'poll'
    ORDER BY lesson_id, user_id, id DESC
) AS newest
WHERE present GROUP BY lesson_id
"""
_people = msgspec.json.Decoder(list[tuple[str, str, str, datetime | None, dict[str, Any] | None, datetime]])


def present_in(lessons: Collection[int]) -> dict[int, list[PersonNow]]:
    """The same for many lessons in one query, by their keys and in no order."""
    with connection.cursor() as cursor:
        cursor.execute(_PRESENT, [list(lessons)])
        return {
            lesson: [
                PersonNow(user_id, nickname, role, entered_at, NO_DEVICES | (devices or {}), seen_at)
                for user_id, nickname, role, entered_at, devices, seen_at in _people.decode(told)
            ]
            for lesson, told in cursor.fetchall()
        }


def last_poll(lesson: Lesson) -> datetime | None:
    """When the room was last seen; None where it never was."""
    looks = (Source.POLL, Source.TICK, Source.COUNT)
    polls = Observation.objects.filter(lesson=lesson, source__in=looks)
    return polls.order_by("-seen_at").values_list("seen_at", flat=True).first()


def _person(member: RuntimeMember, seen_at: datetime) -> PersonNow:
    return PersonNow(
        user_id=_text(member.user_id, 64),
        nickname=_text(member.nickname, 120),
        role=_text(member.role, 20),
        entered_at=_moment(member.enter_time),
        devices=msgspec.to_builtins(member.status),
        seen_at=seen_at,
    )


def _row(
    lesson: Lesson, person: PersonNow, *, present: bool = False, raw: Mapping[str, Any] | None = None
) -> Observation:
    return Observation(
        lesson=lesson,
        source=Source.POLL,
        seen_at=person.seen_at,
        user_id=person.user_id,
        nickname=person.nickname,
        role=person.role,
        present=present,
        entered_at=person.entered_at,
        raw=raw or {},
    )


def _line(lesson: Lesson, line: HistoryMember, seen_at: datetime) -> Observation:
    left_at = _moment(line.quit_time)
    return Observation(
        lesson=lesson,
        source=Source.HISTORY,
        seen_at=seen_at,
        user_id=_text(line.user_id, 64),
        nickname=_text(line.nickname, 120),
        role=_text(line.role, 20),
        present=left_at is None,
        entered_at=_moment(line.enter_time),
        left_at=left_at,
        raw=_clean(msgspec.to_builtins(line)),
    )


def _line_key(row: Observation) -> tuple[object, ...]:
    return row.user_id, row.entered_at, row.left_at, *(row.raw.get(state) for state in STATES)


def _moment(seconds: Any) -> datetime | None:
    """Unix seconds as a moment; None for 0 and for what cannot be one, which `raw` still holds."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC) if seconds else None
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _text(value: Any, length: int) -> str:
    """PostgreSQL takes no NUL, and our columns no more than their length."""
    return "" if value is None else str(value).replace("\x00", "")[:length]


def _clean(raw: Any) -> Any:
    if isinstance(raw, str):
        return raw.replace("\x00", "")
    if isinstance(raw, Mapping):
        return {_clean(key): _clean(value) for key, value in raw.items()}
    return [_clean(value) for value in raw] if isinstance(raw, list | tuple) else raw
