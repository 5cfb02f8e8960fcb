"""Validate a person of OneRoster against the stored one: as a row of a people file, with what differs.

Groups are those of the file: where it has all enrollments, a person leaves the groups of classes in which
they are no longer enrolled, and stays in those that only the console has. The kind of role never changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.imports.columns import GROUPS, IN_CHARGE
from accounts.imports.one_roster.options import RosterOptions
from accounts.imports.one_roster.person_cells import LEFT
from accounts.imports.one_roster.roles import CONSOLE_ROLES
from accounts.imports.row_validation import ExistingPerson, RowRefusal, RowRefused, RowValidator
from accounts.models.roles import STAFF, Role
from console.imports.columns import join_names, split_names

#: Keys of `after`: the sourcedId that the person gets, and that a person who had left is active again.
SOURCED_ID, RETURNS = "sourced_id", "returns"


@dataclass
class RosterValidator(RowValidator):
    """`owners` are the stored sourcedIds by key of a person, `free` those that the file no longer has.

    `returning` are people whom OneRoster deactivated, by key.
    """

    roster: RosterOptions = field(default_factory=RosterOptions)
    modes: Mapping[str, str] = field(default_factory=dict)
    owners: Mapping[int, str] = field(default_factory=dict)
    free: set[str] = field(default_factory=set)
    returning: set[int] = field(default_factory=set)
    managed: set[str] = field(default_factory=set)
    homerooms: set[str] = field(default_factory=set)
    #: Groups that the row being validated ends the enrollment in.
    leaving: set[str] = field(default_factory=set)

    def set_groups(
        self, values: Mapping[int, dict[str, str]], names: Mapping[str, str], homerooms: set[str]
    ) -> None:
        """Put the names of groups into the cells of rows, for the sourcedIds of their classes."""
        self.managed, self.homerooms = set(names.values()), homerooms
        for cells in values.values():
            for column, source in ((GROUPS, "joins"), ("left_groups", "leaves"), (IN_CHARGE, "heads")):
                ids = cells[source].split("\n")
                cells[column] = join_names(sorted({names[one] for one in ids if one in names}))

    def validate(
        self, values: Mapping[str, str], person: ExistingPerson | None
    ) -> dict[str, Any] | RowRefusal:
        """Return what `RowValidator.validate` does, with SOURCED_ID and RETURNS if they are to be stored."""
        if values["state"] == LEFT:
            return person.now if person else {}
        self.leaving = set(split_names(values["left_groups"])) - set(split_names(values[GROUPS]))
        try:
            self._check_owner(values, person)
            cells = {**values, "role": self._console_role(values["role"], person)}
            result = super().validate(cells, person)
            if isinstance(result, RowRefusal):
                return result
            changed: dict[str, Any] = {}
            if person is None or self.owners.get(person.pk) != values["sourced_id"]:
                changed[SOURCED_ID] = values["sourced_id"]
            if person and not person.active and person.pk in self.returning:
                changed[RETURNS] = True
            after = {**result, **changed} if changed else result
            self.check_protected_person(cells, after, person)
        except RowRefused as error:
            refusal: RowRefusal = error.args[0]
            return refusal
        return after

    def _check_owner(self, values: Mapping[str, str], person: ExistingPerson | None) -> None:
        """Refuse a user ID of somebody who has another sourcedId in the same file."""
        owner = self.owners.get(person.pk) if person else None
        if owner and owner != values["sourced_id"] and owner not in self.free:
            raise RowRefused(RowRefusal("user_id", values["user_id"], "roster_taken"))

    def _console_role(self, role: str, person: ExistingPerson | None) -> str:
        """Return the role here. Staff keep theirs: OneRoster neither promotes nor demotes anybody."""
        wanted = CONSOLE_ROLES.get(role, "")
        if person is not None and (not role or wanted == person.now["role"]):
            return ""
        if not wanted:
            raise RowRefused(RowRefusal("role", role, "roster_role" if role else "roster_no_role"))
        if person is None:
            if wanted == Role.ADMIN and not self.roster.administrators:
                raise RowRefused(RowRefusal("role", role, "roster_admin"))
            return wanted
        if (person.now["role"] in STAFF) != (wanted in STAFF):
            raise RowRefused(RowRefusal("role", role, "roster_other_role"))
        return ""

    def _groups(self, raw: str | None, now: list[str], role: str) -> list[str]:
        if role != Role.STUDENT or "enrollments.csv" not in self.modes:
            return now
        return self._after(split_names(raw or ""), now, self.managed)

    def _in_charge(
        self, raw: str | None, now: list[str], role: str, person: ExistingPerson | None
    ) -> list[str]:
        names = split_names(raw or "")
        if role not in STAFF or "enrollments.csv" not in self.modes or (person and not person.active):
            return now
        return self._after(names, now, self.homerooms)

    def _after(self, names: list[str], now: list[str], managed: set[str]) -> list[str]:
        left = managed if self.modes["enrollments.csv"] == "bulk" else self.leaving
        return sorted(set(now) - left | set(names))
