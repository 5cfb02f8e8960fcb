"""Verification of an exported register (JSON, XLSX or CSV) against its closed revision."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from classes.attendance.export import REGISTER_COLUMNS
from classes.attendance.register_digest import compute_digest
from classes.models import Register
from console.sheets.formulas import unescape_formula
from console.sheets.table_reader import TableLimits, UnreadableTable, open_table

EXCEL_BEGINS = datetime(1899, 12, 30)
COLUMN_INDEX = {column.key: place for place, column in enumerate(REGISTER_COLUMNS)}


class VerificationResult(NamedTuple):
    """Result of a verification; without `faults` the file matches the closed revision."""

    revision: int | None
    digest: str
    people: int
    faults: list[str]


def verify_register(path: Path) -> VerificationResult:
    """Verify a file. Raise ValueError if it is not an exported register."""
    if path.suffix.lower() == ".json":
        return _verify_json(path)
    return _verify_table(path)


def _verify_json(path: Path) -> VerificationResult:
    try:
        content = json.loads(path.read_bytes())
        body, digest = content["register"], content["digest"]
        lesson, number, people = body["lesson"], body["revision"], body["people"]
    except (ValueError, TypeError, KeyError):
        raise ValueError("This is no exported register.") from None
    faults = []
    if compute_digest(body) != digest:
        faults.append("The register in the file does not have the digest in the file.")
    return VerificationResult(
        number, digest, len(people), faults + _compare_with_stored(lesson, number, digest, body)
    )


def _verify_table(path: Path) -> VerificationResult:
    rows = _rows(path)
    head = rows[0]
    lesson, number, digest = (head[COLUMN_INDEX[name]] for name in ("lesson", "revision", "digest"))
    if not number:
        raise ValueError("The register was open when this file was written, so it has no digest.")
    faults = _compare_with_stored(lesson, number, digest, None)
    ours = Register.objects.filter(lesson_id=lesson, number=number).first()
    if ours:
        people = {one["user_id"]: one for one in ours.body["people"]}
        zone = ZoneInfo(ours.body["zone"])
        found = {row[0]: row for row in rows}
        faults += [f"{who}: not in the file." for who in sorted(people.keys() - found.keys())]
        faults += [f"{who}: not in the closed register." for who in sorted(found.keys() - people.keys())]
        faults += [
            f"{who}: {name} differs."
            for who in sorted(people.keys() & found.keys())
            for name in _differing_fields(found[who], people[who], zone)
        ]
        faults += [
            f"{row[0]}: another digest."
            for row in rows
            if row[COLUMN_INDEX["digest"]] != digest or row[COLUMN_INDEX["revision"]] != number
        ]
    return VerificationResult(int(number), digest, len(rows), faults)


def _rows(path: Path) -> list[Sequence[str]]:
    try:
        with path.open("rb") as file:
            table = open_table(file, TableLimits())
            plain = unescape_formula if table.kind == "csv" else str
            cells = [[plain(cell) for cell in row.cells] for row in table.rows][1:]
    except (UnreadableTable, OSError) as error:
        raise ValueError(str(error)) from None
    rows: list[Sequence[str]] = [row + [""] * (len(REGISTER_COLUMNS) - len(row)) for row in cells]
    if not rows or any(not row[COLUMN_INDEX["lesson"]].isdigit() for row in rows):
        raise ValueError("This is no exported register.")
    return rows


def _compare_with_stored(lesson: Any, number: Any, digest: str, body: Any) -> list[str]:
    """Return the faults of the file compared with the stored revision."""
    ours = Register.objects.filter(lesson_id=lesson, number=number).first()
    if ours is None:
        return ["This console has closed no such revision."]
    faults = []
    if compute_digest(ours.body) != ours.digest:
        faults.append("The revision stored here does not have its own digest any more.")
    if ours.digest != digest:
        faults.append("The digest is not that of the revision stored here.")
    if body is not None and body != ours.body:
        faults.append("The register is not the one that was closed.")
    return faults


def _differing_fields(row: Sequence[str], person: Mapping[str, Any], zone: ZoneInfo) -> list[str]:
    values = {
        "mark": (row[COLUMN_INDEX["code"]], person["mark"]),
        "derived_mark": (row[COLUMN_INDEX["derived"]], person["derived_mark"]),
        "first_entered_at": (
            _moment(row[COLUMN_INDEX["first_entered_at"]], zone),
            person["first_entered_at"],
        ),
        "last_left_at": (_moment(row[COLUMN_INDEX["last_left_at"]], zone), person["last_left_at"]),
        "present_seconds": (_seconds(row[COLUMN_INDEX["present_seconds"]]), person["present_seconds"]),
    }
    return [name for name, (file, ours) in values.items() if file != ours]


def _moment(text: str, zone: ZoneInfo) -> str | None:
    """Convert the local time of a cell to the format of a body; of a repeated hour, take the first."""
    if not text:
        return None
    try:
        if text.replace(".", "", 1).isdigit():  # Excel counts days
            text = (EXCEL_BEGINS + timedelta(seconds=round(float(text) * 86400))).isoformat()
        return f"{datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    except ValueError:
        return text


def _seconds(text: str) -> int | None:
    """Parse a duration: the text 1:02:03, or a fraction of a day from Excel."""
    try:
        if ":" in text:
            hours, minutes, seconds = text.split(":")
            return int(hours) * 3600 + int(minutes) * 60 + int(seconds)
        return round(float(text or 0) * 86400)
    except ValueError:
        return None
