"""Export of audit entries and of personal data access as CSV or XLSX files."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext, gettext_lazy

from console.audit.labels import accessed_fields_text
from console.audit.models import AuditEntry
from console.audit.presentation import ReadableEntry, iter_readable_entries
from console.sheets.columns import Column, ColumnType
from console.sheets.csv_writer import BOM, csv_lines
from console.sheets.download import CONTENT_TYPES, attachment
from console.sheets.xlsx_writer import write_xlsx

ENTRY_COLUMNS = (
    Column("id", gettext_lazy("number"), ColumnType.ID, 10),
    Column("at", gettext_lazy("time"), ColumnType.DATETIME, 20),
    Column("who", gettext_lazy("actor"), ColumnType.TEXT, 24),
    Column("what", gettext_lazy("action"), ColumnType.TEXT, 28),
    Column("action", gettext_lazy("action code"), ColumnType.TEXT, 22),
    Column("kind", gettext_lazy("object"), ColumnType.TEXT, 14),
    Column("object_id", gettext_lazy("object ID"), ColumnType.ID, 10),
    Column("thing", gettext_lazy("object name"), ColumnType.TEXT, 28),
    Column("before", gettext_lazy("before"), ColumnType.TEXT, 40),
    Column("after", gettext_lazy("after"), ColumnType.TEXT, 40),
    Column("reason", gettext_lazy("reason"), ColumnType.TEXT, 30),
    Column("request_id", gettext_lazy("request"), ColumnType.TEXT, 34),
    Column("address", gettext_lazy("IP address"), ColumnType.TEXT, 16),
)
ACCESS_COLUMNS = (
    Column("id", gettext_lazy("number"), ColumnType.ID, 10),
    Column("at", gettext_lazy("time"), ColumnType.DATETIME, 20),
    Column("who", gettext_lazy("actor"), ColumnType.TEXT, 24),
    Column("what", gettext_lazy("action"), ColumnType.TEXT, 28),
    Column("thing", gettext_lazy("object"), ColumnType.TEXT, 28),
    Column("fields", gettext_lazy("viewed data"), ColumnType.TEXT, 30),
    Column("people", gettext_lazy("people"), ColumnType.NUMBER, 8),
    Column("reason", gettext_lazy("reason"), ColumnType.TEXT, 30),
    Column("address", gettext_lazy("IP address"), ColumnType.TEXT, 16),
)


def entry_rows(entries: QuerySet[AuditEntry], reader: Any) -> Iterator[dict[str, Any]]:
    """Yield one row per entry. Contacts of people are masked as the user may see them."""
    for readable in iter_readable_entries(entries, reader):
        entry = readable.entry
        yield {
            **_common_values(readable),
            "action": entry.action,
            "kind": readable.kind,
            "object_id": entry.object_id,
            "before": readable.side_text(readable.before),
            "after": readable.side_text(readable.after),
            "request_id": entry.request_id,
        }


def access_rows(entries: QuerySet[AuditEntry], reader: Any) -> Iterator[dict[str, Any]]:
    """Yield one row per entry that showed personal data."""
    for readable in iter_readable_entries(entries, reader):
        after = readable.entry.after or {}
        yield {
            **_common_values(readable),
            "fields": accessed_fields_text(after.get("fields", [])),
            "people": after.get("people", 0),
        }


def _common_values(readable: ReadableEntry) -> dict[str, Any]:
    entry = readable.entry
    return {
        "id": entry.pk,
        "at": entry.at,
        "who": readable.who,
        "what": str(readable.what),
        "thing": readable.thing,
        "reason": readable.reason,
        "address": entry.address,
    }


@transaction.atomic
def download_rows(
    rows: Iterator[dict[str, Any]], columns: tuple[Column, ...], name: str, suffix: str, school: Any
) -> Any:
    """Return a response with a streamed CSV file or an XLSX sheet; `suffix` is .csv or .xlsx.

    Raise SheetTooLong if a sheet cannot hold the rows, which are read in parts, in one transaction.
    """
    filename = f"{school.name} {name} {timezone.localdate():%Y-%m-%d}{suffix}"
    if suffix == ".xlsx":
        metadata = {
            gettext("School"): school.name,
            gettext("Created"): timezone.localtime().isoformat(" ", "seconds"),
        }
        return attachment(write_xlsx(rows, columns, name, metadata, zone=school.tz), filename)
    return _stream_csv(rows, columns, filename, school)


def _stream_csv(
    rows: Iterator[dict[str, Any]], columns: tuple[Column, ...], filename: str, school: Any
) -> HttpResponseBase:
    response = StreamingHttpResponse(_csv_pieces(rows, columns, school), content_type=CONTENT_TYPES[".csv"])
    response["Content-Disposition"] = content_disposition_header(True, filename) or ""
    response["Cache-Control"] = "no-store, private"
    return response


def _csv_pieces(rows: Iterator[dict[str, Any]], columns: tuple[Column, ...], school: Any) -> Iterator[str]:
    yield BOM
    yield from csv_lines(rows, columns, zone=school.tz)
