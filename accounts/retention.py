"""How long a school keeps what piles up: a setting for each kind, what would go, a daily clearing.

A kind without a number of days is kept for good. The audit trail, marks and registers are no kind at all:
they stay. Clearing runs as the owner, school by school; each that took something stands on the trail.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Enterprise
from console.audit.trail import record
from console.inbox.models import Callback
from console.notices.models import Notice

#: Rows that one transaction clears.
BATCH = 2000
Rows = QuerySet[Any]


@dataclass(frozen=True)
class Kind:
    """`column` of Enterprise holds the days; `old(school, before)` are the rows that go, `clear(rows)` lets a
    batch of them go; `least` is the fewest days that a school may choose. One with `most` is never kept for
    good, and no longer than that. What goes `into_bin` can be taken out of it again for a while."""

    column: str
    label: str | Promise
    what: str | Promise
    least: int
    old: Callable[[Enterprise, datetime], Rows]
    clear: Callable[[Rows], int]
    most: int | None = None
    into_bin: bool = False


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known; each app registers what lies in its tables."""
    KINDS[kind.column] = kind


def days_of(school: Enterprise, kind: Kind) -> int | None:
    """After how many days; None where it is kept for good."""
    return getattr(school, kind.column)


def would_go(school: Enterprise, kind: Kind, days: int | None) -> int:
    """How many rows a clearing would empty or delete now."""
    return kind.old(school, _before(days)).count() if days else 0


def clear_school(school: Enterprise) -> dict[str, int]:
    """Clear what a school keeps no longer; how much of each kind, which its trail tells too."""
    counts = {kind.column: _clear(school, kind) for kind in KINDS.values()}
    gone = {column: count for column, count in counts.items() if count}
    if gone:
        record("school.clear", school, by=None, after=gone)
    return gone


def clear() -> int:
    """The daily clearing of all schools; broken off, the next one goes on."""
    limited = Q()
    for column in KINDS:
        limited |= Q(**{f"{column}__isnull": False})
    return sum(sum(clear_school(school).values()) for school in Enterprise.objects.filter(limited))


def _clear(school: Enterprise, kind: Kind) -> int:
    days = days_of(school, kind)
    if not days:
        return 0
    done, before = 0, _before(days)
    while True:
        rows = kind.old(school, before)
        batch = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
        with transaction.atomic():
            count = kind.clear(rows.filter(pk__in=batch))
        done += count
        if count < BATCH:
            return done


def _before(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


def _old_messages(school: Enterprise, before: datetime) -> Rows:
    """Messages that are handled or set aside; what still waits for its lesson stays whole."""
    over = Callback.objects.filter(
        enterprise=school,
        state__in=(Callback.State.DONE, Callback.State.QUARANTINED),
        last_delivery_at__lt=before,
    )
    return over.filter(Q(body__isnull=False) | ~Q(unreadable=""))


def _old_notices(school: Enterprise, before: datetime) -> Rows:
    waiting = (Notice.Mail.WAITING, Notice.Mail.SENDING)
    return Notice.objects.filter(enterprise=school, created_at__lt=before).exclude(mail__in=waiting)


register(
    Kind(
        "keep_messages_days",
        _("Messages of iclass"),
        _("What handled messages said is emptied. That one came, when, and what it led to, stays."),
        least=30,
        old=_old_messages,
        clear=lambda rows: rows.update(body=None, unreadable=""),
    )
)
register(
    Kind(
        "keep_notices_days",
        _("Notices to people"),
        _("Notices are deleted, read or not."),
        least=30,
        old=_old_notices,
        clear=lambda rows: rows.delete()[0],
    )
)
