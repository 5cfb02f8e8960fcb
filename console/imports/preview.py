"""Preview of an import: its rows, filtered by outcome, and the state of the import."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from django.db.models import Case, QuerySet, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from console.imports.models import FileImport
from console.jobs.views import JobProgress
from console.ui.badges import Badge

State = FileImport.State
#: The outcome of a refused row, of every type of import.
REFUSED = "refused"
STATE_BADGES = {
    State.UPLOADED: Badge(_("uploaded"), "file", "idle", ""),
    State.CHECKING: Badge(_("comparing"), "clock", "busy", ""),
    State.CHECKED: Badge(_("awaiting confirmation"), "hand-stop", "warn", ""),
    State.APPLYING: Badge(_("importing"), "clock", "busy", ""),
    State.APPLIED: Badge(_("imported"), "circle-check", "ok", ""),
    State.UNDONE: Badge(_("undone"), "arrow-back-up", "idle", ""),
}


class RowFilter(NamedTuple):
    """A filter of the rows, with the number of rows that match. `query` is its query string."""

    label: str | Promise
    count: int  # type: ignore[assignment]  # the name of a method of tuples, which nobody calls
    query: str
    chosen: bool
    icon_name: str = ""


@dataclass(frozen=True)
class PreviewRow:
    """A row for display."""

    row: Any
    #: Outcome → badge, field → label.
    badges: ClassVar[Mapping[Any, Badge]]
    labels: ClassVar[Mapping[str, str | Promise]]

    @property
    def badge(self) -> Badge:
        return self.badges[self.row.outcome]

    @property
    def column(self) -> str | Promise:
        return self.labels.get(self.row.column, self.row.column)


class ImportPreview:
    """Preview of an import, filtered by `?show=`: an outcome, or what a subclass adds."""

    row_class: type[PreviewRow]
    #: Relations of a row that the page shows.
    related: tuple[str, ...] = ()

    def __init__(self, source: Any, query: Mapping[str, str]) -> None:
        self.source = source
        self.show = query.get("show", "")

    def rows(self) -> QuerySet[Any]:
        """Return the rows that the filter selects, refused ones first."""
        rows: QuerySet[Any] = self.source.lines.select_related(*self.related).defer("cells")
        rows = rows.order_by(Case(When(outcome=REFUSED, then=0), default=1), "number")
        selected = self.filter_rows(rows)
        return rows.exclude(outcome="") if selected is None else selected

    def filter_rows(self, rows: QuerySet[Any]) -> QuerySet[Any] | None:
        """Return the rows of the filter; None if there is no such filter."""
        return rows.filter(outcome=self.show) if self.show in self.row_class.badges else None

    def lines(self, rows: Iterable[Any]) -> Sequence[PreviewRow]:
        """Return the rows of a page for display."""
        return [self.row_class(row) for row in rows]

    @property
    def badge(self) -> Badge:
        return STATE_BADGES[State(self.source.state)]

    @property
    def is_in_progress(self) -> bool:
        """Whether a job is checking or applying the import; there are no rows to show yet."""
        return self.source.state in (State.CHECKING, State.APPLYING)

    @property
    def is_followed(self) -> bool:
        """Whether a job of the import goes on, so that the page asks for itself."""
        return bool(self.source.job and self.source.job.is_open)

    @property
    def job(self) -> JobProgress | None:
        return JobProgress(self.source.job) if self.source.job else None

    @property
    def changed_since(self) -> bool:
        """Whether the school changed since the previous preview, which this one replaces."""
        job = self.source.job
        return bool(job and job.result.get("changed_since")) and self.source.state == State.CHECKED

    @property
    def has_refused_rows(self) -> bool:
        """Whether there is anything in the file of refused rows."""
        return bool(self.source.counts.get(REFUSED))

    @property
    def has_no_changes(self) -> bool:
        """Whether applying the import would change nothing."""
        raise NotImplementedError

    def choices(self) -> list[RowFilter]:
        """Return a filter for all rows and one for each outcome."""
        counts = self.source.counts
        outcomes = self.row_class.badges.items()
        return [
            self.choice("", _("all"), self.source.rows_in_all),
            *(self.choice(str(outcome), badge.word, counts.get(outcome, 0)) for outcome, badge in outcomes),
        ]

    def choice(self, value: str, label: str | Promise, count: int, icon_name: str = "") -> RowFilter:
        return RowFilter(label, count, f"?show={value}" if value else "?", self.show == value, icon_name)
