"""Column types, and the plain-text form of their values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise

from console.ui.shares import shown_share
from console.ui.template_tags import zone_name

SheetRows = Iterable[Mapping[str, Any]]


class ColumnType(StrEnum):
    """The type of a column's values; None is an empty cell in every type."""

    TEXT = "text"
    ID = "id"  # never a number, even if it looks like one
    NUMBER = "number"
    SHARE = "share"  # 0 … 1, shown as per cent, as on pages
    DATETIME = "datetime"  # an aware datetime, shown in the zone of the sheet
    DATE = "date"
    DURATION = "duration"  # a timedelta or seconds, shown as [h]:mm:ss beyond 24 hours


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `key` selects the value in a row, `label` is the heading."""

    key: str
    label: str | Promise
    kind: ColumnType = ColumnType.TEXT
    width: int = 16

    def heading(self, zone: ZoneInfo) -> str:
        """Return the label; for datetimes with their time zone."""
        return (
            f"{self.label} ({zone_name(zone.key)})" if self.kind == ColumnType.DATETIME else str(self.label)
        )


def local_time(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the local time in a zone, in whole seconds; ValueError for a naive datetime."""
    if moment.tzinfo is None:
        raise ValueError("A sheet takes datetimes with a time zone only.")
    return moment.astimezone(zone).replace(tzinfo=None, microsecond=0)


def total_seconds(length: timedelta | float) -> float:
    return length.total_seconds() if isinstance(length, timedelta) else length


def as_text(value: Any, kind: ColumnType, zone: ZoneInfo) -> str:
    """Return the value as text, without escaping of formulas."""
    if value is None:
        return ""
    if kind == ColumnType.DATETIME:
        return local_time(value, zone).isoformat(" ")
    if kind == ColumnType.DATE and isinstance(value, date):
        return value.isoformat()
    if kind == ColumnType.SHARE:
        return f"{shown_share(value):.1%}"
    if kind == ColumnType.DURATION:
        return _format_clock(round(total_seconds(value)))
    return str(value)


def _format_clock(whole: int) -> str:
    minutes, rest = divmod(abs(whole), 60)
    return f"{'-' if whole < 0 else ''}{minutes // 60}:{minutes % 60:02}:{rest:02}"
