"""What a column holds, and how one value of it is told in plain text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise

Rows = Iterable[Mapping[str, Any]]


class Kind(StrEnum):
    """What the values of a column are; None is an empty cell in every kind."""

    TEXT = "text"
    ID = "id"  # never a number, even where it looks like one
    NUMBER = "number"
    SHARE = "share"  # 0 … 1, shown as per cent
    DATETIME = "datetime"  # an aware datetime, shown in the zone of the sheet
    DATE = "date"
    DURATION = "duration"  # a timedelta or seconds, shown as [h]:mm:ss beyond 24 hours


@dataclass(frozen=True, slots=True)
class Column:
    """`key` finds the value in a row, `label` is the heading."""

    key: str
    label: str | Promise
    kind: Kind = Kind.TEXT
    width: int = 16

    def heading(self, zone: ZoneInfo) -> str:
        """The label; over moments with the zone that they are told in."""
        return f"{self.label} ({zone.key})" if self.kind == Kind.DATETIME else str(self.label)


def local(moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment as the clock of the zone showed it, whole seconds; ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("A sheet takes moments with their zone only.")
    return moment.astimezone(zone).replace(tzinfo=None, microsecond=0)


def seconds(length: timedelta | float) -> float:
    return length.total_seconds() if isinstance(length, timedelta) else length


def plain(value: Any, kind: Kind, zone: ZoneInfo) -> str:
    """The value as text, without any care for spreadsheets."""
    if value is None:
        return ""
    if kind == Kind.DATETIME:
        return local(value, zone).isoformat(" ")
    if kind == Kind.DATE and isinstance(value, date):
        return value.isoformat()
    if kind == Kind.SHARE:
        return f"{value:.1%}"
    if kind == Kind.DURATION:
        return _clock(round(seconds(value)))
    return str(value)


def _clock(whole: int) -> str:
    minutes, rest = divmod(abs(whole), 60)
    return f"{'-' if whole < 0 else ''}{minutes // 60}:{minutes % 60:02}:{rest:02}"
