"""The trail, and the looks at personal data, as files. Whoever takes one stands on the trail."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext, gettext_lazy

from console.audit.models import AuditEntry
from console.audit.telling import Told, tell_many
from console.audit.words import seen_words
from console.sheets.columns import Column, Kind
from console.sheets.csv import BOM, csv_lines
from console.sheets.download import TYPES, attachment
from console.sheets.xlsx import xlsx

ENTRY = (
    Column("id", gettext_lazy("number"), Kind.ID, 10),
    Column("at", gettext_lazy("when"), Kind.DATETIME, 20),
    Column("who", gettext_lazy("who"), Kind.TEXT, 24),
    Column("what", gettext_lazy("act"), Kind.TEXT, 28),
    Column("action", gettext_lazy("act, as the trail names it"), Kind.TEXT, 22),
    Column("kind", gettext_lazy("about"), Kind.TEXT, 14),
    Column("object_id", gettext_lazy("its id"), Kind.ID, 10),
    Column("thing", gettext_lazy("thing"), Kind.TEXT, 28),
    Column("before", gettext_lazy("before"), Kind.TEXT, 40),
    Column("after", gettext_lazy("after"), Kind.TEXT, 40),
    Column("reason", gettext_lazy("reason"), Kind.TEXT, 30),
    Column("request_id", gettext_lazy("request"), Kind.TEXT, 34),
    Column("address", gettext_lazy("address"), Kind.TEXT, 16),
)
LOOK = (
    Column("id", gettext_lazy("number"), Kind.ID, 10),
    Column("at", gettext_lazy("when"), Kind.DATETIME, 20),
    Column("who", gettext_lazy("who"), Kind.TEXT, 24),
    Column("what", gettext_lazy("act"), Kind.TEXT, 28),
    Column("thing", gettext_lazy("about"), Kind.TEXT, 28),
    Column("fields", gettext_lazy("what was seen"), Kind.TEXT, 30),
    Column("people", gettext_lazy("people"), Kind.NUMBER, 8),
    Column("reason", gettext_lazy("reason"), Kind.TEXT, 30),
    Column("address", gettext_lazy("address"), Kind.TEXT, 16),
)


def entry_rows(entries: QuerySet[AuditEntry], reader: Any) -> Iterator[dict[str, Any]]:
    """A row an entry, with the contacts of people as the reader may see them."""
    for told in tell_many(entries, reader):
        entry = told.entry
        yield {
            **_common(told),
            "action": entry.action,
            "kind": told.kind,
            "object_id": entry.object_id,
            "before": told.said(told.before),
            "after": told.said(told.after),
            "request_id": entry.request_id,
        }


def look_rows(entries: QuerySet[AuditEntry], reader: Any) -> Iterator[dict[str, Any]]:
    """A row an act that showed personal data."""
    for told in tell_many(entries, reader):
        after = told.entry.after or {}
        yield {
            **_common(told),
            "fields": seen_words(after.get("fields", [])),
            "people": after.get("people", 0),
        }


def _common(told: Told) -> dict[str, Any]:
    entry = told.entry
    return {
        "id": entry.pk,
        "at": entry.at,
        "who": entry.actor_label,
        "what": str(told.what),
        "thing": told.thing,
        "reason": entry.reason,
        "address": entry.address,
    }


def download(
    rows: Iterator[dict[str, Any]], columns: tuple[Column, ...], name: str, suffix: str, school: Any
) -> Any:
    """A CSV file that leaves row by row, or a sheet; `suffix` is .csv or .xlsx. Raises SheetTooLong."""
    filename = f"{school.name} {name} {timezone.localdate():%Y-%m-%d}{suffix}"
    if suffix == ".xlsx":
        about = {
            gettext("School"): school.name,
            gettext("Made"): timezone.localtime().isoformat(" ", "seconds"),
        }
        return attachment(xlsx(rows, columns, name, about, zone=school.tz), filename)
    return _streamed(rows, columns, filename, school)


def _streamed(
    rows: Iterator[dict[str, Any]], columns: tuple[Column, ...], filename: str, school: Any
) -> HttpResponseBase:
    response = StreamingHttpResponse(_lines(rows, columns, school), content_type=TYPES[".csv"])
    response["Content-Disposition"] = content_disposition_header(True, filename) or ""
    response["Cache-Control"] = "no-store, private"
    return response


def _lines(rows: Iterator[dict[str, Any]], columns: tuple[Column, ...], school: Any) -> Iterator[str]:
    yield BOM
    yield from csv_lines(rows, columns, zone=school.tz)
