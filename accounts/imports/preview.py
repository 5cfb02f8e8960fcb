"""Preview of an import of people: filtered rows, their changes, and the state of the push."""

from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.imports import push_job, services
from accounts.imports.columns import FIELDS, GROUPS, IN_CHARGE, LABELS
from accounts.models import PeopleImport, PeopleImportRow, User
from accounts.models.roles import Role
from accounts.people.group_change_conflicts import GroupChangeConflict
from console.imports.preview import ImportPreview, PreviewRow, RowFilter
from console.outbox.push_progress import PUSH_STATE_LABELS, PUSH_STATES
from console.ui.badges import Badge

Outcome, State, Undone = PeopleImportRow.Outcome, PeopleImport.State, PeopleImportRow.Undone

OUTCOME_BADGES = {
    Outcome.ADDED: Badge(_("added"), "user-plus", "ok", ""),
    Outcome.CHANGED: Badge(_("changed"), "pencil", "busy", ""),
    Outcome.UNCHANGED: Badge(_("unchanged"), "equal", "idle", ""),
    Outcome.REFUSED: Badge(_("rejected"), "alert-triangle", "bad", ""),
}
UNDO_BADGES = {
    Undone.REMOVED: Badge(_("removed"), "user-minus", "ok", ""),
    Undone.DEACTIVATED: Badge(_("deactivated"), "user-off", "ok", ""),
    Undone.RESTORED: Badge(_("restored"), "arrow-back-up", "ok", ""),
    Undone.KEPT: Badge(_("kept because it changed later"), "hand-stop", "warn", ""),
}


class FieldChange(NamedTuple):
    """The old and new value of a person's field."""

    label: str | Promise
    old: str
    new: str


class PeoplePreviewRow(PreviewRow):
    row: PeopleImportRow
    badges = OUTCOME_BADGES
    labels = LABELS

    @property
    def undone(self) -> Badge | None:
        return UNDO_BADGES[Undone(self.row.undone)] if self.row.undone else None

    @property
    def name(self) -> str:
        fields = self.row.after or self.row.before or {}
        return fields.get("nickname") or self.row.user_id

    @cached_property
    def changes(self) -> list[FieldChange]:
        """Return the changed fields; for a new person all fields with a value."""
        before, after = self.row.before or {}, self.row.after
        if not after:
            return []
        values = [
            (name, _format_value(name, before.get(name)), _format_value(name, after.get(name)))
            for name in (*FIELDS, GROUPS, IN_CHARGE)
        ]
        return [FieldChange(LABELS[name], old, new) for name, old, new in values if old != new]


class PeopleImportPreview(ImportPreview):
    """Preview, filtered by `?show=`: an outcome, "twins", an undo result, or "push_" and a push state."""

    row_class = PeoplePreviewRow
    related = ("person", "operation")

    def filter_rows(self, rows: QuerySet[PeopleImportRow]) -> QuerySet[PeopleImportRow] | None:
        if self.show == "twins":
            return rows.filter(twin=True)
        if self.show in Undone.values:
            return rows.filter(undone=self.show)
        state = self.show.removeprefix("push_")
        if state in PUSH_STATES and state != self.show:
            return rows.filter(operation__state__in=PUSH_STATES[state])
        return super().filter_rows(rows)

    @cached_property
    def objections(self) -> list[GroupChangeConflict]:
        """Schedule conflicts that applying the import would create."""
        return services.find_import_conflicts(self.source) if self.source.state == State.CHECKED else []

    @property
    def has_no_changes(self) -> bool:
        return not (self.source.counts.get("added") or self.source.counts.get("changed"))

    def choices(self) -> list[RowFilter]:
        """Return filters for all rows, outcomes, equal names, undo results and states of the push."""
        filters, counts = super().choices(), self.source.counts
        if counts.get("twins"):
            filters.append(self.choice("twins", _("same name as another person"), counts["twins"]))
        undone = [(name, count) for name, count in counts.get("undone", {}).items() if count]
        filters += [self.choice(name, UNDO_BADGES[Undone(name)].word, count) for name, count in undone]
        pushed = push_job.count_import_states(self.source)
        if sum(pushed.values()):
            filters += [
                self.choice(f"push_{name}", label, pushed[name], "cloud")
                for name, (label, _tone) in PUSH_STATE_LABELS.items()
            ]
        return filters

    def operations_url(self) -> str:
        """Return the URL of the operations that need a decision."""
        return f"{reverse('outbox:operations')}?state=trouble&about={User._meta.label_lower}"


def _format_value(name: str, value: Any) -> str:
    if name in (GROUPS, IN_CHARGE):
        return ", ".join(value or ())
    if name == "role":
        return str(dict(Role.choices).get(value, value or ""))
    if name == "gender":
        return str(dict(User.Gender.choices).get(value, value or ""))
    return str(value or "")
