"""Roles of OneRoster: people of the console, or guardians, who are contacts of a student."""

from datetime import date

from accounts.imports.one_roster.roster_data import Record, RosterData
from accounts.models.roles import Role

#: Role of OneRoster in lower case → role here. Who oversees or counsels gets the role with the fewest rights.
CONSOLE_ROLES: dict[str, str] = {
    "student": Role.STUDENT,
    "teacher": Role.TEACHER,
    **dict.fromkeys(("aide", "proctor", "counselor"), Role.ASSISTANT),
    **dict.fromkeys(
        ("administrator", "principal", "siteadministrator", "districtadministrator", "systemadministrator"),
        Role.ADMIN,
    ),
}
GUARDIAN_ROLES = ("guardian", "parent", "relative")


def roles_of_users(data: RosterData, today: date) -> dict[str, list[str]]:
    """Return the roles in force of each user by sourcedId, in lower case, primary ones first.

    Version 1.2 has them in roles.csv, version 1.1 one in users.csv.
    """
    found: dict[str, list[str]] = {}
    if not data.has("roles.csv"):
        for user in data.records("users.csv"):
            if role := user.get("role").lower():
                found[user.sourced_id] = [role]
        return found
    primary_first = sorted(
        data.records("roles.csv"), key=lambda one: one.get("roleType").lower() != "primary"
    )
    for one in primary_first:
        if not one.is_deleted and is_in_force(one, today):
            found.setdefault(one.get("userSourcedId"), []).append(one.get("role").lower())
    return found


def chosen_role(roles: list[str]) -> str:
    """Return the role that counts: the first of a person of the console, else the first; "" for none."""
    return next((role for role in roles if role not in GUARDIAN_ROLES), roles[0] if roles else "")


def is_in_force(record: Record, today: date) -> bool:
    """Return whether a record with begin and end holds today; a day that cannot be read sets no limit."""
    begin, end = (record.get(column)[:10] for column in ("beginDate", "endDate"))
    return (not begin or begin <= today.isoformat()) and (not end or end >= today.isoformat())
