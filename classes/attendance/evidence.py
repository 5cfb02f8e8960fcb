"""Storage of evidence from polls, history and callbacks, and queries for who is in the room.

Evidence is append-only. A poll stores only what changed since the one before.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec
from django.db import connection, transaction

from classes.models import Lesson, Observation
from console.bulk_sql import bulk_insert
from console.iclass import HistoryMember, RuntimeMember

Source = Observation.Source
JOINED, LEFT = "join_class", "quit_class"
HISTORY_STATES = ("history_camera", "history_mic", "history_speaker", "history_silence", "history_hand_up")
NO_DEVICES = {"camera": -1, "mic": -1, "speaker": -1, "silence": -1, "hand_up": -1}


@dataclass(frozen=True, slots=True)
class PersonInRoom:
    """A person in the room. `devices` are 1 (on), 0 (off) or -1 (unknown); `seen_at` is the last change."""

    user_id: str
    nickname: str
    role: str
    entered_at: datetime | None
    devices: dict[str, int]
    seen_at: datetime = field(compare=False)


@transaction.atomic(savepoint=False)
def record_runtime(lesson: Lesson, members: Iterable[RuntimeMember], *, seen_at: datetime) -> bool:
    """Store a whole list of who is in the room (`/member/runtime/list`); return whether anything changed.

    Add a row for each person who entered, left, reentered or switched a device, else one tick. The list must
    be complete: a person who is not in it counts as gone.
    """
    rows = list_rows(lesson, people_in_room(lesson), members, seen_at=seen_at)
    bulk_insert(rows or [unchanged_row(lesson, seen_at=seen_at)])
    return bool(rows)


def list_rows(
    lesson: Lesson, present: Iterable[PersonInRoom], members: Iterable[RuntimeMember], *, seen_at: datetime
) -> list[Observation]:
    """Return the unsaved rows that a whole list adds to the people present before; none without change."""
    before = {person.user_id: person for person in present}
    rows = []
    for member in {_text(member.user_id, 64): member for member in members}.values():
        person = _person_in_room(member, seen_at)
        if before.pop(person.user_id, None) != person:
            rows.append(_poll_row(lesson, person, present=True, raw=_clean(msgspec.to_builtins(member))))
    return rows + [
        _poll_row(lesson, replace(gone, seen_at=seen_at, entered_at=None)) for gone in before.values()
    ]


def unchanged_row(lesson: Lesson, *, seen_at: datetime) -> Observation:
    """Return the unsaved row of a list without change."""
    return Observation(lesson=lesson, source=Source.TICK, seen_at=seen_at)


@transaction.atomic
def record_history(lesson: Lesson, lines: Iterable[HistoryMember], *, seen_at: datetime) -> int:
    """Store lines of `/member/history/list`, each distinct one once; return how many are new."""
    rows = {_history_key(row): row for row in (_history_row(lesson, line, seen_at) for line in lines)}
    known = Observation.objects.filter(lesson=lesson, source=Source.HISTORY)
    for row in known.only("user_id", "entered_at", "left_at", "raw"):
        rows.pop(_history_key(row), None)
    Observation.objects.bulk_create(rows.values())
    return len(rows)


def count_row(lesson: Lesson, total: int, *, seen_at: datetime) -> Observation:
    """Return the unsaved row of a poll for the number in the room only, which equals the last list."""
    return Observation(lesson=lesson, source=Source.COUNT, seen_at=seen_at, raw={"total": total})


def late_poll_row(lesson: Lesson, *, seen_at: datetime, since: datetime) -> Observation:
    """Return the unsaved row of a poll so late that the time since the one before is unknown."""
    gap = round((seen_at - since).total_seconds())
    return Observation(lesson=lesson, source=Source.LATE, seen_at=seen_at, raw={"after_s": gap})


def record_failed_poll(lesson: Lesson, *, seen_at: datetime, why: str) -> None:
    """Store a failed poll; `why` is a short text for people, without addresses or secrets."""
    raw = {"why": _text(why, 200)}
    Observation.objects.create(lesson=lesson, source=Source.FAILED, seen_at=seen_at, raw=raw)


class CallbackEvent(NamedTuple):
    """A callback event of a lesson: primary key, event name, data as received, and time."""

    lesson_id: int
    event: str
    data: Mapping[str, Any]
    seen_at: datetime


@transaction.atomic(savepoint=False)
def record_callbacks(events: Iterable[CallbackEvent]) -> int:
    """Store entries and exits from callbacks (`join_class`, `quit_class`; later revisions).

    Ignore repeats, other events, and events without person or time. Return how many rows were added. An event
    that differs in any value is a separate row, so the order of arrival does not matter. The caller holds
    locks on the lessons, so that no other process writes the same rows.
    """
    rows: dict[tuple[object, ...], Observation] = {}
    for row in filter(None, map(_callback_row, events)):
        rows.setdefault(_callback_key(row), row)
    known = Observation.objects.filter(
        source=Source.CALLBACK,
        lesson__in={row.lesson_id for row in rows.values()},
        user_id__in={row.user_id for row in rows.values()},
    )
    if rows:
        for row in known:
            rows.pop(_callback_key(row), None)
    bulk_insert(list(rows.values()))
    return len(rows)


def _callback_row(callback: CallbackEvent) -> Observation | None:
    """Return the unsaved row of an entry or exit; None for any other event."""
    entered = callback.event == JOINED
    moment = _moment(callback.data.get("join_time" if entered else "quit_time"))
    user_id = _text(callback.data.get("user_id"), 64)
    if callback.event not in (JOINED, LEFT) or not user_id or moment is None:
        return None
    return Observation(
        lesson_id=callback.lesson_id,
        source=Source.CALLBACK,
        seen_at=callback.seen_at,
        user_id=user_id,
        present=entered,
        role=_text(callback.data.get("role"), 20),
        raw=_clean(dict(callback.data)),
        **{"entered_at" if entered else "left_at": moment},
    )


def _callback_key(row: Observation) -> tuple[object, ...]:
    raw = json.dumps(row.raw, sort_keys=True)
    return row.lesson_id, row.user_id, row.present, row.entered_at, row.left_at, row.role, raw


def people_in_room(lesson: Lesson) -> list[PersonInRoom]:
    """Return who was in the room at the last answered poll, the earliest entry first."""
    people = people_in_rooms([lesson.pk]).get(lesson.pk, [])
    return sorted(people, key=lambda person: (person.entered_at or person.seen_at, person.user_id))


# Evidence since the last answered poll, with the user ids.
_SINCE_LAST_POLL = """
SELECT o.lesson_id, o.source, o.user_id FROM classes_observation o
JOIN (
    SELECT lesson_id, max(id) FILTER (WHERE source IN ('poll', 'tick', 'count')) AS last
    FROM classes_observation WHERE lesson_id = ANY(%s) GROUP BY lesson_id
) AS looked ON looked.lesson_id = o.lesson_id AND o.id > looked.last
"""


def people_called_back(lessons: Collection[int]) -> dict[int, set[str]]:
    """Map each lesson to the people who entered or left by callbacks since its last poll.

    Omit lessons with other evidence since then, or with none. The caller holds locks on the lessons.
    """
    people: dict[int, set[str]] = {}
    if not lessons:
        return people
    excluded: set[int] = set()
    with connection.cursor() as cursor:
        cursor.execute(_SINCE_LAST_POLL, [list(lessons)])
        for lesson, source, user_id in cursor.fetchall():
            people.setdefault(lesson, set()).add(user_id)
            if source != Source.CALLBACK:
                excluded.add(lesson)
    return {lesson: user_ids for lesson, user_ids in people.items() if lesson not in excluded}


#: The newest row of each person. The rows of a lesson come as one JSON value, which decodes fastest.
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
_people_decoder = msgspec.json.Decoder(
    list[tuple[str, str, str, datetime | None, dict[str, Any] | None, datetime]]
)


def people_in_rooms(lessons: Collection[int]) -> dict[int, list[PersonInRoom]]:
    """Map lessons (by pk) to the people in their rooms, in one query; the people are unordered."""
    with connection.cursor() as cursor:
        cursor.execute(_PRESENT, [list(lessons)])
        return {
            lesson: [
                PersonInRoom(user_id, nickname, role, entered_at, NO_DEVICES | (devices or {}), seen_at)
                for user_id, nickname, role, entered_at, devices, seen_at in _people_decoder.decode(encoded)
            ]
            for lesson, encoded in cursor.fetchall()
        }


def last_poll_time(lesson: Lesson) -> datetime | None:
    """Return the time of the last answered poll; None if there was none."""
    sources = (Source.POLL, Source.TICK, Source.COUNT)
    polls = Observation.objects.filter(lesson=lesson, source__in=sources)
    return polls.order_by("-seen_at").values_list("seen_at", flat=True).first()


def _person_in_room(member: RuntimeMember, seen_at: datetime) -> PersonInRoom:
    return PersonInRoom(
        user_id=_text(member.user_id, 64),
        nickname=_text(member.nickname, 120),
        role=_text(member.role, 20),
        entered_at=_moment(member.enter_time),
        devices=msgspec.to_builtins(member.status),
        seen_at=seen_at,
    )


def _poll_row(
    lesson: Lesson, person: PersonInRoom, *, present: bool = False, raw: Mapping[str, Any] | None = None
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


def _history_row(lesson: Lesson, line: HistoryMember, seen_at: datetime) -> Observation:
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


def _history_key(row: Observation) -> tuple[object, ...]:
    return row.user_id, row.entered_at, row.left_at, *(row.raw.get(state) for state in HISTORY_STATES)


def _moment(seconds: Any) -> datetime | None:
    """Convert unix seconds to a datetime; None for 0 and invalid values, which `raw` still holds."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC) if seconds else None
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def _text(value: Any, length: int) -> str:
    """Remove NUL characters, which PostgreSQL rejects, and truncate to the length of the column."""
    return "" if value is None else str(value).replace("\x00", "")[:length]


def _clean(raw: Any) -> Any:
    if isinstance(raw, str):
        return raw.replace("\x00", "")
    if isinstance(raw, Mapping):
        return {_clean(key): _clean(value) for key, value in raw.items()}
    return [_clean(value) for value in raw] if isinstance(raw, list | tuple) else raw
