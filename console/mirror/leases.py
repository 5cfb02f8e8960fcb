"""Taking watched rows for a look: one poller a row, by the database's clock, fenced."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from django.conf import settings
from django.db import connection, models
from django.db.models import Case, F, Value, When
from django.db.models.functions import Least
from django.utils import timezone

from console.failpoints import defence, point
from console.mirror.models import Watched
from console.outbox.claims import owner

POLLED = point("mirror.polled", "the service answered a look, nothing of it is written")
LEASE = defence("mirror.lease", "a look or walk that was paused past its lease writes nothing")
Row = TypeVar("Row", bound=Watched)


def take_due(model: type[Row], limit: int) -> list[Row]:
    """Lease up to `limit` rows whose `look_at` has come, the longest overdue first."""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET look_owner = %s, look_fence = look_fence + 1,"  # noqa: S608
            " look_until = clock_timestamp() + make_interval(secs => %s)"
            f" WHERE id IN (SELECT id FROM {table} WHERE look_at <= %s"
            " AND (look_until IS NULL OR look_until < clock_timestamp())"
            " ORDER BY look_at LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING id",
            [owner(), settings.LEASE_S, timezone.now(), limit],
        )
        ids = [row[0] for row in cursor.fetchall()]
    rows = list(model._default_manager.filter(pk__in=ids).select_related("enterprise"))
    for row in rows:
        row.look_asked = row.look_at
    return rows


def hold(row: Row) -> bool:
    """Inside a transaction: lock the row, and say whether the lease is still ours."""
    locked = type(row)._default_manager.select_for_update(of=("self",)).filter(pk=row.pk)
    return locked.filter(look_fence=row.look_fence).exists() or not LEASE.up


def hold_all(rows: Sequence[Row], related: Sequence[str]) -> list[Row]:
    """Inside a transaction: those of the rows whose lease is still ours, locked and as they stand now.

    They come with the rows that `related` names.
    """
    if not rows:
        return []
    taken = {row.pk: row for row in rows}
    locked = type(rows[0])._default_manager.select_for_update(of=("self",)).select_related(*related)
    held = [
        row
        for row in locked.filter(pk__in=taken).order_by("pk")
        if row.look_fence == taken[row.pk].look_fence or not LEASE.up
    ]
    for row in held:
        row.look_fence, row.look_asked = taken[row.pk].look_fence, taken[row.pk].look_asked
    return held


def look_now(rows: models.QuerySet[Row], **fields: object) -> int:
    """Ask for a look at these rows at once; returns how many.

    One that waits already keeps its place: who is asked for again and again would never come to the front.
    One that is being looked at is asked for anew, which `let_go` sees.
    """
    now = Value(timezone.now(), output_field=models.DateTimeField())
    place = Case(When(look_until__isnull=False, then=now), default=Least(F("look_at"), now))
    return rows.update(look_at=place, **fields)


def let_go(row: Row, look_at: datetime | None, **fields: object) -> None:
    """End the lease and say when to look next (None: never by itself).

    A look that was asked for while this one was on its way is not forgotten: this one may have come too
    early to see why.
    """
    asked_anew = Least(F("look_at"), Value(look_at, output_field=models.DateTimeField()))
    since = Case(When(look_at=row.look_asked, then=Value(look_at)), default=asked_anew)
    type(row)._default_manager.filter(pk=row.pk, look_fence=row.look_fence).update(
        look_at=since, look_until=None, look_owner="", **fields
    )


def let_go_all(ended: Sequence[tuple[Row, datetime | None, Mapping[str, object]]]) -> None:
    """`let_go` for many rows of one model in one statement: row, next look, and for all the same fields."""
    if not ended:
        return
    model, names = type(ended[0][0]), list(ended[0][2])
    quote = connection.ops.quote_name
    typed = ", ".join(f"{quote(name)} {model._meta.get_field(name).db_type(connection)}" for name in names)
    told = [
        {"id": row.pk, "fence": row.look_fence, "asked": row.look_asked, "next": look_at, **fields}
        for row, look_at, fields in ended
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quote(model._meta.db_table)} AS kept SET"
            " look_at = CASE WHEN kept.look_at = told.asked THEN told.next"
            " ELSE least(kept.look_at, told.next) END, look_until = NULL, look_owner = '', "
            + ", ".join(f"{quote(name)} = told.{quote(name)}" for name in names)
            + " FROM json_to_recordset(%s::json) AS told"
            f" (id bigint, fence bigint, asked timestamptz, next timestamptz, {typed})"
            " WHERE kept.id = told.id AND kept.look_fence = told.fence",
            [json.dumps(told, default=datetime.isoformat)],
        )
