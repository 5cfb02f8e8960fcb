"""Layout of a day on a ruler of whole hours: where each lesson stands, in rows without overlaps.

A pure function. Positions and widths are percentages of the ruler.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

#: The hours that every ruler has; earlier and later lessons lengthen it.
SCHOOL_DAY = (time(8), time(18))
HOUR = timedelta(hours=1)
#: A bar is at least so wide, in per cent, so that it can be read and pressed.
MIN_WIDTH = 4.0


class Span(NamedTuple):
    """When a lesson begins and ends."""

    begins: datetime
    ends: datetime


class Bar(NamedTuple):
    """Where a lesson stands; `row` counts from 0."""

    x: float
    width: float
    row: int


class Tick(NamedTuple):
    """A whole hour in the zone of the ruler."""

    x: float
    at: datetime


class Ruler(NamedTuple):
    """`bars` are in the order of the spans; `now` is a position, None outside of the ruler."""

    ticks: list[Tick]
    bars: list[Bar]
    rows: int
    now: float | None


def build_ruler(spans: Sequence[Span], day: date, now: datetime, zone: ZoneInfo) -> Ruler:
    """Return the ruler of a day; `spans` are in order of their begin and clipped to the day."""
    midnight = datetime.combine(day, time.min, zone)
    next_midnight = datetime.combine(day + timedelta(days=1), time.min, zone)
    inside = [
        Span(max(span.begins, midnight), min(max(span.ends, midnight), next_midnight)) for span in spans
    ]
    first, last = _range(inside, day, zone)

    def position(at: datetime) -> float:
        # Moments are subtracted as instants: on a day of 23 or 25 hours the clock would be wrong by one.
        return round(100 * (at.timestamp() - first.timestamp()) / (last.timestamp() - first.timestamp()), 3)

    bars = _place((position(span.begins), position(span.ends)) for span in inside)
    rows = max((bar.row for bar in bars), default=-1) + 1
    hours = round((last.timestamp() - first.timestamp()) / 3600)
    moments = [datetime.fromtimestamp(first.timestamp() + 3600 * n, zone) for n in range(hours)]
    ticks = [Tick(position(at), at) for at in moments]
    return Ruler(ticks, bars, rows, position(now) if first <= now <= last else None)


def _range(spans: Iterable[Span], day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first and the last moment of the ruler, both on whole hours of the zone."""
    opens, closes = (datetime.combine(day, at, zone) for at in SCHOOL_DAY)
    for begins, ends in spans:
        start, end = begins.astimezone(zone), ends.astimezone(zone)
        opens = min(opens, start.replace(minute=0, second=0, microsecond=0))
        whole = end.replace(minute=0, second=0, microsecond=0)
        if end > whole:
            whole = datetime.fromtimestamp(whole.timestamp() + HOUR.total_seconds(), zone)
        closes = max(closes, whole)
    return opens, closes


def _place(spans: Iterable[tuple[float, float]]) -> list[Bar]:
    """Put each bar into the first row that is free from its begin on."""
    free_from: list[float] = []
    bars = []
    for begins, ends in spans:
        x = min(begins, 100 - MIN_WIDTH)
        width = max(ends - x, MIN_WIDTH)
        row = next((number for number, free in enumerate(free_from) if free <= x), len(free_from))
        free_from[row : row + 1] = [x + width]
        bars.append(Bar(x, round(width, 3), row))
    return bars
