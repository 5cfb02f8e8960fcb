"""Which code a mark has: the lookup, and the codes of many marks with two queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from accounts.models import Enterprise
from classes.attendance.codes.kinds import ALWAYS_HAS_KIND, KINDS_OF_MARK, with_kinds
from classes.attendance.queries import RegisterEntry
from classes.models import Attendance, AttendanceCode, CodeUse, Mark

#: The code of a mark and a reason; the reason is empty where the code holds for any.
Codes = Mapping[tuple[str, str], AttendanceCode]


class MarkedRow(Protocol):
    """A row of a register, stored or not."""

    @property
    def pk(self) -> int | None: ...
    @property
    def mark(self) -> str: ...


Row = TypeVar("Row", bound=MarkedRow)


def code_for(codes: Codes, mark: str, kind: str = "") -> AttendanceCode | None:
    """Return the code of the mark and the reason, else that of the mark for any reason; None without one."""
    return codes.get((mark, kind)) or codes.get((mark, ""))


def load_codes(school: Enterprise) -> Codes:
    """Return the codes in use of a school."""
    uses = CodeUse.objects.filter(enterprise=school, code__is_active=True).select_related("code")
    return {(one.mark, one.kind): one.code for one in uses}


def kinded_marks(codes: Codes) -> frozenset[str]:
    """Return the marks whose code depends on the reason."""
    return frozenset(mark for mark, kind in codes if kind)


def marks_without_code(codes: Codes) -> list[Mark]:
    """Return the marks that have no code, or not for every reason, and so may show as they are."""
    return [mark for mark in Mark if not _always_has_code(codes, mark)]


def _always_has_code(codes: Codes, mark: Mark) -> bool:
    if (mark.value, "") in codes:
        return True
    kinds = KINDS_OF_MARK[mark] if mark in ALWAYS_HAS_KIND else ()
    return bool(kinds) and all((mark.value, kind.value) in codes for kind in kinds)


def kinds_by_key(codes: Codes, keys: Iterable[int], zone: ZoneInfo) -> dict[int, str]:
    """Map marks (by primary key) to their reasons, where a code depends on it; one query at most."""
    kinded = kinded_marks(codes)
    if not kinded:
        return {}
    marks = Attendance.objects.filter(pk__in=keys, mark__in=kinded).order_by()
    return dict(with_kinds(marks, kinded, zone).values_list("pk", "kind"))


def codes_of_rows(school: Enterprise, rows: Sequence[MarkedRow]) -> list[AttendanceCode | None]:
    """Return the code of each row, with two queries at most. Rows that are not stored have no reason yet."""
    codes = load_codes(school) if rows else {}
    if not codes:
        return [None] * len(rows)
    kinds = kinds_by_key(codes, [row.pk for row in rows if row.pk], school.tz)
    return [code_for(codes, row.mark, kinds.get(row.pk or 0, "")) for row in rows]


def coded_entries(school: Enterprise, entries: Sequence[RegisterEntry]) -> list[RegisterEntry]:
    """Return the entries of a register with their codes."""
    found = codes_of_rows(school, entries)
    return [replace(entry, code=code) for entry, code in zip(entries, found, strict=True)]
