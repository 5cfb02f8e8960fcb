"""Translate what a school's system says into rows of an import. Runs no query; `Known` is what is stored.

A line that refers to nothing, or that says nothing usable, is refused with its reason; the others go on.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from accounts.imports.columns import GUARDIAN_COLUMNS
from accounts.imports.one_roster.guardians import GuardianCells
from accounts.imports.one_roster.person_cells import LEFT, person_cells
from accounts.imports.one_roster.refusals import Refusals
from accounts.imports.one_roster.roles import (
    CONSOLE_ROLES,
    GUARDIAN_ROLES,
    chosen_role,
    is_in_force,
    roles_of_users,
)
from accounts.imports.one_roster.roster_data import Record, RosterData
from accounts.models.roster import MAX_SOURCED_ID

#: Fields of a person in the cells of a row. `joins`, `leaves` and `heads` are sourcedIds of classes.
BASE_FIELDS = (
    *("sourced_id", "state", "username", "identifier", "nickname", "role", "gender", "phone_no", "e_mail"),
    *("joins", "leaves", "heads"),
)
FIELDS = (*BASE_FIELDS, "date_of_birth", *GUARDIAN_COLUMNS)
#: Rows of people whom users.csv does not name, but another file: numbers from here on.
UNNAMED_ROWS = 1_000_000_000
#: Types of academicSessions.csv that are terms of the console.
TERM_TYPES = ("term", "semester")


@dataclass(frozen=True)
class Known:
    """sourcedIds of the school's people and groups that are stored."""

    users: frozenset[str]
    classes: frozenset[str]


@dataclass
class PersonLine:
    """Cells of a person by field, and the number of the row."""

    number: int
    cells: dict[str, str]
    joins: list[str] = field(default_factory=list)
    leaves: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)

    def values(self) -> dict[str, str]:
        lists = {"joins": self.joins, "leaves": self.leaves, "heads": self.heads}
        return {**self.cells, **{name: "\n".join(dict.fromkeys(ids)) for name, ids in lists.items()}}


@dataclass
class Translation:
    """The result: people, and the records of classes and terms that are not refused."""

    people: list[PersonLine]
    classes: list[Record]
    sessions: list[Record]
    refusals: Refusals


def translate(data: RosterData, known: Known, today: date) -> Translation:
    """Return the rows of an import."""
    refusals = Refusals()
    check = _Checks(data, known, refusals)
    sessions = [one for one in check.unique("academicSessions.csv") if check.is_session(one)]
    classes = [one for one in check.unique("classes.csv") if check.is_class(one)]
    users = list(check.unique("users.csv"))
    roles = {user: chosen_role(found) for user, found in roles_of_users(data, today).items()}
    check.roles({user.sourced_id for user in users})
    people = _people(data, users, roles, refusals)
    _add_enrollments(data, people, {one.sourced_id: one for one in classes}, known, roles, check, today)
    return Translation(list(people.values()), classes, sessions, refusals)


def _people(
    data: RosterData, users: list[Record], roles: dict[str, str], refusals: Refusals
) -> dict[str, PersonLine]:
    demographics = {one.sourced_id: one for one in data.records("demographics.csv") if not one.is_deleted}
    guardians = GuardianCells(data, users, roles, demographics, refusals)
    people = {}
    for user in users:
        role = roles.get(user.sourced_id, "")
        if role in GUARDIAN_ROLES:
            continue
        cells = person_cells(user, role, demographics.get(user.sourced_id))
        if CONSOLE_ROLES.get(role) == "student" and cells["state"] != LEFT:
            cells |= guardians.student(user)
        people[user.sourced_id] = PersonLine(user.line, cells)
    return people


