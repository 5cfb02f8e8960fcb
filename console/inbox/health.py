"""Health of one school's callbacks: waiting and refused ones, and running lessons without callbacks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q, Sum, Value
from django.utils import timezone
from django.utils.functional import Promise

from console.inbox import spool
from console.inbox.labels import REFUSAL_LABELS, SPOOL_LABELS
from console.inbox.models import Callback, RefusedDelivery

#: Refusals older than this are not counted.
REFUSAL_WINDOW = timedelta(days=1)
#: A lesson that runs longer than this without callbacks is reported.
SILENCE_THRESHOLD = timedelta(minutes=10)
State = Callback.State
#: `count(school, last, until)` returns how many lessons of a school run that started after `last`, the time
#: of its last callback (None if it had none), and not after `until`.
SilentLessonCount = Callable[[Any, datetime | None, datetime], int]
_silent_lesson_counts: list[SilentLessonCount] = []


def register_silent_lesson_count(count: SilentLessonCount) -> SilentLessonCount:
    """Register the count of lessons without callbacks; the app that has the lessons calls this at start."""
    _silent_lesson_counts.append(count)
    return count


@dataclass(frozen=True)
class InboxHealth:
    """Counts of one school; `spool_…` are those of the host that answers.

    `oldest_due_at` is since when the oldest due event has waited; None if none is due. `silent_lessons`
    counts running lessons that started more than ten minutes ago with no callback since. A lesson started
    from the console causes no callback, so silence is a hint, not an error.
    """

    waiting: int
    parked: int
    set_aside: int
    oldest_due_at: datetime | None
    last_received_at: datetime | None
    refused: dict[str, int]
    silent_lessons: int
    spool_files: int
    spool_bad: dict[str, int]

    @property
    def lag_seconds(self) -> int:
        """How long the oldest due event has waited; 0 if none is due."""
        return int((timezone.now() - self.oldest_due_at).total_seconds()) if self.oldest_due_at else 0

    @property
    def refused_labels(self) -> list[tuple[str | Promise, int]]:
        return [(REFUSAL_LABELS.get(reason, reason), number) for reason, number in self.refused.items()]

    @property
    def spool_bad_labels(self) -> list[str | Promise]:
        return [SPOOL_LABELS.get(reason, reason) for reason in self.spool_bad]

    @property
    def spool_bad_files(self) -> int:
        return sum(self.spool_bad.values())


def inbox_health(school: Any) -> InboxHealth:
    """Return the health of a school. Uses two queries and reads the spool's folder."""
    now = timezone.now()
    rows = _health_rows(school, now)
    states = {name: (number, at) for sort, name, number, at in rows if sort == "state"}
    waiting, oldest = states.get(State.WAITING, (0, None))
    last = next((at for sort, _name, _number, at in rows if sort == "last"), None)
    refused = [(name, number) for sort, name, number, _at in rows if sort == "refused"]
    return InboxHealth(
        waiting=waiting,
        parked=states.get(State.PARKED, (0, None))[0],
        set_aside=states.get(State.QUARANTINED, (0, None))[0],
        oldest_due_at=oldest,
        last_received_at=last,
        refused=dict(sorted(refused, key=lambda one: (-one[1], one[0]))),
        silent_lessons=sum(count(school, last, now - SILENCE_THRESHOLD) for count in _silent_lesson_counts),
        spool_files=spool.count_waiting_files(),
        spool_bad=spool.count_bad_files(),
    )


def _health_rows(school: Any, now: datetime) -> list[tuple[str, str, int, datetime | None]]:
    """Return rows of sort, name, count and time, in one query.

    They are the unfinished states with their earliest due time, the last delivery, and refusals by reason.
    """
    callbacks = Callback.objects.filter(enterprise=school)
    due = Min("due_at", filter=Q(due_at__lte=now))
    states = callbacks.exclude(state=State.DONE).order_by().annotate(sort=Value("state"))
    last = callbacks.order_by("-last_delivery_at").annotate(sort=Value("last"), name=Value(""), n=Value(1))
    refusals = RefusedDelivery.objects.filter(enterprise=school, hour__gte=now - REFUSAL_WINDOW).order_by()
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
