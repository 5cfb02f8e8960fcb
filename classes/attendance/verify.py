"""Checking an exported register against the revision that was closed: JSON, XLSX or CSV."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from classes.attendance.closed import digest_of
from classes.attendance.sheet import COLUMNS
from classes.models import Register
from console.sheets.csv import original
from console.sheets.reading import Limits, Unreadable, open_table

EXCEL_BEGINS = datetime(1899, 12, 30)
PLACES = {column.key: place for place, column in enumerate(COLUMNS)}


class Verdict(NamedTuple):
    """`faults` are sentences; none means that the file says what was closed."""

    revision: int | None
    digest: str
    people: int
    faults: list[str]


def verify(path: Path) -> Verdict:
    """What is wrong with this file; ValueError where it is no exported register at all."""
    if path.suffix.lower() == ".json":
        return _verify_json(path)
    return _verify_table(path)


def _verify_json(path: Path) -> Verdict:
    try:
        told = json.loads(path.read_bytes())
        body, digest = told["register"], told["digest"]
        lesson, number, people = body["lesson"], body["revision"], body["people"]
    except (ValueError, TypeError, KeyError):
        raise ValueError("This is no exported register.") from None
    faults = []
    if digest_of(body) != digest:
        faults.append("The register in the file does not have the digest in the file.")
    return Verdict(number, digest, len(people), faults + _against_ours(lesson, number, digest, body))


def _verify_table(path: Path) -> Verdict:
    rows = _rows(path)
    head = rows[0]
    lesson, number, digest = (head[PLACES[name]] for name in ("lesson", "revision", "digest"))
    if not number:
        raise ValueError("The register was open when this file was written, so it has no digest.")
    faults = _against_ours(lesson, number, digest, None)
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
            for name in _differing(found[who], people[who], zone)
        ]
        faults += [
            f"{row[0]}: another digest."
            for row in rows
            if row[PLACES["digest"]] != digest or row[PLACES["revision"]] != number
        ]
    return Verdict(int(number), digest, len(rows), faults)


def _rows(path: Path) -> list[Sequence[str]]:
    try:
        with path.open("rb") as file:
            table = open_table(file, Limits())
            plain = original if table.kind == "csv" else str
            cells = [[plain(cell) for cell in row.cells] for row in table.rows][1:]
    except (Unreadable, OSError) as error:
        raise ValueError(str(error)) from None
    rows = [row + [""] * (len(COLUMNS) - len(row)) for row in cells]
    if not rows or any(not row[PLACES["lesson"]].isdigit() for row in rows):
        raise ValueError("This is no exported register.")
    return rows


def _against_ours(lesson: Any, number: Any, digest: str, body: Any) -> list[str]:
    """What speaks against the file by the revision that is stored here."""
    ours = Register.objects.filter(lesson_id=lesson, number=number).first()
    if ours is None:
        return ["This console has closed no such revision."]
    faults = []
    if digest_of(ours.body) != ours.digest:
        faults.append("The revision stored here does not have its own digest any more.")
    if ours.digest != digest:
        faults.append("The digest is not that of the revision stored here.")
    if body is not None and body != ours.body:
        faults.append("The register is not the one that was closed.")
    return faults


def _differing(row: Sequence[str], one: Mapping[str, Any], zone: ZoneInfo) -> list[str]:
    told = {
        "mark": (row[PLACES["code"]], one["mark"]),
        "derived_mark": (row[PLACES["derived"]], one["derived_mark"]),
        "first_entered_at": (_moment(row[PLACES["first_entered_at"]], zone), one["first_entered_at"]),
        "last_left_at": (_moment(row[PLACES["last_left_at"]], zone), one["last_left_at"]),
        "present_seconds": (_seconds(row[PLACES["present_seconds"]]), one["present_seconds"]),
    }
    return [name for name, (file, ours) in told.items() if file != ours]


def _moment(text: str, zone: ZoneInfo) -> str | None:
    """A cell's local time as a body tells it; in the hour that comes twice, the first."""
    if not text:
        return None
    try:
        if text.replace(".", "", 1).isdigit():  # Excel counts days
            text = (EXCEL_BEGINS + timedelta(seconds=round(float(text) * 86400))).isoformat()
        return f"{datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    except ValueError:
        return text


def _seconds(text: str) -> int | None:
    """A length as a file has it: 1:02:03 of text, or a part of a day from Excel."""
    try:
        if ":" in text:
            hours, minutes, seconds = text.split(":")
            return int(hours) * 3600 + int(minutes) * 60 + int(seconds)
        return round(float(text or 0) * 86400)
    except ValueError:
        return None
