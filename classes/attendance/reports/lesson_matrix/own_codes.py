"""The matrix in the school's own codes: the cells, and how often each lesson counts as what."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from classes.attendance.codes.codebook import Codes, code_for, kinded_marks
from classes.attendance.codes.kinds import with_kinds
from classes.attendance.reports.lesson_matrix.table import EVERYBODY, constant_column
from classes.attendance.reports.sheet import MarkCell, code_cell, mark_cell
from classes.models import Attendance, AttendanceCode
from console.policy.database_scope import as_owner

#: Sums by what the codes count as, in the order of their rows. Marks without a code are in none of them.
COUNT_LABELS: dict[str, str | Promise] = {
    AttendanceCode.Counts.PRESENT: _("By codes: present"),
    AttendanceCode.Counts.ABSENT: _("By codes: absent"),
    AttendanceCode.Counts.NEITHER: _("By codes: neither"),
}
#: Of a person and a lesson.
Kinds = Mapping[tuple[int, int], str]


class CodedCells(NamedTuple):
    """The reasons of cells by person and lesson, and the sums of each lesson by what its marks count as."""

    kinds: dict[tuple[int, int], str]
    sums: dict[int, Counter[str]]


@dataclass(frozen=True)
class OwnCodes:
    """The codes of a school, and its zone, by which a mark is one of the morning."""

    codes: Codes
    zone: ZoneInfo
    _drawn: dict[tuple[str, str], MarkCell] = field(default_factory=dict)

    def code_of(self, mark: str, kind: str) -> AttendanceCode | None:
        return code_for(self.codes, mark, kind)

    def cell(self, mark: str, kind: str) -> MarkCell:
        """Return the cell of a mark: with its code, else with the letter of the mark."""
        if (mark, kind) not in self._drawn:
            code = self.code_of(mark, kind)
            self._drawn[mark, kind] = code_cell(code, mark) if code else mark_cell(mark)
        return self._drawn[mark, kind]

    def counts_as(self, mark: str, kind: str) -> str:
        """Return what a mark counts as; empty without a code."""
        code = self.code_of(mark, kind)
        return code.counts_as if code else ""

    def read_kinds(self, marks: QuerySet[Attendance]) -> Kinds:
        """Return the reasons of these marks where a code depends on them; one query at most."""
        kinded = kinded_marks(self.codes)
        if not kinded:
            return {}
        rows = with_kinds(marks.filter(mark__in=kinded), kinded, self.zone)
        with as_owner():  # as in `table`
            read = list(rows.values_list("person", "lesson", "kind"))
        return {(person, lesson): kind for person, lesson, kind in read}

    def read_page(self, cells: QuerySet[Attendance], counted: QuerySet[Attendance]) -> CodedCells:
        """Return the reasons of the cells, and how many of the marks `counted` each lesson counts as what."""
        kinded = kinded_marks(self.codes)
        rows = with_kinds(cells.filter(mark__in=kinded), kinded, self.zone).annotate(n=constant_column(1))
        sums = with_kinds(counted, kinded, self.zone).values("lesson", "mark", "kind")
        sums = sums.annotate(n=Count("pk"), everybody=constant_column(EVERYBODY))
        both = (
            rows.order_by()
            .values_list("person", "lesson", "mark", "kind", "n")
            .union(sums.order_by().values_list("everybody", "lesson", "mark", "kind", "n"), all=True)
        )
        found = CodedCells({}, {})
        with as_owner():
            read = list(both)
        for person, lesson, mark, kind, n in read:
            if person != EVERYBODY:
                found.kinds[person, lesson] = kind
            elif counts := self.counts_as(mark, kind):
                found.sums.setdefault(lesson, Counter())[counts] += n
        return found

    @property
    def legend(self) -> list[tuple[str, str]]:
        """Return each code with its name, in the order in which they were added."""
        found = {code.pk: code for code in self.codes.values()}
        return [(found[pk].letters, found[pk].name) for pk in sorted(found)]
