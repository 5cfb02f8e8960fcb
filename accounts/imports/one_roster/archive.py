"""Reading of a OneRoster zip: manifest, files and columns are checked before a row is looked at."""

from collections.abc import Iterator, Mapping
from typing import IO, Any

import msgspec
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.imports.one_roster.columns import ABSENT, DATA_FILES, FILES, MANIFEST, MODES, V12, VERSIONS
from accounts.imports.one_roster.roster_data import Record, RosterData
from console.child_process.refusal import FileRejected
from console.child_process.runner import ProcessFailed, ProcessLimits, run

PROCESS_LIMITS = ProcessLimits(memory=600_000_000, cpu_s=60, wait_s=120)
#: One of them has to be there: without any there is nothing to import.
CONTENT = ("academicSessions.csv", "classes.csv", "users.csv", "enrollments.csv")
ERROR_MESSAGES: dict[str, str | Promise] = {
    "kind": gettext_lazy(
        "This is not a zip file. Upload the zip that your student information system exports."
    ),
    "zip": gettext_lazy("The zip file is damaged or of a kind that cannot be read. Export it again."),
    "locked": gettext_lazy("The zip file is encrypted. Export it again without a password."),
    "twice": gettext_lazy("The zip file contains a OneRoster file twice. Export it again into a new zip."),
    "size": gettext_lazy("The zip file unpacks to more than can be read. Export one school at a time."),
    "letters": gettext_lazy("The text encoding of a file in the zip is not recognized. Export it in UTF-8."),
    "csv": gettext_lazy("A file in the zip is not a CSV table. Export it again."),
    "empty": gettext_lazy("A file in the zip is empty. Export it again."),
    "failed": gettext_lazy("The zip file is too large or damaged. Export it again."),
}


class UnreadableRoster(ValueError):
    """The file is not a readable roster; the first argument is a message for the person who uploaded it."""


class ParserMessage(msgspec.Struct):
    """A message of `archive_parser.parse`."""

    file: str = ""
    columns: list[str] = []
    rows: list[tuple[int, list[str]]] = []


def read_archive(file: IO[bytes]) -> RosterData:
    """Return the content of a zip. Raises UnreadableRoster."""
    columns: dict[str, list[str]] = {}
    records: dict[str, list[Record]] = {}
    name = ""
    for message in _parser_messages(file):
        if message.file:
            name = message.file
            columns[name], records[name] = message.columns, []
        for line, cells in message.rows:
            records[name].append(Record(line, dict(zip(columns[name], cells, strict=True))))
    if MANIFEST not in records:
        raise UnreadableRoster(_("The zip file has no manifest.csv, so it is not a OneRoster export."))
    properties = {
        one.values.get("propertyName", ""): one.values.get("value", "") for one in records[MANIFEST]
    }
    version = _version(properties)
    modes = _modes(properties, columns, version)
    for present in modes:
        _check_columns(present, columns[present], version)
    return RosterData(version, modes, {present: records[present] for present in modes})


def _parser_messages(file: IO[bytes]) -> Iterator[ParserMessage]:
    try:
        yield from run(
            "accounts.imports.one_roster.archive_parser:parse",
            file,
            limits=PROCESS_LIMITS,
            result=ParserMessage,
        )
    except FileRejected as refusal:
        raise UnreadableRoster(str(ERROR_MESSAGES[refusal.code])) from None
    except ProcessFailed:
        raise UnreadableRoster(str(ERROR_MESSAGES["failed"])) from None


def _version(properties: Mapping[str, str]) -> str:
    version = properties.get("oneroster.version", "")
    if version not in VERSIONS:
        message = _("manifest.csv gives OneRoster version “%(version)s”. Versions 1.1 and 1.2 can be read.")
        raise UnreadableRoster(message % {"version": version[:20]})
    return version


def _modes(properties: Mapping[str, str], columns: Mapping[str, Any], version: str) -> dict[str, str]:
    """Return the mode of each file that the manifest declares as present."""
    modes = {}
    for name in DATA_FILES:
        mode = properties.get(f"file.{name.removesuffix('.csv')}", "").lower() or ABSENT
        if mode not in MODES:
            message = _("manifest.csv says “%(mode)s” of %(file)s. Only bulk, delta and absent are known.")
            raise UnreadableRoster(message % {"mode": mode[:20], "file": name})
        if mode == ABSENT or FILES[name].only not in ("", version):
            continue
        if name not in columns:
            message = _(
                "manifest.csv announces %(file)s, but the zip file does not contain it. Export it again."
            )
            raise UnreadableRoster(message % {"file": name})
        modes[name] = mode
    if not any(name in modes for name in CONTENT):
        raise UnreadableRoster(_("manifest.csv announces no terms, classes, users or enrollments."))
    return modes


def _check_columns(name: str, columns: list[str], version: str) -> None:
    needed = FILES[name].required
    if name == "users.csv" and version != V12:
        needed = (*needed, "role")
    if missing := [column for column in needed if column not in columns]:
        message = _("%(file)s has no column “%(column)s”. Export it again with the headings of OneRoster.")
        raise UnreadableRoster(message % {"file": name, "column": missing[0]})
