"""Writing many rows of one model in one statement that holds them as one JSON value.

Django sends a set of rows as an array for each column, and where a column is an array itself, or where rows
that are there are changed, each value of each row as a parameter of its own: most of the time then goes into
writing and reading that statement.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.db import connections, router
from django.db.models import Model

M = TypeVar("M", bound=Model)
BATCH = 5_000


def insert(rows: Sequence[M]) -> None:
    """Insert unsaved rows of one model and give each its key. No signals, as with `bulk_create`."""
    for start in range(0, len(rows), BATCH):
        _some(rows[start : start + BATCH])


def upsert(rows: Sequence[M], *, unique: Sequence[str], change: Sequence[str]) -> None:
    """Insert unsaved rows; of those that are there, told by the columns `unique`, set the columns `change`.

    No signals, as with `bulk_create`. No two of the rows may be the same one.
    """
    changes = ", ".join(f'"{name}" = excluded."{name}"' for name in change)
    told = ", ".join(f'"{name}"' for name in unique)
    for start in range(0, len(rows), BATCH):
        _some(rows[start : start + BATCH], f" ON CONFLICT ({told}) DO UPDATE SET {changes}")


def update(rows: Sequence[M], columns: Sequence[str]) -> None:
    """Write these columns (names of fields) of rows that are there. No signals, as with `bulk_update`."""
    for start in range(0, len(rows), BATCH):
        _change(rows[start : start + BATCH], columns)


def _change(rows: Sequence[M], columns: Sequence[str]) -> None:
    model, connection = type(rows[0]), connections[router.db_for_write(type(rows[0]))]
    key, fields = model._meta.pk, [model._meta.get_field(name) for name in columns]
    told = [{one.column: one.pre_save(row, add=False) for one in (key, *fields)} for row in rows]
    quote = connection.ops.quote_name
    table, pk = quote(model._meta.db_table), quote(key.column)
    changes = ", ".join(f"{quote(one.column)} = told.{quote(one.column)}" for one in fields)
    statement = (
        f"UPDATE {table} AS kept SET {changes}"  # noqa: S608 (names of our own columns)
        f" FROM json_populate_recordset(NULL::{table}, %s::json) AS told WHERE kept.{pk} = told.{pk}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(told, default=_plain)])


def _some(rows: Sequence[M], on_conflict: str = "") -> None:
    model, connection = type(rows[0]), connections[router.db_for_write(type(rows[0]))]
    fields = [one for one in model._meta.concrete_fields if not one.primary_key]
    told = [{one.column: one.pre_save(row, add=True) for one in fields} for row in rows]
    quote = connection.ops.quote_name
    table, key = quote(model._meta.db_table), quote(model._meta.pk.column)
    names = ", ".join(quote(one.column) for one in fields)
    # Rows come back in the order in which they were given.
    statement = (
        f"INSERT INTO {table} ({names}) SELECT {names}"
        f" FROM json_populate_recordset(NULL::{table}, %s::json){on_conflict} RETURNING {key}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(told, default=_plain)])
        keys = [key for (key,) in cursor.fetchall()]
    for row, key in zip(rows, keys, strict=True):
        row.pk, row._state.adding, row._state.db = key, False, connection.alias


def _plain(value: Any) -> str:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be sent as a part of a set of rows")
