"""Taking watched rows for a look: one poller a row, by the database's clock, fenced."""

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


def look_now(rows: models.QuerySet[Row]) -> int:
    """Ask for a look at these rows at once; returns how many."""
    return rows.update(look_at=timezone.now())


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
