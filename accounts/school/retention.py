"""Data retention: a period per category and school, and a daily run that clears expired rows.

A category without a period is kept indefinitely. The audit log, marks and registers are not categories and
are always kept. The run uses the owner's database role, school by school, and records what it cleared.
"""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Enterprise
from console.audit.trail import record
from console.concurrency import DatabaseBusy, run_with_retry
from console.inbox.models import Callback
from console.notifications.models import Notification

log = logging.getLogger(__name__)
#: Rows cleared per transaction, and how long it waits for a lock before `run_with_retry` tries it again.
BATCH, LOCK_TIMEOUT = 2000, "250ms"
#: A batch is followed by a pause that is so many times as long, in which the database serves others.
PAUSE = 2
#: Parents whose rows are looked for at once.
PARENTS = 20
Rows = QuerySet[Any]


@dataclass(frozen=True)
class RetentionCategory:
    """A category of data.

    `column` is the column of Enterprise that holds the days. `expired_rows(school, before)` returns the rows
    to clear, `clear(rows)` clears a batch and returns their number. A school may choose `min_days` to
    `max_days`; a category with `max_days` cannot be kept indefinitely. Rows that go `into_bin` can be
    restored for a while. A transaction clears `batch` rows. In a large table the rows of a school are found
    by what they hang on: then `expired_rows` returns these parents, and `rows_of(parents)` the rows.
    """

    column: str
    label: str | Promise
    description: str | Promise
    min_days: int
    expired_rows: Callable[[Enterprise, datetime], Rows]
    clear: Callable[[Rows], int]
    max_days: int | None = None
    into_bin: bool = False
    batch: int = BATCH
    rows_of: Callable[[Rows | list[int]], Rows] | None = None


CATEGORIES: dict[str, RetentionCategory] = {}


def register_category(category: RetentionCategory) -> None:
    """Register a category. Each app registers those of its tables."""
    CATEGORIES[category.column] = category


def retention_days(school: Enterprise, category: RetentionCategory) -> int | None:
    """Return the retention period in days; None means indefinitely."""
    days: int | None = getattr(school, category.column)
    return days


#: What no setting limits, with how long it is kept.
ALWAYS_KEPT: dict[str, str | Promise] = {
    "audit": _("Kept indefinitely. Personal data in it become unreadable when the person is erased."),
    "leave": _("Kept indefinitely. Reason and kind are erased with the person."),
    "person": _("Kept until the personal data of this person are erased."),
    "marks": _("Marks and corrections are kept indefinitely, without a name once the person is erased."),
}


def retention_sentence(school: Enterprise, what: str) -> str:
    """Return how long a category, or one of ALWAYS_KEPT, is kept, by the settings of the school."""
    if what in ALWAYS_KEPT:
        return str(ALWAYS_KEPT[what])
    category = CATEGORIES[what]
    days = retention_days(school, category)
    if not days:
        return gettext("%(what)s: kept indefinitely.") % {"what": category.label}
    text = (
        ngettext(
            "%(what)s: moved to the recycle bin after %(days)d day.",
            "%(what)s: moved to the recycle bin after %(days)d days.",
            days,
        )
        if category.into_bin
        else ngettext("%(what)s: kept for %(days)d day.", "%(what)s: kept for %(days)d days.", days)
    )
    return text % {"what": category.label, "days": days}


def count_expired(school: Enterprise, category: RetentionCategory, days: int | None) -> int:
    """Return the number of rows that a run would clear now."""
    if not days:
        return 0
    expired = category.expired_rows(school, _cutoff(days))
    return (category.rows_of(expired) if category.rows_of else expired).count()


def clear_school(school: Enterprise) -> dict[str, int]:
    """Clear a school's expired rows, record it, and return the number of rows by column."""
    counts = {category.column: _clear_category(school, category) for category in CATEGORIES.values()}
    cleared = {column: count for column, count in counts.items() if count}
    if cleared:
        record("school.clear", school, by=None, after=cleared)
    return cleared


def clear_all_schools() -> int:
    """Clear the expired rows of all schools. An interrupted run is continued by the next one.

    The failure of a school is logged, and does not keep the others from being cleared.
    """
    limited = Q()
    for column in CATEGORIES:
        limited |= Q(**{f"{column}__isnull": False})
    total = 0
    for school in Enterprise.objects.filter(limited):
        try:
            total += sum(clear_school(school).values())
        except Exception:
            log.exception("the retention periods of school %s were not applied", school.pk)
    return total


def _clear_category(school: Enterprise, category: RetentionCategory) -> int:
    days = retention_days(school, category)
    if not days:
        return 0
    expired = category.expired_rows(school, _cutoff(days))
    total, began = 0, time.monotonic()
    for rows in _batches(category, expired):
        total += _clear_batch(category, rows)
        time.sleep(PAUSE * (time.monotonic() - began))
        began = time.monotonic()
    return total


def _batches(category: RetentionCategory, expired: Rows) -> Iterator[Rows]:
    """Yield all rows to clear, a batch at a time: each begins behind the last key of the one before.

    Rows are looked for by a few parents at a time. By their own keys alone, the planner may read those of all
    parents again for each batch.
    """
    if category.rows_of is None:
        for keys in _key_batches(expired, category.batch):
            yield expired.filter(pk__in=keys)
        return
    parents = list(expired.order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(parents), PARENTS):
        rows = category.rows_of(parents[first : first + PARENTS])
        keys = sorted(rows.order_by().values_list("pk", flat=True))
        for start in range(0, len(keys), category.batch):
            yield rows.filter(pk__in=keys[start : start + category.batch])


def _key_batches(rows: Rows, size: int) -> Iterator[list[int]]:
    last = 0
    while keys := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:size]):
        yield keys
        last = keys[-1]


def _clear_batch(category: RetentionCategory, rows: Rows) -> int:
    """Clear these rows and return their number. If others hold their locks, the next run clears them."""
    try:
        return run_with_retry(lambda: _clear_with_lock_timeout(category, rows))
    except DatabaseBusy:
        log.warning("a batch of %s was left for the next run", category.column, exc_info=True)
        return 0


def _clear_with_lock_timeout(category: RetentionCategory, rows: Rows) -> int:
    # While it waits, others wait for the rows that it has locked already.
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_TIMEOUT])
        count = category.clear(rows)
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    return count


def _cutoff(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


def _expired_callbacks(school: Enterprise, before: datetime) -> Rows:
    """Return processed or quarantined callbacks; those that wait for their lesson are kept."""
    callbacks = Callback.objects.filter(
        enterprise=school,
        state__in=(Callback.State.DONE, Callback.State.QUARANTINED),
        last_delivery_at__lt=before,
    )
    return callbacks.filter(Q(body__isnull=False) | ~Q(unreadable=""))


def _expired_notices(school: Enterprise, before: datetime) -> Rows:
    waiting = (Notification.Mail.WAITING, Notification.Mail.SENDING)
    return Notification.objects.filter(enterprise=school, created_at__lt=before).exclude(mail__in=waiting)


register_category(
    RetentionCategory(
        "keep_messages_days",
        _("iclass messages"),
        _("The content of handled messages is deleted. The time of receipt and the result are kept."),
        min_days=30,
        expired_rows=_expired_callbacks,
        clear=lambda rows: rows.update(body=None, unreadable=""),
    )
)
register_category(
    RetentionCategory(
        "keep_notices_days",
        _("Notifications"),
        _("Notifications are deleted, read or unread."),
        min_days=30,
        expired_rows=_expired_notices,
        clear=lambda rows: rows.delete()[0],
    )
)