class _Checks:
    """What refuses lines: identifiers, and references to nothing."""

    def __init__(self, data: RosterData, known: Known, refusals: Refusals) -> None:
        self.data, self.known, self.refusals = data, known, refusals
        self.ids = {name: {one.get("sourcedId") for one in data.records(name)} for name in data.modes}

    def unique(self, name: str) -> Iterable[Record]:
        """Yield the records of a file that have an identifier of their own."""
        seen: dict[str, int] = {}
        for record in self.data.records(name):
            if not record.sourced_id or len(record.sourced_id) > MAX_SOURCED_ID:
                self.refusals.add(name, record, "sourcedId", "roster_id", about=record.sourced_id)
            elif record.sourced_id in seen:
                line = str(seen[record.sourced_id])
                self.refusals.add(name, record, "sourcedId", "roster_twice", line, record.sourced_id)
            else:
                seen[record.sourced_id] = record.line
                yield record

    def refers(self, name: str, record: Record, column: str, to: str) -> bool:
        """Return whether what a cell names is in the file `to`; refuse the line if it is not.

        A file with changes only is not asked.
        """
        missing = [one for one in record.ids(column) if self.data.is_bulk(to) and one not in self.ids[to]]
        if missing:
            self.refusals.add(name, record, column, "roster_reference", to)
        return not missing

    def is_session(self, record: Record) -> bool:
        if record.get("type").lower() not in TERM_TYPES or record.is_deleted:
            return False
        for column in ("startDate", "endDate"):
            try:
                date.fromisoformat(record.get(column)[:10])
            except ValueError:
                self.refusals.add("academicSessions.csv", record, column, "roster_day")
                return False
        return True

    def is_class(self, record: Record) -> bool:
        if not record.is_deleted and not record.get("title"):
            self.refusals.add("classes.csv", record, "title", "roster_title")
            return False
        columns = {
            "courseSourcedId": "courses.csv",
            "schoolSourcedId": "orgs.csv",
            "termSourcedIds": "academicSessions.csv",
        }
        return record.is_deleted or all(
            self.refers("classes.csv", record, column, to) for column, to in columns.items()
        )

    def roles(self, users: set[str]) -> None:
        """Refuse roles of nobody."""
        for record in self.data.records("roles.csv"):
            user = record.get("userSourcedId")
            if user not in users and (self.data.is_bulk("users.csv") or user not in self.known.users):
                self.refusals.add("roles.csv", record, "userSourcedId", "roster_reference", "users.csv", user)


def _add_enrollments(
    data: RosterData,
    people: dict[str, PersonLine],
    classes: dict[str, Record],
    known: Known,
    roles: dict[str, str],
    check: _Checks,
    today: date,
) -> None:
    """Add the classes that people join and leave; refuse enrollments of nobody or in nothing."""
    refuse: Callable[..., None] = check.refusals.add
    seen: set[str] = set()
    name = "enrollments.csv"
    for record in data.records(name):
        person, group = record.get("userSourcedId"), record.get("classSourcedId")
        if not record.sourced_id or record.sourced_id in seen:
            refuse(name, record, "sourcedId", "roster_id_again", about=person)
            continue
        seen.add(record.sourced_id)
        if group not in classes and (data.is_bulk("classes.csv") or group not in known.classes):
            refuse(name, record, "classSourcedId", "roster_reference", "classes.csv", person)
            continue
        if person not in people and (data.is_bulk("users.csv") or person not in known.users):
            refuse(name, record, "userSourcedId", "roster_reference", "users.csv", person)
            continue
        role = record.get("role").lower()
        if role == "student" and CONSOLE_ROLES.get(roles.get(person, role)) != "student":
            refuse(name, record, "role", "not_student", about=person)
            continue
        if person not in people:
            blank = dict.fromkeys(FIELDS, "") | {"sourced_id": person}
            people[person] = PersonLine(UNNAMED_ROWS + len(people), blank)
        _enroll(people[person], record, classes.get(group), role, today)


def _enroll(person: PersonLine, record: Record, group: Record | None, role: str, today: date) -> None:
    """Students belong to the group of a class; the primary teacher of a homeroom is in charge of it."""
    holds = not record.is_deleted and is_in_force(record, today)
    class_id = record.get("classSourcedId")
    if role == "student":
        (person.joins if holds else person.leaves).append(class_id)
    elif role == "teacher" and group and group.get("classType").lower() == "homeroom":
        is_primary = record.get("primary").lower() in ("true", "1", "")
        person.heads += [class_id] if holds and is_primary else []
