"""An import of a timetable as its page shows it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.imports.preview import STATES, Choice
from accounts.models import StudentGroup, User
from classes.imports.checking import Wanted
from classes.imports.columns import LABELS
from classes.models import TimetableImport, TimetableRow
from console.badges import Badge
from console.jobs.pages import Line as JobLine

Outcome, State = TimetableRow.Outcome, TimetableImport.State
BADGES = {
    Outcome.ADDED: Badge(_("added"), "calendar-plus", "ok", ""),
    Outcome.CONFLICT: Badge(_("conflict"), "calendar-exclamation", "warn", ""),
    Outcome.UNCHANGED: Badge(_("there already"), "equal", "idle", ""),
    Outcome.REFUSED: Badge(_("refused"), "alert-triangle", "bad", ""),
}


@dataclass(frozen=True)
class Line:
    """A row as people read it; `groups` are names."""

    row: TimetableRow
    wanted: Wanted | None
    teacher: str
    groups: list[str]

    @property
    def badge(self) -> Badge:
        return BADGES[Outcome(self.row.outcome)]

    @property
    def column(self) -> str | Promise:
        return LABELS.get(self.row.column, self.row.column)

    @property
    def more_conflicts(self) -> int:
        return self.row.conflicts_in_all - len(self.row.conflicts)


class Preview:
    """The rows that the address chooses: `?show=` an outcome."""

    def __init__(self, source: TimetableImport, address: Mapping[str, str]) -> None:
        self.source = source
        self.show = address.get("show", "")

    def rows(self) -> QuerySet[TimetableRow]:
        rows = self.source.lines.select_related("course", "lesson").order_by("number")
        return rows.filter(outcome=self.show) if self.show in Outcome.values else rows.exclude(outcome="")

    def lines(self, rows: Iterable[TimetableRow]) -> list[Line]:
        """The rows of a page with the names that they mean; two queries."""
        rows = list(rows)
        wanted = {row.pk: Wanted.of(row.wanted) for row in rows if row.wanted}
        teachers = User.objects.in_bulk({one.teacher for one in wanted.values()})
        groups = StudentGroup.objects.in_bulk({group for one in wanted.values() for group in one.groups})
        return [self._line(row, wanted.get(row.pk), teachers, groups) for row in rows]

    def _line(self, row: TimetableRow, wanted: Wanted | None, teachers: Any, groups: Any) -> Line:
        if wanted is None:
            return Line(row, None, "", [])
        named = [str(groups[pk]) for pk in wanted.groups if pk in groups]
        return Line(row, wanted, str(teachers.get(wanted.teacher, "")), named)

    @property
    def badge(self) -> Badge:
        return STATES[State(self.source.state)]

    @property
    def goes_on(self) -> bool:
        return self.source.state in (State.CHECKING, State.APPLYING)

    @property
    def job(self) -> JobLine | None:
        return JobLine(self.source.job) if self.source.job else None

    @property
    def changed_since(self) -> bool:
        job = self.source.job
        return bool(job and job.result.get("changed_since")) and self.source.state == State.CHECKED

    @property
    def plans_nothing(self) -> bool:
        return not self.source.counts.get("lessons")

    def choices(self) -> list[Choice]:
        counts = self.source.counts
        shown = [("", _("all"), self.source.rows_in_all, "")]
        shown += [(one.value, BADGES[one].word, counts.get(one, 0), BADGES[one].tone) for one in Outcome]
        return [
            Choice(label, count, f"?show={value}" if value else "?", self.show == value, tone)
            for value, label, count, tone in shown
        ]
