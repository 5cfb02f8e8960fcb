"""Preview of a timetable import."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import StudentGroup, User
from classes.models import Lesson, TimetableImport, TimetableRow
from classes.timetable.imports.columns import LABELS
from classes.timetable.imports.doubts import ask_about_row, rows_with_doubts
from classes.timetable.imports.jobs import kept_lessons
from classes.timetable.imports.row_parser import PlannedRow
from console.imports.preview import ImportPreview, PreviewRow, RowFilter
from console.ui.badges import Badge

Outcome, State = TimetableRow.Outcome, TimetableImport.State
#: The filter of rows that the preview asks about.
QUESTION = "question"
BADGES = {
    Outcome.ADDED: Badge(_("added"), "calendar-plus", "ok", ""),
    Outcome.CONFLICT: Badge(_("conflict"), "calendar-exclamation", "warn", ""),
    Outcome.UNCHANGED: Badge(_("already exists"), "equal", "idle", ""),
    Outcome.REFUSED: Badge(_("rejected"), "alert-triangle", "bad", ""),
}


@dataclass(frozen=True)
class TimetablePreviewRow(PreviewRow):
    """A row for display; `groups` are names."""

    row: TimetableRow
    planned: PlannedRow | None
    teacher: str
    groups: list[str]
    badges = BADGES
    labels = LABELS

    @property
    def more_conflicts(self) -> int:
        return self.row.conflicts_in_all - len(self.row.conflicts)

    @property
    def doubts(self) -> list[str]:
        return ask_about_row(self.planned) if self.planned and self.row.lessons else []


class TimetablePreview(ImportPreview):
    """The rows that the query string selects: `?show=` an outcome, or those with a question."""

    row_class = TimetablePreviewRow
    related = ("course", "lesson")

    @cached_property
    def doubtful_rows(self) -> int:
        """The number of rows that have a question before the import is applied."""
        return rows_with_doubts(self.source.lines.all()).count() if self.source.state == State.CHECKED else 0

    @cached_property
    def kept_lessons(self) -> list[Lesson]:
        """The lessons that the undo of the import left."""
        return list(kept_lessons(self.source)) if self.source.state == State.UNDONE else []

    def filter_rows(self, rows: QuerySet[TimetableRow]) -> QuerySet[TimetableRow] | None:
        return rows_with_doubts(rows) if self.show == QUESTION else super().filter_rows(rows)

    def choices(self) -> list[RowFilter]:
        shown = super().choices()
        if self.doubtful_rows:
            shown.append(self.choice(QUESTION, _("with a question"), self.doubtful_rows, "help"))
        return shown

    def lines(self, rows: Iterable[TimetableRow]) -> list[TimetablePreviewRow]:
        """Return the rows of a page with the names that they refer to; two queries."""
        rows = list(rows)
        planned = {row.pk: PlannedRow.from_stored(row.wanted) for row in rows if row.wanted}
        teachers = User.objects.in_bulk({one.teacher for one in planned.values()})
        groups = StudentGroup.objects.in_bulk({group for one in planned.values() for group in one.groups})
        return [self._line(row, planned.get(row.pk), teachers, groups) for row in rows]

    def _line(
        self, row: TimetableRow, planned: PlannedRow | None, teachers: Any, groups: Any
    ) -> TimetablePreviewRow:
        if planned is None:
            return TimetablePreviewRow(row, None, "", [])
        names = [str(groups[pk]) for pk in planned.groups if pk in groups]
        return TimetablePreviewRow(row, planned, str(teachers.get(planned.teacher, "")), names)

    @property
    def has_no_changes(self) -> bool:
        return not self.source.counts.get("lessons")
