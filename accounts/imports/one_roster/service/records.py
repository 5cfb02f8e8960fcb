"""JSON of a OneRoster service as the records that a zip has: the same columns, references by sourcedId."""

from collections.abc import Iterable, Mapping
from typing import Any

from accounts.imports.one_roster.columns import BULK, DELTA, FILES, V12
from accounts.imports.one_roster.roster_data import Record, RosterData
from console.sheets.types import replace_unstorable

MAX_CELL = 2_000
#: Resources of the service, in the order in which they are read, and their files.
RESOURCES = {
    "orgs": "orgs.csv",
    "academicSessions": "academicSessions.csv",
    "courses": "courses.csv",
    "classes": "classes.csv",
    "users": "users.csv",
    "demographics": "demographics.csv",
    "enrollments": "enrollments.csv",
}
#: Resources that a service may keep to itself.
OPTIONAL = ("demographics", "orgs", "courses")
#: Column of a reference → the property that holds it.
REFERENCES = {
    "courseSourcedId": "course",
    "schoolSourcedId": "school",
    "termSourcedIds": "terms",
    "userSourcedId": "user",
    "classSourcedId": "class",
    "agentSourcedIds": "agents",
    "orgSourcedIds": "orgs",
    "primaryOrgSourcedId": "primaryOrg",
    "orgSourcedId": "org",
}


def roster_data(version: str, pages: Iterable[tuple[str, list[Any]]], *, is_full: bool) -> RosterData:
    """Return the content of a service from its pages: resource and records."""
    files: dict[str, list[Record]] = {}
    for resource, records in pages:
        name = RESOURCES[resource]
        found = files.setdefault(name, [])
        for one in records:
            found.append(Record(len(found) + 1, record_values(name, one)))
            if resource == "users" and version == V12:
                roles = files.setdefault("roles.csv", [])
                roles.extend(_roles(one, len(roles)))
    return RosterData(version, dict.fromkeys(files, BULK if is_full else DELTA), files)


def record_values(name: str, one: Mapping[str, Any]) -> dict[str, str]:
    """Return the cells of a record of a file."""
    values = {}
    for column in FILES[name].all:
        value = one.get(REFERENCES.get(column, column))
        values[column] = _ids(value) if column in REFERENCES else _text(value)
    return values


def _roles(user: Mapping[str, Any], before: int) -> list[Record]:
    roles = user.get("roles")
    listed = [one for one in roles if isinstance(one, dict)] if isinstance(roles, list) else []
    return [
        Record(
            before + place,
            {
                **record_values("roles.csv", role),
                "sourcedId": f"{_text(user.get('sourcedId'))} {place}",
                "userSourcedId": _text(user.get("sourcedId")),
            },
        )
        for place, role in enumerate(listed, start=1)
    ]


def _ids(value: Any) -> str:
    """Return the sourcedIds of one reference or of several."""
    found = value if isinstance(value, list) else [value]
    return ",".join(_text(one.get("sourcedId")) for one in found if isinstance(one, dict))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return replace_unstorable(str(value))[:MAX_CELL].strip()
    return ""
