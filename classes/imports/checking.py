"""One row of a timetable: what it asks for, or why it is refused. Asks nothing of the database."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from classes.imports.columns import DAYS, clock_of, day_of, weekdays_of
from classes.mirror.wanted import TOPIC_LENGTH

BETWEEN_IDS = re.compile(r"[\s,;,；、，|]+")
MOST_LESSONS = 500
LONGEST = 24 * 60


class Refused(NamedTuple):
    """`named` fills the words of the reason."""

    column: str
    value: str
    why: str
    named: str = ""


class Stop(Exception):
    """Carries the Refused of a row."""


@dataclass(frozen=True)
class Known:
    """Whom and what a school has: people by user id, teachers by name, groups by name; values are keys,
    of terms besides with the last day."""

    teachers: Mapping[str, int]
    teachers_by_name: Mapping[str, Sequence[int]]
    assistants: Mapping[str, int]
    students: Mapping[str, int]
    groups: Mapping[str, int]
    terms: Mapping[str, tuple[int, date]]


class Wanted(NamedTuple):
    """A lesson or a series as a row asks for it; `first` is the wall clock of the first lesson."""

    topic: str
    teacher: int
    assistants: list[int]
    students: list[int]
    groups: list[int]
    first: datetime
    minutes: int
    rrule: str
    term: int | None = None

    def stored(self) -> dict[str, Any]:
        return self._asdict() | {"first": self.first.isoformat()}

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Wanted":
        return cls(**{**told, "first": datetime.fromisoformat(told["first"])})


def wanted_of(told: Mapping[str, str], known: Known, split: Any) -> Wanted | Refused:
    """What a row asks for; `split` reads the names of groups in a cell."""
    try:
        first, minutes = _times(told)
        term, ends_on = _term(told, known)
        return Wanted(
            _topic(told),
            _teacher(told, known),
            _people(told, "assistants", "assistant", known.assistants),
            _people(told, "students", "student", known.students),
            _groups(told, known, split),
            first,
            minutes,
            _rule(told, first.date(), ends_on),
            term,
        )
    except Stop as stop:
        refused: Refused = stop.args[0]
        return refused


def _topic(told: Mapping[str, str]) -> str:
    topic = told.get("topic", "").strip()
    if not topic:
        raise Stop(Refused("topic", "", "no_topic"))
    if len(topic) > TOPIC_LENGTH:
        raise Stop(Refused("topic", topic, "long_topic", str(TOPIC_LENGTH)))
    return topic


def _teacher(told: Mapping[str, str], known: Known) -> int:
    text = told.get("teacher", "").strip()
    if not text:
        raise Stop(Refused("teacher", "", "no_teacher"))
    if text in known.teachers:
        return known.teachers[text]
    named = known.teachers_by_name.get(text, ())
    if len(named) != 1:
        raise Stop(Refused("teacher", text, "two_teachers" if named else "teacher"))
    return named[0]


def _people(told: Mapping[str, str], column: str, why: str, known: Mapping[str, int]) -> list[int]:
    ids = list(dict.fromkeys(filter(None, BETWEEN_IDS.split(told.get(column, "")))))
    for one in ids:
        if one not in known:
            raise Stop(Refused(column, told[column], why, one))
    return [known[one] for one in ids]


def _groups(told: Mapping[str, str], known: Known, split: Any) -> list[int]:
    names: list[str] = split(told.get("groups", ""))
    for name in names:
        if name not in known.groups:
            raise Stop(Refused("groups", told["groups"], "group", name))
    return [known.groups[name] for name in names]


def _term(told: Mapping[str, str], known: Known) -> tuple[int | None, date | None]:
    """The term that is named, and its last day."""
    name = told.get("term", "").strip()
    if name and name not in known.terms:
        raise Stop(Refused("term", name, "term", name))
    return known.terms[name] if name else (None, None)


def _times(told: Mapping[str, str]) -> tuple[datetime, int]:
    """The first start and the length in minutes; an end before the start is on the next day."""
    day = _read(told, "date", day_of, "no_date", "date")
    start = _read(told, "start", clock_of, "no_time", "time")
    first = datetime.combine(day, start)
    if text := told.get("minutes", "").strip():
        minutes = int(float(text)) if re.fullmatch(r"\d{1,5}(\.0+)?", text) else 0
        if not 0 < minutes <= LONGEST:
            raise Stop(Refused("minutes", text, "minutes"))
        return first, minutes
    end = datetime.combine(day, _read(told, "end", clock_of, "no_end", "time"))
    end += timedelta(days=1) if end <= first else timedelta(0)
    return first, int((end - first).total_seconds() // 60)


def _read(told: Mapping[str, str], column: str, reader: Any, missing: str, wrong: str) -> Any:
    text = told.get(column, "").strip()
    if not text:
        raise Stop(Refused(column, "", missing))
    found = reader(text)
    if found is None:
        raise Stop(Refused(column, text, wrong))
    return found


def _rule(told: Mapping[str, str], first: date, ends_on: date | None) -> str:
    """The weekly rule of a row, without an end until that of its term; empty for a single lesson."""
    days, until, count = (told.get(name, "").strip() for name in ("weekdays", "until", "count"))
    if not (days or until or count):
        return ""
    found = weekdays_of(days) if days else [DAYS[first.weekday()]]
    if found is None:
        raise Stop(Refused("weekdays", days, "weekdays"))
    if until or (ends_on and not count):
        last = day_of(until) if until else ends_on
        if last is None:
            raise Stop(Refused("until", until, "date"))
        return f"FREQ=WEEKLY;BYDAY={','.join(found)};UNTIL={last:%Y%m%d}"
    if not count:
        raise Stop(Refused("until", "", "no_until"))
    number = int(float(count)) if re.fullmatch(r"\d{1,4}(\.0+)?", count) else 0
    if not 0 < number <= MOST_LESSONS:
        raise Stop(Refused("count", count, "count"))
    return f"FREQ=WEEKLY;BYDAY={','.join(found)};COUNT={number}"
