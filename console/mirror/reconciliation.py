"""One reconciliation run of one list of one school, under a lease."""

import time
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from console.failpoints import point
from console.iclass import Client, IClassError, Page, Walk
from console.iclass import walk as walk_pages
from console.mirror.models import ReconcileState
from console.mirror.report import ReconcileReport
from console.outbox.claims import worker_id
from console.outbox.models import Operation
from console.outbox.states import OperationState

WALKED = point("mirror.walked", "a list was read, nothing of it is written")
WRITING = point("mirror.writing", "a reconciliation has written, its transaction is open")
MAX_THREADS = 8
CHUNK_SIZE = 100
MAX_LIST_ROWS = 1_000_000
T = TypeVar("T")
A = TypeVar("A")
Row = TypeVar("Row", bound=models.Model)

_CLAIM = """
INSERT INTO mirror_walked (enterprise_id, name, generation, complete, report, owner, until, fence, started_at)
VALUES (%(school)s, %(name)s, 0, false, '{}', %(owner)s,
        clock_timestamp() + make_interval(secs => %(lease)s), 1, %(now)s)
ON CONFLICT (enterprise_id, name) DO UPDATE
SET owner = excluded.owner, until = excluded.until, fence = mirror_walked.fence + 1,
    started_at = excluded.started_at
WHERE mirror_walked.until IS NULL OR mirror_walked.until < clock_timestamp()
RETURNING id
"""
_RENEW = """
UPDATE mirror_walked SET until = clock_timestamp() + make_interval(secs => %s)
WHERE id = %s AND fence = %s AND until IS NOT NULL
"""


class AlreadyReconciling(Exception):
    """Another process reconciles this list, or has taken it over because the lease ended."""


@dataclass
class ReconcileRun:
    """A running reconciliation.

    Reconcilers write inside `write_transaction`, so that a run whose lease ended writes nothing.
    """

    enterprise: Any
    state: ReconcileState
    client: Client
    started_at: datetime = field(default_factory=timezone.now)
    report: ReconcileReport = field(default_factory=ReconcileReport)
    is_complete: bool = False
    renewed_at: float = field(default_factory=time.monotonic)

    @property
    def generation(self) -> int:
        """The number of this run among the complete ones."""
        return self.state.generation + 1

    def read(self, fetch: Callable[[int, int], Page[T]], key: Callable[[T], Hashable]) -> Walk[T]:
        """Read the whole list by pages with `fetch(index, size)`, and record the result in the report."""

        def page(index: int, size: int) -> Page[T]:
            self.renew()
            return fetch(index, size)

        result = walk_pages(page, key, cap=MAX_LIST_ROWS)
        WALKED.hit()
        self.report.seen, self.report.odd = len(result.lines), len(result.odd)
        self.report.complete = result.complete
        self.is_complete = result.complete and not result.odd
        if result.odd:
            examples = "; ".join(sorted({f"{odd.key or '?'}: {odd.reason}" for odd in result.odd})[:5])
            text = ngettext(
                "%(count)d line cannot be read (%(told)s)",
                "%(count)d lines cannot be read (%(told)s)",
                len(result.odd),
            )
            self.report.problems.append(text % {"count": len(result.odd), "told": examples})
        if not result.complete:
            self.report.problems.append(_("the list was not read completely, or it changed meanwhile"))
        return result

    def query_each(
        self, query: Callable[[Any], A], keys: Collection[Any]
    ) -> Iterator[tuple[Any, A | IClassError]]:
        """Yield each key with its answer or error, in order. Up to MAX_THREADS requests run at a time."""
        pending = list(keys)
        with ThreadPoolExecutor(max_workers=MAX_THREADS) as pool:
            for start in range(0, len(pending), CHUNK_SIZE):
                self.renew()
                chunk = pending[start : start + CHUNK_SIZE]
                yield from zip(chunk, pool.map(lambda key: _result_or_error(query, key), chunk), strict=True)

    def busy_ids(self, model: type[models.Model]) -> set[int]:
        """Return the keys of rows with an operation that is running or finished since the run started.

        What the list says of them may be older than the result of the operation.
        """
        recent = Q(state__in=(OperationState.SENDING, OperationState.PROBING)) | Q(
            finished_at__gte=self.started_at
        )
        operations = Operation.objects.filter(
            recent, enterprise=self.enterprise, subject_type=model._meta.label_lower
        )
        return set(operations.values_list("subject_id", flat=True))

    @contextmanager
    def write_transaction(self, *rows: Row) -> Iterator[list[Row]]:
        """Open a transaction and yield the rows that are not busy, locked and reloaded.

        Raise AlreadyReconciling if the lease is lost.
        """
        with transaction.atomic():
            if not self._renew():
                raise AlreadyReconciling
            yield self._lock_idle(rows)
            WRITING.hit()

    def _lock_idle(self, rows: Sequence[Row]) -> list[Row]:
        if not rows:
            return []
        model, ids = type(rows[0]), [row.pk for row in rows]
        locked = model._default_manager.select_for_update(of=("self",), no_key=True).filter(pk__in=ids)
        found, busy = list(locked.order_by("pk")), self.busy_ids(model)
        return [row for row in found if row.pk not in busy]

    def renew(self) -> None:
        """Renew the lease once a third of it has passed. Raise AlreadyReconciling if it is lost."""
        if time.monotonic() - self.renewed_at < settings.LEASE_S / 3:
            return
        if not self._renew():
            raise AlreadyReconciling

    def _renew(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(_RENEW, [settings.LEASE_S, self.state.pk, self.state.fence])
            self.renewed_at = time.monotonic()
            return bool(cursor.rowcount == 1)

    def finish(self) -> None:
        """Save the report and release the lease."""
        fields: dict[str, Any] = {"complete": self.report.complete, "report": self.report.as_json()}
        if self.is_complete:
            fields["generation"] = self.generation
        states = ReconcileState.objects.filter(pk=self.state.pk, fence=self.state.fence)
        states.update(finished_at=timezone.now(), until=None, owner="", **fields)


def start_run(enterprise: Any, name: str) -> ReconcileRun:
    """Lease a list and start a run. Raise AlreadyReconciling if another process has the lease."""
    values = {
        "school": enterprise.pk,
        "name": name,
        "owner": worker_id(),
        "lease": settings.LEASE_S,
        "now": timezone.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, values)
        row = cursor.fetchone()
    if row is None:
        raise AlreadyReconciling
    return ReconcileRun(enterprise, ReconcileState.objects.get(pk=row[0]), enterprise.client())


def _result_or_error(query: Callable[[Any], A], key: Any) -> A | IClassError:
    try:
        return query(key)
    except IClassError as error:
        return error
