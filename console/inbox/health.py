"""How the callbacks of one school stand: what waits, what was refused, and whether news fails to come."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Count, Max, Min, Q, Sum, Value
from django.utils import timezone
from django.utils.functional import Promise

from console.inbox import spool
from console.inbox.models import Callback, Refusal
from console.inbox.words import REFUSALS, SPOOL

#: Refusals older than this are not told.
REFUSED_WITHIN = timedelta(days=1)
#: So long a lesson may run without news before it is worth a line.
QUIET_FOR = timedelta(minutes=10)
State = Callback.State


@dataclass(frozen=True)
class Health:
    """Numbers of one school; `spool_…` are those of the machine that was asked.

    `lag_seconds`: how long the oldest due event has waited. `silent_lessons`: lessons that run, each begun
    more than ten minutes ago, while nothing came since. A lesson that was begun from the console calls
    nothing back, so silence is a hint and no fault.
    """

    waiting: int
    parked: int
    set_aside: int
    lag_seconds: int
    last_received_at: datetime | None
    refused: dict[str, int]
    silent_lessons: int
    spool_files: int
    spool_bad: dict[str, int]

    @property
    def refused_words(self) -> list[tuple[str | Promise, int]]:
        return [(REFUSALS.get(reason, reason), number) for reason, number in self.refused.items()]

    @property
    def spool_bad_words(self) -> list[str | Promise]:
        return [SPOOL.get(reason, reason) for reason in self.spool_bad]

    @property
    def spool_bad_files(self) -> int:
        return sum(self.spool_bad.values())


def health_of(school: Any) -> Health:
    """Two queries and a look into the spool's folder."""
    now = timezone.now()
    told = _told(school, now)
    states = {name: (number, at) for sort, name, number, at in told if sort == "state"}
    waiting, oldest = states.get(State.WAITING, (0, None))
    last = next((at for sort, _name, _number, at in told if sort == "last"), None)
    refused = [(name, number) for sort, name, number, _at in told if sort == "refused"]
    return Health(
        waiting=waiting,
        parked=states.get(State.PARKED, (0, None))[0],
        set_aside=states.get(State.QUARANTINED, (0, None))[0],
        lag_seconds=int((now - oldest).total_seconds()) if oldest else 0,
        last_received_at=last,
        refused=dict(sorted(refused, key=lambda one: (-one[1], one[0]))),
        silent_lessons=_silent(school, last, now),
        spool_files=spool.waiting(),
        spool_bad=spool.bad(),
    )


def _told(school: Any, now: datetime) -> list[tuple[str, str, int, datetime | None]]:
    """Lines of a sort, a name, a number and a moment, in one query.

    They are the unfinished states with their first that is due, the last delivery, and refusals by reason.
    """
    mine = Callback.objects.filter(enterprise=school)
    due = Min("due_at", filter=Q(due_at__lte=now))
    states = mine.exclude(state=State.DONE).order_by().annotate(sort=Value("state"))
    last = mine.order_by("-last_delivery_at").annotate(sort=Value("last"), name=Value(""), n=Value(1))
    refusals = Refusal.objects.filter(enterprise=school, hour__gte=now - REFUSED_WITHIN).order_by()
    return list(
        states.values_list("sort", "state")
        .annotate(n=Count("pk"), at=due)
        .union(
            last.values_list("sort", "name", "n", "last_delivery_at")[:1],
            refusals.annotate(sort=Value("refused"))
            .values_list("sort", "reason")
            .annotate(n=Sum("count"), at=Max("hour")),
            all=True,
        )
    )


def _silent(school: Any, last: datetime | None, now: datetime) -> int:
    running = apps.get_model("classes.Lesson").objects.filter(
        enterprise=school, status="ing", cancelled_at=None, real_started_at__lte=now - QUIET_FOR
    )
    return int((running.filter(real_started_at__gt=last) if last else running).count())
