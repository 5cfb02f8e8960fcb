"""Guardians of OneRoster: users whose role is guardian, parent or relative become contacts of a student.

The student names them in `agentSourcedIds`, or they name the student. They are no people of the console.
"""

from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.imports.columns import GUARDIAN_COLUMNS
from accounts.imports.one_roster.person_cells import clean_phone, full_name, gender_of
from accounts.imports.one_roster.refusals import Refusals
from accounts.imports.one_roster.roles import GUARDIAN_ROLES
from accounts.imports.one_roster.roster_data import Record, RosterData
from accounts.models.phone_number import PHONE_PATTERN

FILE = "users.csv"
#: A row of an import names this many guardians.
MAX_PER_ROW = 2
RELATIONS = {("parent", "male"): "father", ("parent", "female"): "mother"}


class GuardianCells:
    """The guardian columns of students; refuses guardians who cannot be contacts, or beyond the second."""

    def __init__(
        self,
        data: RosterData,
        users: Sequence[Record],
        roles: Mapping[str, str],
        demographics: Mapping[str, Record],
        refusals: Refusals,
    ) -> None:
        self.roles, self.demographics, self.refusals = roles, demographics, refusals
        self.is_bulk = data.is_bulk(FILE)
        self.users = {user.sourced_id for user in users}
        self.guardians = {
            user.sourced_id: user
            for user in users
            if roles.get(user.sourced_id) in GUARDIAN_ROLES and not user.is_deleted
        }
        #: By student, the guardians who name them.
        self.of_student: dict[str, list[str]] = {}
        for guardian in self.guardians.values():
            for student in guardian.ids("agentSourcedIds"):
                self.of_student.setdefault(student, []).append(guardian.sourced_id)
        self.refused: set[int] = set()

    def student(self, student: Record) -> dict[str, str]:
        """Return the cells of a student's guardians."""
        agents = [*student.ids("agentSourcedIds"), *self.of_student.get(student.sourced_id, ())]
        cells: dict[str, str] = {}
        number = 0
        for agent in dict.fromkeys(agents):
            guardian = self.guardians.get(agent)
            if guardian is None:
                if self.is_bulk and agent not in self.users:
                    self._refuse(student, "agentSourcedIds", "roster_reference", FILE)
                continue
            values = self._values(guardian)
            if not values["name"]:
                self._refuse(guardian, "familyName", "guardian_name")
            elif not values["phone_no"] and not values["e_mail"]:
                self._refuse(guardian, "phone", "guardian_contact")
            elif number == MAX_PER_ROW:
                self._refuse(student, "agentSourcedIds", "roster_guardians")
            else:
                number += 1
                cells |= _columns(number, values)
        return cells

    def _refuse(self, record: Record, column: str, reason: str, named: str = "") -> None:
        """Refuse a line once, also if it is about the guardian of several students."""
        if record.line not in self.refused:
            self.refused.add(record.line)
            self.refusals.add(FILE, record, column, reason, named, record.sourced_id)

    def _values(self, guardian: Record) -> dict[str, str]:
        """Return the fields of a guardian; a phone number or address that is none is left out."""
        gender = gender_of(self.demographics.get(guardian.sourced_id))
        phones = (clean_phone(guardian.get(column)) for column in ("sms", "phone"))
        address = guardian.get("email")
        return {
            "name": full_name(guardian)[:120],
            "relation": RELATIONS.get((self.roles[guardian.sourced_id], gender), ""),
            "phone_no": next((phone for phone in phones if PHONE_PATTERN.fullmatch(phone)), ""),
            "e_mail": address if _is_address(address) else "",
        }


def _columns(number: int, values: Mapping[str, str]) -> dict[str, str]:
    return {
        column: values[field]
        for column, (place, field) in GUARDIAN_COLUMNS.items()
        if place == number and field in values
    }


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254
