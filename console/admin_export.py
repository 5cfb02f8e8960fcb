"""Actions of every list of the admin: its rows as CSV or XLSX, in the columns of the list.

The file holds what the list shows: contacts are masked, and cells that a spreadsheet would run are escaped.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import date, datetime
from typing import IO, TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import display_for_field, label_for_field, lookup_field
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext, gettext_lazy, ngettext

from console.audit.trail import record
from console.policy.rules import visible_value
from console.sheets.columns import Column, ColumnType
from console.sheets.csv_writer import BOM, csv_lines
from console.sheets.download import attachment
from console.sheets.xlsx_writer import write_xlsx

if TYPE_CHECKING:
    from console.policy.admin import SchoolAdmin

WIDTH = 20
NUMBERS = (models.IntegerField, models.FloatField, models.DecimalField)


@admin.action(permissions=["export"], description=gettext_lazy("Export as CSV"))
def export_csv(model_admin: Any, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponseBase | None:
    return _export(model_admin, request, rows, ".csv")


@admin.action(permissions=["export"], description=gettext_lazy("Export as Excel"))
def export_xlsx(model_admin: Any, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponseBase | None:
    return _export(model_admin, request, rows, ".xlsx")


EXPORT_ACTIONS = (export_csv, export_xlsx)


@transaction.atomic
def _export(
    model_admin: "SchoolAdmin", request: HttpRequest, rows: QuerySet[Any], suffix: str
) -> HttpResponseBase | None:
    """Return the rows as a file and record the export; None with a message if there are too many."""
    limit = settings.EXPORT_INLINE_ROWS  # the file is written within the request
    count = rows[: limit + 1].count()
    if count > limit:
        text = ngettext(
            "The list has more than %(n)d row. Narrow it down with a search or filters, then export again.",
            "The list has more than %(n)d rows. Narrow it down with a search or filters, then export again.",
            limit,
        )
        model_admin.message_user(request, text % {"n": limit}, messages.ERROR)
        return None
    by: Any = request.user
    columns = _columns(model_admin, request)
    cells = _rows(model_admin, request, rows, columns)
    table = str(model_admin.opts.verbose_name_plural)
    after = {"table": model_admin.opts.label, "format": suffix.removeprefix("."), "rows": count}
    file = _file(cells, columns, table, suffix)
    record("table.export", by=by, after=after)  # after the rows are read: the audit trail is a table, too
    return attachment(file, f"{table} {timezone.localdate():%Y-%m-%d}{suffix}")


def _columns(model_admin: "SchoolAdmin", request: HttpRequest) -> list[Column]:
    """Return the columns of the list, with the label and the type of their model field."""
    names = [name for name in model_admin.get_list_display(request) if isinstance(name, str)]
    fields = {field.name: field for field in model_admin.opts.concrete_fields}
    return [
        Column(
            name, str(label_for_field(name, model_admin.model, model_admin)), _kind(fields.get(name)), WIDTH
        )
        for name in names
    ]


def _kind(field: "models.Field[Any, Any] | None") -> ColumnType:
    if isinstance(field, models.DateTimeField):
        return ColumnType.DATETIME
    if isinstance(field, models.DateField):
        return ColumnType.DATE
    if field is not None and field.primary_key:
        return ColumnType.ID
    return ColumnType.NUMBER if isinstance(field, NUMBERS) and not field.choices else ColumnType.TEXT


def _rows(
    model_admin: "SchoolAdmin", request: HttpRequest, rows: QuerySet[Any], columns: Sequence[Column]
) -> Iterator[dict[str, Any]]:
    for row in model_admin.iter_listed(request, rows):
        yield {column.key: _value(model_admin, request, row, column) for column in columns}


def _value(model_admin: "SchoolAdmin", request: HttpRequest, row: models.Model, column: Column) -> Any:
    """Return a value as the list shows it, without markup; dates and numbers stay what they are."""
    field, _attribute, value = lookup_field(column.key, row, model_admin)
    if value is None or isinstance(value, date | datetime) or column.kind == ColumnType.NUMBER:
        return value
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if field is not None and getattr(field, "flatchoices", None):
        value = display_for_field(value, field, "")
    text = strip_tags(str(value)) if hasattr(value, "__html__") else str(value)
    return visible_value(request.user, "list", model_admin.resource, column.key, text)


@transaction.atomic
def _file(rows: Iterator[dict[str, Any]], columns: Sequence[Column], title: str, suffix: str) -> IO[bytes]:
    """Return the open file, positioned at its start: on disk, so that memory does not grow with the rows.

    In one transaction, without which the database hands over all rows at once.
    """
    zone = ZoneInfo(timezone.get_current_timezone_name())
    if suffix == ".xlsx":
        return write_xlsx(rows, columns, title, zone=zone)
    with ExitStack() as opened:
        file = opened.enter_context(tempfile.TemporaryFile())
        file.write(BOM.encode())
        file.writelines(line.encode() for line in csv_lines(rows, columns, zone=zone))
        file.seek(0)
        opened.pop_all()  # the response closes the file
    return file
