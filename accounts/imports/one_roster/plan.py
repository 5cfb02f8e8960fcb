"""Compare the classes and sessions of an import with the groups and terms of the school."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from accounts.imports.one_roster.links import Kind, Link, existing_groups, links_of
from accounts.imports.one_roster.names import unique_name
from accounts.imports.one_roster.sessions import Session, session_store
from accounts.models import PeopleImport, RosterRow

Outcome = RosterRow.Outcome
MAX_GROUP_NAME = 80
#: Columns of a row that the comparison sets.
RESULT_FIELDS = ("name", "outcome", "column", "value", "reason", "named", "target", "before", "after")


def plan_rows(source: PeopleImport) -> None:
    """Set the outcome of all classes and sessions, and add the groups that the file no longer names."""
    source.roster_rows.filter(line=0).delete()
    rows = list(source.roster_rows.exclude(kind=RosterRow.Kind.LINE).order_by("line", "pk"))
    for row in rows:
        row.column = row.value = row.reason = row.named = ""
        row.target = row.before = row.after = None
    groups = _GroupPlan(source, [row for row in rows if row.kind == RosterRow.Kind.CLASS])
    groups.set_outcomes()
    _plan_sessions(source, [row for row in rows if row.kind == RosterRow.Kind.SESSION])
    RosterRow.objects.bulk_update(rows, RESULT_FIELDS, batch_size=500)
    RosterRow.objects.bulk_create(groups.leaving())


def class_names(source: PeopleImport) -> dict[str, str]:
    """Return, by sourcedId of a class, the name that its group has while people are written.

    That is the present name, or the new one of a group that is added. Groups that leave or are refused are
    left out.
    """
    groups, found = existing_groups(source), dict[str, str]()
    for sourced_id, link in links_of(source.enterprise_id, Kind.CLASS).items():
        name, archived = groups.get(link.target, ("", None))
        if name and not archived:
            found[sourced_id] = name
    for row in source.roster_rows.filter(kind=RosterRow.Kind.CLASS):
        if row.after and row.outcome in (Outcome.ADDED, Outcome.CHANGED, Outcome.UNCHANGED):
            found[row.sourced_id] = row.after["now"]
        else:
            found.pop(row.sourced_id, None)
    return found


class _GroupPlan:
    """The groups of a school and the classes of a file."""

    def __init__(self, source: PeopleImport, rows: list[RosterRow]) -> None:
        self.source, self.rows = source, rows
        self.groups = existing_groups(source)
        self.links = links_of(source.enterprise_id, Kind.CLASS)
        self.key_of = {name: pk for pk, (name, _archived) in self.groups.items()}
        self.linked = {link.target for link in self.links.values()}
        self.taken = {self.groups[pk][0] for pk in self.linked & self.groups.keys()}
        self.titles = Counter(row.facts["title"] for row in rows if not row.facts["deleted"])

    def set_outcomes(self) -> None:
        for row in self.rows:
            link = self.links.get(row.sourced_id)
            if link and link.target in self.groups:
                self._set_known(row, link)
            elif row.facts["deleted"]:
                row.outcome = Outcome.UNCHANGED
            else:
                self._set_new(row)

    def _set_known(self, row: RosterRow, link: Link) -> None:
        now, archived = self.groups[link.target]
        row.target, row.name = link.target, now
        if row.facts["deleted"]:
            row.outcome = Outcome.UNCHANGED if archived else Outcome.LEFT
        elif archived:
            _refuse(row, "title", now, "archived", now)
        else:
            name = now if row.facts["title"] == link.title else self._name(row, {*self.key_of} - {now})
            row.outcome = Outcome.UNCHANGED if name == now else Outcome.CHANGED
            row.before = {"name": now, "title": link.title}
            row.after = {"name": name, "now": now}

    def _set_new(self, row: RosterRow) -> None:
        name = self._name(row, self.taken)
        self.taken.add(name)
        row.name, row.after = name, {"name": name, "now": name}
        pk = self.key_of.get(name)
        if pk is None:
            row.outcome = Outcome.ADDED
        elif self.groups[pk][1]:
            _refuse(row, "title", name, "archived", name)
        else:
            row.outcome, row.target, row.before = Outcome.CHANGED, pk, {"name": name, "adopted": True}

    def _name(self, row: RosterRow, taken: set[str]) -> str:
        title = row.facts["title"]
        return unique_name(
            title,
            row.facts["code"],
            row.sourced_id,
            taken,
            longest=MAX_GROUP_NAME,
            shared=self.titles[title] > 1,
        )

    def leaving(self) -> Iterable[RosterRow]:
        """Return rows of the linked groups that a file with all classes does not name."""
        if self.source.options["modes"].get("classes.csv") != "bulk":
            return []
        named = set(self.source.roster_rows.filter(file="classes.csv").values_list("sourced_id", flat=True))
        return [
            RosterRow(
                source=self.source,
                enterprise_id=self.source.enterprise_id,
                kind=RosterRow.Kind.CLASS,
                file="classes.csv",
                line=0,
                sourced_id=sourced_id,
                name=self.groups[link.target][0],
                outcome=Outcome.LEFT,
                target=link.target,
            )
            for sourced_id, link in self.links.items()
            if sourced_id not in named and link.target in self.groups and not self.groups[link.target][1]
        ]


def _plan_sessions(source: PeopleImport, rows: list[RosterRow]) -> None:
    store = session_store()
    terms, links = store.existing(source.enterprise), links_of(source.enterprise_id, Kind.SESSION)
    by_name = {term.name: pk for pk, term in terms.items()}
    linked = {link.target for link in links.values()}
    taken = {terms[pk].name for pk in linked & terms.keys()}
    titles = Counter(row.facts["title"] for row in rows)
    for row in rows:
        title, link = row.facts["title"], links.get(row.sourced_id)
        pk = link.target if link and link.target in terms else None
        if pk is not None and link and title == link.title:
            name = terms[pk].name
        else:
            name = unique_name(
                title, "", row.sourced_id, taken, longest=store.max_name, shared=titles[title] > 1
            )
            taken.add(name)
            pk = by_name.get(name) if pk is None else pk
        is_new_link = link is None or link.target != pk
        _set_session(row, pk, terms.get(pk or 0), name, is_new_link)


def _set_session(row: RosterRow, pk: int | None, now: Session | None, name: str, is_new_link: bool) -> None:
    row.name, row.target = name, pk
    session = Session(name, *(date.fromisoformat(row.facts[key]) for key in ("starts_on", "ends_on")))
    row.before = {**session_values(now), **({"adopted": True} if is_new_link else {})} if now else None
    row.after = session_values(session)
    refusal = session_store().refusal(pk, session)
    if session.ends_on < session.starts_on:
        refusal = ("roster_day_order", "")
    if refusal:
        _refuse(row, "endDate", row.facts["ends_on"], *refusal)
    elif now is None:
        row.outcome = Outcome.ADDED
    else:
        row.outcome = Outcome.CHANGED if now != session or is_new_link else Outcome.UNCHANGED


def session_values(session: Session) -> dict[str, Any]:
    """Return a session for JSON."""
    return {
        "name": session.name,
        "starts_on": session.starts_on.isoformat(),
        "ends_on": session.ends_on.isoformat(),
    }


def _refuse(row: RosterRow, column: str, value: str, reason: str, named: str = "") -> None:
    row.outcome, row.column, row.value = Outcome.REFUSED, column, value[:200]
    row.reason, row.named, row.after = reason, named[:100], None
