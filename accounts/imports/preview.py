"""An import as its page shows it: rows of one sort, what each changes, and how the sending stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.imports import applying, push
from accounts.imports.columns import FIELDS, GROUPS, IN_CHARGE, LABELS
from accounts.models import ImportRow, PeopleImport, User
from accounts.objections import Objection
from accounts.roles import Role
from console.badges import Badge
from console.jobs.pages import Line as JobLine

Outcome, State, Undone = ImportRow.Outcome, PeopleImport.State, ImportRow.Undone

BADGES = {
    Outcome.ADDED: Badge(_("added"), "user-plus", "ok", ""),
    Outcome.CHANGED: Badge(_("changed"), "pencil", "busy", ""),
    Outcome.UNCHANGED: Badge(_("unchanged"), "equal", "idle", ""),
    Outcome.REFUSED: Badge(_("refused"), "alert-triangle", "bad", ""),
}
UNDONE = {
    Undone.REMOVED: Badge(_("removed again"), "user-minus", "ok", ""),
    Undone.DEACTIVATED: Badge(_("deactivated"), "user-off", "ok", ""),
    Undone.RESTORED: Badge(_("restored"), "arrow-back-up", "ok", ""),
    Undone.KEPT: Badge(_("changed since, kept"), "hand-stop", "warn", ""),
}
STATES = {
    State.UPLOADED: Badge(_("uploaded"), "file", "idle", ""),
    State.CHECKING: Badge(_("being compared"), "clock", "busy", ""),
    State.CHECKED: Badge(_("to be confirmed"), "hand-stop", "warn", ""),
    State.APPLYING: Badge(_("being applied"), "clock", "busy", ""),
    State.APPLIED: Badge(_("applied"), "circle-check", "ok", ""),
    State.UNDONE: Badge(_("undone"), "arrow-back-up", "idle", ""),
}


class Choice(NamedTuple):
    """A number that narrows the rows; `value` is empty for all of them."""

    label: str | Promise
    count: int
    query: str
    chosen: bool
    tone: str = ""


class Change(NamedTuple):
    """One field of somebody, as it was and as it is wanted."""

    label: str | Promise
    was: str
    wanted: str


@dataclass(frozen=True)
class Line:
    row: ImportRow

    @property
    def badge(self) -> Badge:
        return BADGES[Outcome(self.row.outcome)]

    @property
    def undone(self) -> Badge | None:
        return UNDONE[Undone(self.row.undone)] if self.row.undone else None

    @property
    def name(self) -> str:
        told = self.row.after or self.row.before or {}
        return told.get("nickname") or self.row.user_id

    @property
    def column(self) -> str | Promise:
        return LABELS.get(self.row.column, self.row.column)

    @cached_property
    def changes(self) -> list[Change]:
        """What differs; of somebody new, everything that is said of them."""
        was, wanted = self.row.before or {}, self.row.after
        if not wanted:
            return []
        names = (*FIELDS, GROUPS, IN_CHARGE)
        named = [(name, _told(name, was.get(name)), _told(name, wanted.get(name))) for name in names]
        return [Change(LABELS[name], old, new) for name, old, new in named if old != new]


class Preview:
    """The rows that the address chooses: `?show=` an outcome, "twins", or a state of the sending."""

    def __init__(self, source: PeopleImport, address: Mapping[str, str]) -> None:
        self.source = source
        self.show = address.get("show", "")

    def rows(self) -> QuerySet[ImportRow]:
        rows = self.source.lines.select_related("person", "operation").defer("cells").order_by("number")
        if self.show in Outcome.values:
            return rows.filter(outcome=self.show)
        if self.show == "twins":
            return rows.filter(twin=True)
        if self.show in Undone.values:
            return rows.filter(undone=self.show)
        pushed = self.show.removeprefix("push_")
        if pushed in push.MEANINGS and pushed != self.show:
            return rows.filter(operation__state__in=push.MEANINGS[pushed])
        return rows.exclude(outcome="")

    def line(self, row: ImportRow) -> Line:
        return Line(row)

    @property
    def badge(self) -> Badge:
        return STATES[State(self.source.state)]

    @property
    def goes_on(self) -> bool:
        """Whether a job compares or applies it now; then there are no rows to show yet."""
        return self.source.state in (State.CHECKING, State.APPLYING)

    @property
    def job(self) -> JobLine | None:
        return JobLine(self.source.job) if self.source.job else None

    @property
    def changed_since(self) -> bool:
        """Whether a job found the school changed, so that this is a new preview."""
        job = self.source.job
        return bool(job and job.result.get("changed_since")) and self.source.state == State.CHECKED

    @cached_property
    def objections(self) -> list[Objection]:
        """What there is against applying it: who would be planned twice."""
        return applying.objections_to(self.source) if self.source.state == State.CHECKED else []

    @property
    def changes_nothing(self) -> bool:
        return not (self.source.counts.get("added") or self.source.counts.get("changed"))

    def choices(self) -> list[Choice]:
        """All rows, then by outcome, those of an equal name, then how they were taken back."""
        counts = self.source.counts
        shown = [("", _("all"), self.source.rows_in_all, "")]
        shown += [(one.value, BADGES[one].word, counts.get(one, 0), BADGES[one].tone) for one in Outcome]
        if counts.get("twins"):
            shown.append(("twins", _("same name as somebody else"), counts["twins"], "warn"))
        for name, count in counts.get("undone", {}).items():
            if count:
                badge = UNDONE[Undone(name)]
                shown.append((name, badge.word, count, badge.tone))
        return [self._choice(*one) for one in shown]

    @cached_property
    def pushed(self) -> list[Choice]:
        """How the sending stands, as numbers that narrow the rows; empty where nothing was to be sent."""
        counts = push.standing(self.source)
        if not sum(counts.values()):
            return []
        words = push.WORDS.items()
        return [self._choice(f"push_{name}", word, counts[name], tone) for name, (word, tone) in words]

    def _choice(self, value: str, label: str | Promise, count: int, tone: str) -> Choice:
        return Choice(label, count, f"?show={value}" if value else "?", self.show == value, tone)

    def desk(self) -> str:
        """Where one decides about what iclass refused."""
        return f"{reverse('outbox:operations')}?state=trouble&about={User._meta.label_lower}"


def _told(name: str, value: Any) -> str:
    if name in (GROUPS, IN_CHARGE):
        return ", ".join(value or ())
    if name == "role":
        return str(dict(Role.choices).get(value, value or ""))
    if name == "gender":
        return str(dict(User.Gender.choices).get(value, value or ""))
    return str(value or "")
