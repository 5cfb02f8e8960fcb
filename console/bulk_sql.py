"""Bulk writes of one model in a single statement with one JSON parameter, and reads of many rows.

Django passes an array per column, or, for array columns and upserts, one parameter per value: building and
parsing such a statement then takes most of the time.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, router, transaction
from django.db.models import BooleanField, F, Func, Model, Q
from django.db.models.expressions import Combinable

M = TypeVar("M", bound=Model)
BATCH = 5_000


@contextmanager
def without_nested_loops() -> Iterator[None]:
    """Let the queries in this context, which read large parts of several tables, join them in linear time.

    Where PostgreSQL knows nothing of a table yet, as in the minutes after the first import of a large school,
    it may expect a single row, and compare each row of one table with each row of another.
    """
    with transaction.atomic(), connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")


def is_one_of(field: str, keys: Combinable) -> Q:
    """Match rows by an array of keys, which PostgreSQL reads before the rows to compare.

    Of `IN (SELECT …)` it may expect anything: that it matches most rows of the school, and read them all, or,
    where it knows nothing of the tables, a single row, and read the SELECT again for each row to compare.
    """
    template = "(%(expressions)s))"
    return Q(Func(F(field), keys, template=template, arg_joiner=" = ANY(", output_field=BooleanField()))


def bulk_insert(rows: Sequence[M]) -> None:
    """Insert unsaved rows of one model and set their primary keys. No signals, as with `bulk_create`."""
    for start in range(0, len(rows), BATCH):
        _insert_batch(rows[start : start + BATCH])


def bulk_upsert(rows: Sequence[M], *, unique: Sequence[str], change: Sequence[str]) -> None:
    """Insert unsaved rows; on a conflict in the columns `unique`, update the columns `change`.

    No signals, as with `bulk_create`. No two rows may be equal in `unique`.
    """
    changes = ", ".join(f'"{name}" = excluded."{name}"' for name in change)
    target = ", ".join(f'"{name}"' for name in unique)
    on_conflict = f" ON CONFLICT ({target}) DO UPDATE SET {changes}"
    for start in range(0, len(rows), BATCH):
        _insert_batch(rows[start : start + BATCH], on_conflict)


def bulk_update(rows: Sequence[M], columns: Sequence[str]) -> None:
    """Update these columns (field names) of existing rows. No signals, as with `bulk_update`."""
    for start in range(0, len(rows), BATCH):
        _update_batch(rows[start : start + BATCH], columns)


def _update_batch(rows: Sequence[M], columns: Sequence[str]) -> None:
    model, connection = type(rows[0]), connections[router.db_for_write(type(rows[0]))]
    key: Any = model._meta.pk
    fields: list[Any] = [model._meta.get_field(name) for name in columns]
    values = [{field.column: field.pre_save(row, add=False) for field in (key, *fields)} for row in rows]
    quote = connection.ops.quote_name
    table, pk = quote(model._meta.db_table), quote(key.column)
    changes = ", ".join(f"{quote(field.column)} = source.{quote(field.column)}" for field in fields)
    statement = (
        f"UPDATE {table} AS target SET {changes}"  # noqa: S608 (names of our own columns)
        f" FROM json_populate_recordset(NULL::{table}, %s::json) AS source WHERE target.{pk} = source.{pk}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(values, default=_json_default)])


def _insert_batch(rows: Sequence[M], on_conflict: str = "") -> None:
    model, connection = type(rows[0]), connections[router.db_for_write(type(rows[0]))]
    primary_key: Any = model._meta.pk
    fields: list[Any] = [field for field in model._meta.concrete_fields if not field.primary_key]
    values = [{field.column: field.pre_save(row, add=True) for field in fields} for row in rows]
    quote = connection.ops.quote_name
    table, key = quote(model._meta.db_table), quote(primary_key.column)
    names = ", ".join(quote(field.column) for field in fields)
    # RETURNING yields the keys in the order of the JSON array.
    statement = (
        f"INSERT INTO {table} ({names}) SELECT {names}"
        f" FROM json_populate_recordset(NULL::{table}, %s::json){on_conflict} RETURNING {key}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(values, default=_json_default)])
        keys = [key for (key,) in cursor.fetchall()]
    for row, key in zip(rows, keys, strict=True):
        row.pk, row._state.adding, row._state.db = key, False, connection.alias


def _json_default(value: Any) -> str:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be written in bulk")
