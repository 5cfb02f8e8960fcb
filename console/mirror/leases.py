"""Leases of polled rows: one poller per row, timed by the database clock and protected by a fence."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, models
from django.db.models import Case, F, Value, When
from django.db.models.functions import Least
from django.utils import timezone

from console.failpoints import point
from console.mirror.models import PolledModel
from console.outbox.claims import worker_id

POLLED = point("mirror.polled", "the service answered a poll, nothing of it is written")
Row = TypeVar("Row", bound=PolledModel)


def lease_due_rows(model: type[Row], limit: int) -> list[Row]:
    """Lease up to `limit` rows whose `look_at` has passed, the longest overdue first."""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET look_owner = %s, look_fence = look_fence + 1,"  # noqa: S608
            " look_until = clock_timestamp() + make_interval(secs => %s)"
            f" WHERE id IN (SELECT id FROM {table} WHERE look_at <= %s"
            " AND (look_until IS NULL OR look_until < clock_timestamp())"
            " ORDER BY look_at LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING id",
            [worker_id(), settings.LEASE_S, timezone.now(), limit],
        )
        ids = [row[0] for row in cursor.fetchall()]
    rows = list(model._default_manager.filter(pk__in=ids).select_related("enterprise"))
    for row in rows:
        row.look_requested_at = row.look_at
    return rows


def lock_leased_row(row: Row) -> bool:
    """Lock the row, reload it, and return whether the lease is still held. Call it inside a transaction.

    The row is reloaded because it may have changed during the request. Its cached school is kept.
    """
    fence, school = row.look_fence, row._state.fields_cache.get("enterprise")
    rows = type(row)._default_manager.select_for_update(of=("self",), no_key=True)
    try:
        row.refresh_from_db(from_queryset=rows)
    except ObjectDoesNotExist:
        return False
    if school is not None:
        row._state.fields_cache["enterprise"] = school
    is_leased = row.look_fence == fence
    row.look_fence = fence
    return is_leased


def lock_leased_rows(rows: Sequence[Row], related: Sequence[str]) -> list[Row]:
    """Return the rows whose lease is still held, locked and reloaded. Call it inside a transaction.

    `related` names the related rows to load with them.
    """
    if not rows:
        return []
    leased = {row.pk: row for row in rows}
    locked = type(rows[0])._default_manager.select_for_update(of=("self",), no_key=True)
    still_leased = [
        row
        for row in locked.select_related(*related).filter(pk__in=leased).order_by("pk")
        if row.look_fence == leased[row.pk].look_fence
    ]
    for row in still_leased:
        row.look_fence, row.look_requested_at = leased[row.pk].look_fence, leased[row.pk].look_requested_at
    return still_leased


def schedule_poll_now(rows: models.QuerySet[Row], **fields: object) -> int:
    """Schedule a poll of these rows at once; return how many.

    A row that is already due keeps its place: otherwise frequent requests would keep it from the front. A row
    that is being polled gets a new `look_at`, which `release_lease` respects.
    """
    now = Value(timezone.now(), output_field=models.DateTimeField())
    look_at = Case(When(look_until__isnull=False, then=now), default=Least(F("look_at"), now))
    return rows.update(look_at=look_at, **fields)


def release_lease(row: Row, look_at: datetime | None, **fields: object) -> None:
    """End the lease and schedule the next poll (None: not by itself).

    A poll requested while this one was running is kept, because this one may have been too early to see the
    reason for the request.
    """
    requested_again = Least(F("look_at"), Value(look_at, output_field=models.DateTimeField()))
    next_poll = Case(When(look_at=row.look_requested_at, then=Value(look_at)), default=requested_again)
    type(row)._default_manager.filter(pk=row.pk, look_fence=row.look_fence).update(
        look_at=next_poll, look_until=None, look_owner="", **fields
    )


def release_leases(ended: Sequence[tuple[Row, datetime | None, Mapping[str, object]]]) -> None:
    """Do the same as `release_lease` for many rows of one model in one statement.

    Each item is the row, its next poll and the fields to update, which have the same names in all items.
    """
    if not ended:
        return
    model, names = type(ended[0][0]), list(ended[0][2])
    quote = connection.ops.quote_name
    column_types = ", ".join(
        f"{quote(name)} {model._meta.get_field(name).db_type(connection)}" for name in names
    )
    records = [
        {"id": row.pk, "fence": row.look_fence, "requested": row.look_requested_at, "next": look_at, **fields}
        for row, look_at, fields in ended
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quote(model._meta.db_table)} AS polled SET"
            " look_at = CASE WHEN polled.look_at = ended.requested THEN ended.next"
            " ELSE least(polled.look_at, ended.next) END, look_until = NULL, look_owner = '', "
            + ", ".join(f"{quote(name)} = ended.{quote(name)}" for name in names)
            + " FROM json_to_recordset(%s::json) AS ended"
            f" (id bigint, fence bigint, requested timestamptz, next timestamptz, {column_types})"
            " WHERE polled.id = ended.id AND polled.look_fence = ended.fence",
            [json.dumps(records, default=datetime.isoformat)],
        )
