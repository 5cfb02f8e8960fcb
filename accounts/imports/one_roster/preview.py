"""Preview of a OneRoster import: people, groups, terms and refused lines."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.imports.one_roster.check import mapped_rows
from accounts.imports.one_roster.labels import FIELD_LABELS, USER_ID_LABELS
from accounts.imports.one_roster.options import RosterOptions
from accounts.imports.one_roster.roster_validator import RETURNS, SOURCED_ID
from accounts.imports.preview import OUTCOME_BADGES, FieldChange, PeopleImportPreview, PeoplePreviewRow
from accounts.models import PeopleImportRow, RosterRow
from console.imports.preview import PreviewRow, RowFilter
from console.ui.badges import Badge

Kind, Outcome = RosterRow.Kind, RosterRow.Outcome
#: People with higher numbers stand in no line of users.csv.
MAX_LINE = 1_000_000_000

LINE_BADGES = {
    Outcome.ADDED: Badge(_("added"), "plus", "ok", ""),
    Outcome.CHANGED: Badge(_("changed"), "pencil", "busy", ""),
    Outcome.LEFT: Badge(_("archived"), "archive", "warn", ""),
    Outcome.UNCHANGED: Badge(_("unchanged"), "equal", "idle", ""),
    Outcome.REFUSED: Badge(_("rejected"), "alert-triangle", "bad", ""),
}
#: `?show=` of rows that are no people, and the icons of the choices.
KINDS = {"groups": Kind.CLASS, "terms": Kind.SESSION, "lines": Kind.LINE}


class RosterPersonRow(PeoplePreviewRow):
    badges: ClassVar[Mapping[Any, Badge]] = {
        **dict[Any, Badge](OUTCOME_BADGES),
        PeopleImportRow.LEFT: Badge(_("deactivated"), "user-off", "warn", ""),
    }
    labels = FIELD_LABELS
    file = "users.csv"

    @property
    def number(self) -> int | None:
        return self.row.number if self.row.number < MAX_LINE else None

    @cached_property
    def changes(self) -> list[FieldChange]:
        """Return the changed fields, and what is stored of OneRoster."""
        after = (self.row.after or {}) if self.row.outcome in (Outcome.ADDED, Outcome.CHANGED) else {}
        found = [FieldChange(FIELD_LABELS[SOURCED_ID], "", after[SOURCED_ID])] if SOURCED_ID in after else []
        if RETURNS in after:
            found.append(FieldChange(FIELD_LABELS["state"], "", _("active again")))
        return [*super().changes, *found]


class RosterLine(PreviewRow):
    """A group, a term or a refused line."""

    row: RosterRow
    badges = LINE_BADGES
    labels: ClassVar = {"name": _("Name"), "starts_on": _("first day"), "ends_on": _("last day")}
    undone = None

    @property
    def number(self) -> int | None:
        return self.row.line or None

    @property
    def file(self) -> str:
        return self.row.file

    @property
    def name(self) -> str:
        return self.row.name or self.row.sourced_id

    @property
    def changes(self) -> list[FieldChange]:
        """Return the changed values; all of what is added."""
        before, after = self.row.before or {}, self.row.after or {}
        names = [name for name in self.labels if name in after and before.get(name) != after[name]]
        found = [FieldChange(self.labels[name], before.get(name, ""), after[name]) for name in names]
        if before.get("adopted") or self.row.outcome == Outcome.ADDED:
            found.append(FieldChange(FIELD_LABELS[SOURCED_ID], "", self.row.sourced_id))
        return found


class RosterPreview(PeopleImportPreview):
    """Preview, filtered by `?show=`: what that of people knows, "mapped", or one of KINDS."""

    row_class = RosterPersonRow

    @property
    def shows_people(self) -> bool:
        return self.show not in KINDS

    def rows(self) -> QuerySet[Any]:
        if self.shows_people:
            return super().rows()
        rows = self.source.roster_rows.filter(kind=KINDS[self.show])
        found: QuerySet[Any] = rows.order_by("line", "pk")
        return found

    def lines(self, rows: Iterable[Any]) -> Sequence[PreviewRow]:
        return super().lines(rows) if self.shows_people else [RosterLine(row) for row in rows]

    def filter_rows(self, rows: QuerySet[PeopleImportRow]) -> QuerySet[PeopleImportRow] | None:
        if self.show == "mapped":
            return rows.filter(pk__in=mapped_rows(self.source).values("pk"))
        return super().filter_rows(rows)

    @property
    def user_id_source(self) -> Any:
        """The column that gives new people their user ID, in words."""
        return USER_ID_LABELS[RosterOptions.from_mapping(self.source.options).user_id_from]

    @property
    def has_refused_rows(self) -> bool:
        counts = self.source.counts
        parts = (counts, counts.get("groups", {}), counts.get("terms", {}))
        return bool(counts.get("lines")) or any(part.get(Outcome.REFUSED) for part in parts)

    @property
    def has_no_changes(self) -> bool:
        counts = self.source.counts
        changing = (Outcome.ADDED, Outcome.CHANGED, Outcome.LEFT)
        parts = (counts, counts.get("groups", {}), counts.get("terms", {}))
        return not any(part.get(outcome) for part in parts for outcome in changing)

    def choices(self) -> list[RowFilter]:
        """Return filters of people first, then those of groups, terms and refused lines."""
        counts, found = self.source.counts, super().choices()
        everyone = sum(counts.get(str(outcome), 0) for outcome in self.row_class.badges)
        found[0] = self.choice("", _("People"), everyone)
        if counts.get("mapped"):
            found.append(self.choice("mapped", _("shortened user ID"), counts["mapped"], "id"))
        labels = {"groups": (_("Groups"), "users-group"), "terms": (_("Terms"), "calendar")}
        for name, (label, icon) in labels.items():
            if total := sum(counts.get(name, {}).values()):
                found.append(self.choice(name, label, total, icon))
        if counts.get("lines"):
            found.append(self.choice("lines", _("Rejected lines"), counts["lines"], "alert-triangle"))
        return found

    def summary(self) -> list[tuple[Any, list[tuple[Badge, int]]]]:
        """Return how many groups and terms there are by outcome, for those that have any."""
        labels = {"groups": _("Groups"), "terms": _("Terms")}
        found = []
        for name, label in labels.items():
            counts = self.source.counts.get(name, {})
            parts = [
                (badge, counts[outcome]) for outcome, badge in LINE_BADGES.items() if counts.get(outcome)
            ]
            if parts:
                found.append((label, parts))
        return found
