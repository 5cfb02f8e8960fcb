"""Preview of an import of people: filtered rows, their changes, and the state of the push."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.imports import group_grades, push_job, services
from accounts.imports.columns import FIELDS, GRADE, GROUPS, GUARDIAN_COLUMNS, IN_CHARGE, LABELS
from accounts.imports.guardians import GUARDIANS, rows_with_another_guardian
from accounts.imports.office_facts import BORN, CONSENT, ENTERED
from accounts.models import PeopleImport, PeopleImportRow, User
from accounts.models.consent import AgeGroup
from accounts.models.roles import Role
from accounts.models.user import WITHOUT_PASSWORD
from accounts.people.group_change_conflicts import GroupChangeConflict
from accounts.sign_in.password_links import waiting_links
from console.imports.preview import ImportPreview, PreviewRow, RowFilter
from console.outbox.push_progress import PUSH_STATE_LABELS, PUSH_STATES
from console.policy.bulk_views import MAX_BULK_ROWS
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


ENTERED_LABELS = {BORN: "date_of_birth", CONSENT: "consent_on"}


class FieldChange(NamedTuple):
    """The old and new value of a person's field."""

    label: str | Promise
    old: str
    new: str | Promise


@dataclass(frozen=True)
class PeoplePreviewRow(PreviewRow):
    """A person's row; `conflicts` are those of the person that applying the import would create."""

    row: PeopleImportRow
    conflicts: Sequence[GroupChangeConflict] = ()
    badges: ClassVar[Mapping[Any, Badge]] = OUTCOME_BADGES
    labels = LABELS

    @property
    def undone(self) -> Badge | None:
        return UNDO_BADGES[Undone(self.row.undone)] if self.row.undone else None

    @property
    def names_another_guardian(self) -> bool:
        return any(one.get("another") for one in (self.row.after or {}).get(GUARDIANS, ()))

    @property
    def name(self) -> str:
        sides = (self.row.after or {}, self.row.before or {})
        return next((side["nickname"] for side in sides if side.get("nickname")), self.row.user_id)

    @cached_property
    def changes(self) -> list[FieldChange]:
        """Return the changed fields; for a new person all fields with a value."""
        before, after = self.row.before or {}, self.row.after
        if not after or self.row.outcome == Outcome.UNCHANGED:
            return []
        values = [
            (name, _format_value(name, before.get(name)), _format_value(name, after.get(name)))
            for name in (*FIELDS, GROUPS, GRADE, IN_CHARGE)
        ]
        found = [FieldChange(LABELS[name], old, new) for name, old, new in values if old != new]
        # The value stands in the file; a preview does not show who was born when.
        entered = [LABELS[ENTERED_LABELS[name]] for name in after.get(ENTERED, ())]
        found += [FieldChange(label, "", _("as in the file")) for label in entered]
        return found + [_guardian_change(one) for one in after.get(GUARDIANS, ())]


class PeopleImportPreview(ImportPreview):
    """Preview, filtered by `?show=`.

    An outcome, "twins", "guardians", an undo result, or "push_" and a push state.
    """

    row_class: type[PeoplePreviewRow] = PeoplePreviewRow
    related = ("person", "operation")

    def lines(self, rows: Iterable[Any]) -> Sequence[PreviewRow]:
        conflicts: dict[str, list[GroupChangeConflict]] = defaultdict(list)
        for conflict in self.objections:
            for user_id in conflict.people:
                conflicts[user_id].append(conflict)
        return [self.row_class(row, conflicts.get(row.user_id, ())) for row in rows]

    def filter_rows(self, rows: QuerySet[PeopleImportRow]) -> QuerySet[PeopleImportRow] | None:
        if self.show == "twins":
            return rows.filter(twin=True)
        if self.show == "guardians":
            return rows_with_another_guardian(rows)
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

    @cached_property
    def grade_changes(self) -> list[group_grades.GradeChange]:
        """The groups that get another grade, each once."""
        return group_grades.named_changes(self.source) if self.source.state == State.CHECKED else []

    @cached_property
    def to_invite(self) -> int:
        """The number of people whom the import added and who can neither sign in nor have a link."""
        if self.source.state != State.APPLIED:
            return 0
        added = self.source.lines.filter(outcome=Outcome.ADDED)
        people = User.objects.filter(WITHOUT_PASSWORD, pk__in=added.values("person"), is_active=True)
        people = people.exclude(pk__in=waiting_links().values("person")).order_by()
        return people[: MAX_BULK_ROWS + 1].count()

    @property
    def has_no_changes(self) -> bool:
        return not (self.source.counts.get("added") or self.source.counts.get("changed"))

    def choices(self) -> list[RowFilter]:
        """Return filters for all rows, outcomes, equal names, undo results and states of the push."""
        filters, counts = super().choices(), self.source.counts
        if counts.get("twins"):
            filters.append(self.choice("twins", _("same name as another person"), counts["twins"]))
        if counts.get("guardians"):
            filters.append(self.choice("guardians", _("another guardian"), counts["guardians"]))
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


def _guardian_change(told: dict[str, Any]) -> FieldChange:
    """Return that a guardian is added or changed, without the values, which are in the file."""
    label = gettext("Guardian %(n)d") % {"n": told["n"]}
    if told["added"]:
        return FieldChange(label, "", _("added, as in the file"))
    places = {place: column for column, place in GUARDIAN_COLUMNS.items()}
    fields = ", ".join(str(LABELS[places[told["n"], name]]) for name in told["fields"])
    return FieldChange(label, "", gettext("changed, as in the file: %(fields)s") % {"fields": fields})


def _format_value(name: str, value: Any) -> str:
    if name in (GROUPS, IN_CHARGE):
        return ", ".join(value or ())
    if name == "role":
        return str(dict(Role.choices).get(value, value or ""))
    if name == "age_group":
        return str(dict(AgeGroup.choices).get(value, value or ""))
    if name == "gender":
        return str(dict(User.Gender.choices).get(value, value or ""))
    return str(value or "")
