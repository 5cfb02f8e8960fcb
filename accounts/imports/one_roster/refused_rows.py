"""The refused rows of a OneRoster import as a file: of people, groups and terms, and other lines."""

from collections.abc import Iterator
from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from accounts.imports.one_roster.labels import FIELD_LABELS
from accounts.imports.one_roster.preview import MAX_LINE
from accounts.models import PeopleImport, PeopleImportRow, RosterRow, User
from console.imports.downloads import ROWS_PER_QUERY, sheet_response
from console.sheets.columns import Column, ColumnType


def export_refused_rows(source: PeopleImport, *, by: User, suffix: str) -> HttpResponseBase:
    """Return the file; each row has the place, the identifier, the value and the reason."""
    columns = [
        Column("file", _("File")),
        Column("line", _("Row"), ColumnType.NUMBER, 8),
        Column("sourced_id", str(FIELD_LABELS["sourced_id"])),
        Column("column", _("Column")),
        Column("value", _("Value")),
        Column("reason", _("Reason"), width=70),
    ]
    return sheet_response(_rows(source), columns, _("Rejected rows"), by=by, suffix=suffix)


def _rows(source: PeopleImport) -> Iterator[dict[str, Any]]:
    people = source.lines.filter(outcome=PeopleImportRow.Outcome.REFUSED).order_by("number")
    for row in people.iterator(ROWS_PER_QUERY):
        yield {
            "file": "users.csv",
            "line": row.number if row.number < MAX_LINE else None,
            "sourced_id": row.cells[0] if row.cells else "",
            "column": str(FIELD_LABELS.get(row.column, row.column)),
            "value": row.value,
            "reason": row.refusal_message,
        }
    lines = source.roster_rows.filter(outcome=RosterRow.Outcome.REFUSED)
    for line in lines.iterator(ROWS_PER_QUERY):
        yield {
            "file": line.file,
            "line": line.line or None,
            "sourced_id": line.sourced_id,
            "column": line.column,
            "value": line.value,
            "reason": line.refusal_message,
        }
