"""`updated_since`: the rows of a REST list that changed since an earlier answer, without missing one.

A time would miss a row whose transaction commits after the answer but was written before it. So the value is
a position in the order of transactions: the ID of the oldest one that was still running when the list was
read. What was not visible then has this ID or a later one, and is in the next answer; a row may be in two
answers, never in none. The position is of one database cluster and expires after KEPT.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BigIntegerField, Model, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError

from console.bulk_sql import is_one_of
from console.policy.change_table import LISTS, UPDATED_SINCE
from console.policy.models import RowChange

HEADER = "Updated-Until"
#: How long the changes of rows are known.
KEPT = timedelta(days=30)
#: Rows deleted per statement.
BATCH = 20_000
NOW = (
    "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,"
    " (SELECT system_identifier FROM pg_control_system())"
)
TEXT = re.compile("([0-9a-f]{1,16})-([0-9a-f]{1,16})-([0-9a-f]{1,10})")


class PositionExpired(APIException):
    """The position is too old, or of another database."""

    status_code = status.HTTP_410_GONE
    default_code = "position_expired"
    default_detail = gettext_lazy(
        "The changes since then are no longer known. Read the whole list again, with an empty updated_since."
    )


class Position(NamedTuple):
    """The oldest transaction that ran at a time, in a database cluster."""

    cluster: int
    transaction_id: int
    at: int

    def __str__(self) -> str:
        return "-".join(f"{one:x}" for one in self)


def current_position() -> Position:
    """Return the position of what is read after this call."""
    with connection.cursor() as cursor:
        cursor.execute(NOW)
        transaction_id, cluster = cursor.fetchone()
    return Position(cluster % 2**64, transaction_id, int(timezone.now().timestamp()))


def is_known(model: type[Model]) -> bool:
    """Return whether the changes of this model are recorded."""
    return model._meta.label in LISTS


def changed_since(rows: QuerySet[Any], text: str, school: Any, now: Position) -> QuerySet[Any]:
    """Return the rows that changed since a position; all if it is empty.

    ValidationError if it is none, PositionExpired if the changes since then are no longer known.
    """
    if not text:
        return rows
    since = _parse(text)
    if (
        since.cluster != now.cluster
        or since.transaction_id > now.transaction_id
        or datetime.fromtimestamp(since.at, UTC) < timezone.now() - KEPT
    ):
        raise PositionExpired
    changes = RowChange.objects.filter(
        model=rows.model._meta.label_lower, transaction_id__gte=since.transaction_id
    )
    if school is not None:
        changes = changes.filter(enterprise=school)
    keys = list(changes.values_list("row_id", flat=True).distinct())
    return rows.filter(is_one_of("pk", Value(keys, output_field=ArrayField(BigIntegerField()))))


def delete_expired_changes() -> int:
    """Delete the changes that no position needs, of all schools, and return their number."""
    # A transaction may have been running for long before its position was given.
    expired = RowChange.objects.filter(at__lt=timezone.now() - KEPT - timedelta(days=1)).order_by("pk")
    total = 0
    while batch := list(expired.values_list("pk", flat=True)[:BATCH]):
        total += RowChange.objects.filter(pk__in=batch).delete()[0]
    return total


def _parse(text: str) -> Position:
    found = TEXT.fullmatch(text)
    numbers = [int(one, 16) for one in found.groups()] if found else []
    if not numbers or numbers[1] >= 2**63 or numbers[2] >= 2**33:
        message = _("Send the value of the header %(header)s of an earlier answer, or nothing for all rows.")
        raise ValidationError({UPDATED_SINCE: [message % {"header": HEADER}]})
    return Position(*numbers)
