"""One walk of one sort of one school: read to its end, under a lease, written by whoever holds it."""

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

from console.failpoints import defence, point
from console.iclass import Client, IClassError, Page, Walk
from console.iclass import walk as walk_pages
from console.mirror.leases import LEASE
from console.mirror.models import Walked
from console.mirror.report import Report
from console.outbox.claims import owner
from console.outbox.models import Operation
from console.outbox.states import State

WALKED = point("mirror.walked", "a list was read, nothing of it is written")
WRITING = point("mirror.writing", "inside the transaction of what a walk writes, before its end")
INCOMPLETE = defence("mirror.incomplete", "a list that was not read whole says of nothing that it is absent")
UNCLAIMED = defence(
    "mirror.adopt_unclaimed", "what an operation of ours may just have made is its own to find"
)
THREADS = 8
CHUNK = 100
CAP = 1_000_000
T = TypeVar("T")
A = TypeVar("A")

_TAKE = """
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


class Taken(Exception):
    """Another process walks this, or took it over because we were too slow."""


@dataclass
class Round:
    """A walk under way. Its functions write through `writing`, so that a stale one writes nothing."""

    enterprise: Any
    state: Walked
    client: Client
    since: datetime = field(default_factory=timezone.now)
    report: Report = field(default_factory=Report)
    whole: bool = False
    renewed: float = field(default_factory=time.monotonic)

    @property
    def generation(self) -> int:
        """The number of this walk among the complete ones."""
        return self.state.generation + 1

    def read(self, fetch: Callable[[int, int], Page[T]], key: Callable[[T], Hashable]) -> Walk[T]:
        """The whole list, page by page; `fetch(index, size)`. Says in the report how that went."""

        def page(index: int, size: int) -> Page[T]:
            self.renew()
            return fetch(index, size)

        result = walk_pages(page, key, cap=CAP)
        WALKED.hit()
        self.report.seen, self.report.odd = len(result.lines), len(result.odd)
        self.report.complete = result.complete
        self.whole = (result.complete and not result.odd) or not INCOMPLETE.up
        if result.odd:
            told = "; ".join(sorted({f"{odd.key or '?'}: {odd.reason}" for odd in result.odd})[:5])
            words = ngettext(
                "%(count)d line cannot be read (%(told)s)",
                "%(count)d lines cannot be read (%(told)s)",
                len(result.odd),
            )
            self.report.problems.append(words % {"count": len(result.odd), "told": told})
        if not result.complete:
            self.report.problems.append(_("the list was not read to its end, or changed meanwhile"))
        return result

    def ask(
        self, question: Callable[[Any], A], keys: Collection[Any]
    ) -> Iterator[tuple[Any, A | IClassError]]:
        """Each key with its answer or error, several at a time over HTTP, in order."""
        waiting = list(keys)
        with ThreadPoolExecutor(max_workers=THREADS) as pool:
            for start in range(0, len(waiting), CHUNK):
                self.renew()
                part = waiting[start : start + CHUNK]
                yield from zip(part, pool.map(lambda key: _answer(question, key), part), strict=True)

    def busy(self, model: type[models.Model]) -> set[int]:
        """Rows about which an operation is on its way or came back since the walk began.

        What the list said of them may be older than what the operation wrote.
        """
        late = Q(state__in=(State.SENDING, State.PROBING)) | Q(finished_at__gte=self.since)
        mine = Operation.objects.filter(
            late, enterprise=self.enterprise, subject_type=model._meta.label_lower
        )
        return set(mine.values_list("subject_id", flat=True))

    @contextmanager
    def writing(self, *rows: models.Model) -> Iterator[list[models.Model]]:
        """A transaction of ours, with those of the rows (locked) that no operation wrote meanwhile.

        Taken where the lease is no longer ours.
        """
        with transaction.atomic():
            if not self._renew() and LEASE.up:
                raise Taken
            yield self._quiet(rows)
            WRITING.hit()

    def _quiet(self, rows: Sequence[models.Model]) -> list[models.Model]:
        if not rows:
            return []
        model, ids = type(rows[0]), [row.pk for row in rows]
        locked = model._default_manager.select_for_update(of=("self",), no_key=True).filter(pk__in=ids)
        still = set(locked.values_list("pk", flat=True)) - self.busy(model)
        return [row for row in rows if row.pk in still]

    def renew(self) -> None:
        """Keep the lease where a third of it has passed; Taken where it is no longer ours."""
        if time.monotonic() - self.renewed < settings.LEASE_S / 3:
            return
        if not self._renew() and LEASE.up:
            raise Taken

    def _renew(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute(_RENEW, [settings.LEASE_S, self.state.pk, self.state.fence])
            self.renewed = time.monotonic()
            return bool(cursor.rowcount == 1)

    def finish(self) -> None:
        """Keep what the walk told and let the next one begin."""
        told: dict[str, Any] = {"complete": self.report.complete, "report": self.report.as_json()}
        if self.whole:
            told["generation"] = self.generation
        mine = Walked.objects.filter(pk=self.state.pk, fence=self.state.fence)
        mine.update(finished_at=timezone.now(), until=None, owner="", **told)


def begin(enterprise: Any, name: str) -> Round:
    """Take a walk; Taken where another process is at it."""
    values = {
        "school": enterprise.pk,
        "name": name,
        "owner": owner(),
        "lease": settings.LEASE_S,
        "now": timezone.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        row = cursor.fetchone()
    if row is None:
        raise Taken
    return Round(enterprise, Walked.objects.get(pk=row[0]), enterprise.client())


def _answer(question: Callable[[Any], A], key: Any) -> A | IClassError:
    try:
        return question(key)
    except IClassError as error:
        return error
