"""Parse one row of a timetable into a lesson or series, or an error. Uses no database."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from classes.lessons.fields import MAX_TOPIC_LENGTH
from classes.timetable.imports.columns import DAYS, parse_clock, parse_day, parse_weekdays

ID_SEPARATOR = re.compile(r"[\s,;,；、，|]+")
MAX_LESSONS = 500
MAX_MINUTES = 24 * 60


class RowError(NamedTuple):
    """`named` fills the placeholder of the message."""

    column: str
    value: str
    why: str
    named: str = ""


class InvalidRow(Exception):
    """Carries the RowError of a row."""


@dataclass(frozen=True)
class SchoolData:
    """Keys of what a school has: people by user id, teachers also by name, groups and subjects by name.

    Terms come with their last day.
    """

    teachers: Mapping[str, int]
    teachers_by_name: Mapping[str, Sequence[int]]
    assistants: Mapping[str, int]
    students: Mapping[str, int]
    groups: Mapping[str, int]
    terms: Mapping[str, tuple[int, date]]
    subjects: Mapping[str, int]


class PlannedRow(NamedTuple):
    """A lesson or a series of a row; `first` is the local time of the first lesson.

    `subject` is that of a series: a single lesson has none.
    """

    topic: str
    teacher: int
    assistants: list[int]
    students: list[int]
    groups: list[int]
    first: datetime
    minutes: int
    rrule: str
    term: int | None = None
    subject: int | None = None

    def stored(self) -> dict[str, Any]:
        return self._asdict() | {"first": self.first.isoformat()}

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> "PlannedRow":
        return cls(**{**stored, "first": datetime.fromisoformat(stored["first"])})


def parse_row(cells: Mapping[str, str], known: SchoolData, split: Any) -> PlannedRow | RowError:
    """Return the lesson or series of a row, or its error; `split` splits the group names of a cell."""
    try:
        first, minutes = _times(cells)
        term, ends_on = _term(cells, known)
        subject = _subject(cells, known)
        rule = _rule(cells, first.date(), ends_on)
        return PlannedRow(
            _topic(cells),
            _teacher(cells, known),
            _people(cells, "assistants", "assistant", known.assistants),
            _people(cells, "students", "student", known.students),
            _groups(cells, known, split),
            first,
            minutes,
            rule,
            term,
            subject if rule else None,
        )
    except InvalidRow as invalid:
        error: RowError = invalid.args[0]
        return error


def _topic(cells: Mapping[str, str]) -> str:
    topic = cells.get("topic", "").strip()
    if not topic:
        raise InvalidRow(RowError("topic", "", "no_topic"))
    if len(topic) > MAX_TOPIC_LENGTH:
        raise InvalidRow(RowError("topic", topic, "long_topic", str(MAX_TOPIC_LENGTH)))
    return topic


def _teacher(cells: Mapping[str, str], known: SchoolData) -> int:
    text = cells.get("teacher", "").strip()
    if not text:
        raise InvalidRow(RowError("teacher", "", "no_teacher"))
    if text in known.teachers:
        return known.teachers[text]
    matches = known.teachers_by_name.get(text, ())
    if len(matches) != 1:
        raise InvalidRow(RowError("teacher", text, "two_teachers" if matches else "teacher"))
    return matches[0]


def _people(cells: Mapping[str, str], column: str, why: str, known: Mapping[str, int]) -> list[int]:
    ids = list(dict.fromkeys(filter(None, ID_SEPARATOR.split(cells.get(column, "")))))
    for one in ids:
        if one not in known:
            raise InvalidRow(RowError(column, cells[column], why, one))
    return [known[one] for one in ids]


def _groups(cells: Mapping[str, str], known: SchoolData, split: Any) -> list[int]:
    names: list[str] = split(cells.get("groups", ""))
    for name in names:
        if name not in known.groups:
            raise InvalidRow(RowError("groups", cells["groups"], "group", name))
    return [known.groups[name] for name in names]


def _term(cells: Mapping[str, str], known: SchoolData) -> tuple[int | None, date | None]:
    """Return the named term and its last day."""
    name = cells.get("term", "").strip()
    if name and name not in known.terms:
        raise InvalidRow(RowError("term", name, "term", name))
    return known.terms[name] if name else (None, None)


def _subject(cells: Mapping[str, str], known: SchoolData) -> int | None:
    """Return the named subject; in a school without subjects the column has no meaning."""
    name = cells.get("subject", "").strip()
    if name and known.subjects and name not in known.subjects:
        raise InvalidRow(RowError("subject", name, "subject", name))
    return known.subjects.get(name)


def _times(cells: Mapping[str, str]) -> tuple[datetime, int]:
    """Return the first start and the length in minutes; an end before the start is on the next day."""
    day = _read_cell(cells, "date", parse_day, "no_date", "date")
    start = _read_cell(cells, "start", parse_clock, "no_time", "time")
    first = datetime.combine(day, start)
    if text := cells.get("minutes", "").strip():
        minutes = int(float(text)) if re.fullmatch(r"\d{1,5}(\.0+)?", text) else 0
        if not 0 < minutes <= MAX_MINUTES:
            raise InvalidRow(RowError("minutes", text, "minutes"))
        return first, minutes
    end = datetime.combine(day, _read_cell(cells, "end", parse_clock, "no_end", "time"))
    end += timedelta(days=1) if end <= first else timedelta(0)
    return first, int((end - first).total_seconds() // 60)


def _read_cell(cells: Mapping[str, str], column: str, reader: Any, missing: str, wrong: str) -> Any:
    text = cells.get(column, "").strip()
    if not text:
        raise InvalidRow(RowError(column, "", missing))
    found = reader(text)
    if found is None:
        raise InvalidRow(RowError(column, text, wrong))
    return found


def _rule(cells: Mapping[str, str], first: date, ends_on: date | None) -> str:
    """Return the weekly rule of a row, by default until the end of its term; empty for a single lesson."""
    days, until, count = (cells.get(name, "").strip() for name in ("weekdays", "until", "count"))
    if not (days or until or count):
        return ""
    found = parse_weekdays(days) if days else [DAYS[first.weekday()]]
    if found is None:
        raise InvalidRow(RowError("weekdays", days, "weekdays"))
    if until or (ends_on and not count):
        last = parse_day(until) if until else ends_on
        if last is None:
            raise InvalidRow(RowError("until", until, "date"))
        return f"FREQ=WEEKLY;BYDAY={','.join(found)};UNTIL={last:%Y%m%d}"
    if not count:
        raise InvalidRow(RowError("until", "", "no_until"))
    number = int(float(count)) if re.fullmatch(r"\d{1,4}(\.0+)?", count) else 0
    if not 0 < number <= MAX_LESSONS:
        raise InvalidRow(RowError("count", count, "count"))
    return f"FREQ=WEEKLY;BYDAY={','.join(found)};COUNT={number}"
