"""Files and columns of the OneRoster CSV binding, versions 1.1 and 1.2. Knows no Django: the parser needs it.

Only what the console uses is read; race and ethnicity of demographics.csv, passwords and metadata are not.
"""

from typing import NamedTuple

V11, V12 = "1.1", "1.2"
VERSIONS = (V11, V12)
MANIFEST = "manifest.csv"
#: `file.users` of the manifest is BULK (all there are), DELTA (what changed) or ABSENT.
BULK, DELTA, ABSENT = "bulk", "delta", "absent"
MODES = (BULK, DELTA, ABSENT)
ACTIVE, DELETED = "active", "tobedeleted"


class FileColumns(NamedTuple):
    """Columns that must be there and those that may be, of one file; `only` is the version that has it."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    only: str = ""

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.required, *self.optional)


FILES: dict[str, FileColumns] = {
    MANIFEST: FileColumns(("propertyName", "value")),
    "orgs.csv": FileColumns(("sourcedId", "name", "type"), ("status",)),
    "academicSessions.csv": FileColumns(("sourcedId", "title", "type", "startDate", "endDate"), ("status",)),
    "courses.csv": FileColumns(("sourcedId", "title"), ("status",)),
    "classes.csv": FileColumns(
        ("sourcedId", "title", "classType"),
        ("status", "classCode", "courseSourcedId", "schoolSourcedId", "termSourcedIds"),
    ),
    "users.csv": FileColumns(
        ("sourcedId", "enabledUser", "username", "givenName", "familyName"),
        (
            *("status", "role", "orgSourcedIds", "identifier", "email", "sms", "phone", "agentSourcedIds"),
            *("preferredGivenName", "preferredFamilyName", "primaryOrgSourcedId"),
        ),
    ),
    "roles.csv": FileColumns(
        ("sourcedId", "userSourcedId", "roleType", "role"),
        ("status", "beginDate", "endDate", "orgSourcedId"),
        only=V12,
    ),
    "enrollments.csv": FileColumns(
        ("sourcedId", "classSourcedId", "userSourcedId", "role"),
        ("status", "primary", "beginDate", "endDate"),
    ),
    "demographics.csv": FileColumns(("sourcedId",), ("status", "birthDate", "sex")),
}
#: In this order they are read.
DATA_FILES = tuple(name for name in FILES if name != MANIFEST)
