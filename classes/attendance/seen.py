"""What the polls saw: who was in the room when, and when nobody was looking.

A poll is a whole list, so whoever does not stand in it was not there. Only changes are written down:
between two rows of a person every good poll saw what the earlier row says.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from classes.attendance.shapes import AGREE_S, Evidence, Span, Times
from classes.attendance.spans import Stretch

POLL = frozenset({"poll"})
NOBODY: frozenset[str] = frozenset()
Quits = Mapping[int, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Polls:
    """The moments of the polls, in order: those that speak for each person, all answered, those that failed.

    A poll that only counted the room speaks for each person unless the next list shows a change: then it is
    not known on which side of the change it lay.
    """

    good: Sequence[float]
    looked: Sequence[float]
    failed: Sequence[float]

    @classmethod
    def of(cls, evidence: Iterable[Evidence]) -> "Polls":
        moments: dict[str, set[float]] = {"poll": set(), "tick": set(), "count": set(), "failed": set()}
        for line in evidence:
            if line.source in moments:
                moments[line.source].add(line.seen_at)
        lists = sorted(moments["poll"] | moments["tick"])
        counts = moments["count"]
        doubtful = {one for one in counts if _next(lists, one) in moments["poll"]} - {*lists}
        looked = sorted(counts.union(lists))
        good = [one for one in looked if one not in doubtful] if doubtful else looked
        return cls(good, looked, sorted(moments["failed"]))

    def before(self, moment: float) -> float | None:
        """The last good poll before this moment."""
        return _before(self.good, moment)

    def outages(self, taught: Stretch, trust_s: int) -> list[Stretch]:
        """When nobody was looking: a poll failed between two good ones, or the next came too late."""
        start, end = taught
        inside = [moment for moment in self.looked if start <= moment <= end]
        if not inside:
            return [taught]
        edges = [start, *inside, end]
        # A poll before the start counts as the first edge.
        looked = [_before(self.looked, start) or -inf, *inside, end]
        return [
            (int(edges[place]), int(edges[place + 1]))
            for place in range(len(edges) - 1)
            if edges[place + 1] - edges[place] > trust_s
            or self._failed_between(looked[place], looked[place + 1])
        ]

    def _failed_between(self, start: float, end: float) -> bool:
        return bisect_left(self.failed, start) < bisect_right(self.failed, end)


def _before(moments: Sequence[float], moment: float) -> float | None:
    place = bisect_left(moments, moment)
    return moments[place - 1] if place else None


def _next(moments: Sequence[float], moment: float) -> float | None:
    place = bisect_left(moments, moment)
    return moments[place] if place < len(moments) else None


@dataclass(frozen=True, slots=True)
class Missing:
    """Polls in a row that did not see the person, `first` to `last`.

    `left` is when the stay before them ended, `back` when the next one began; None at the edges.
    """

    first: float
    last: float
    left: int | None = None
    back: int | None = None


class Watch:
    """Follows one person through the polls: `stays`, and between them `missing`."""

    def __init__(self, polls: Polls, quits: Quits, times: Times, trust_s: int) -> None:
        self.polls, self.quits, self.times, self.trust_s = polls, sorted(quits.items()), times, trust_s
        self.end = times.taught[1] if times.taught and not times.running else None
        self.stays: list[Span] = []
        self.missing: list[Missing] = []
        self.start: int | None = None
        self.started_by = NOBODY
        self.entered: float = -inf
        self.last_seen: float = -inf
        self.gone_since: float | None = polls.good[0] if polls.good else None

    def follow(self, rows: Iterable[Evidence]) -> "Watch":
        for moment, entered in _changes(rows):
            if entered is None:
                self._not_there(moment)
            elif self.start is None:
                self._there_again(moment, entered)
            else:
                self._still_there(moment, entered)
        self._to_the_last_poll()
        return self

    def _there_again(self, moment: float, entered: int) -> None:
        last_missed = self.polls.before(moment)
        if entered > max(self.last_seen, self.entered, 0):
            start, self.started_by = entered, POLL
        else:  # an entry before the person was seen to be gone is no news
            start = int(moment if last_missed is None else max(last_missed, moment - self.trust_s))
            self.started_by = NOBODY
        if last_missed is not None and self.gone_since is not None:
            self._missed(self.gone_since, last_missed, back=start)
        self.start, self.entered = start, max(self.entered, entered)

    def _still_there(self, moment: float, entered: int) -> None:
        seen = self.polls.before(moment)
        if seen is not None and entered > max(seen, self.entered):
            self._close(seen, entered)
            self.start, self.started_by = entered, POLL
        self.entered = max(self.entered, entered)

    def _not_there(self, moment: float) -> None:
        seen = self.polls.before(moment)
        if self.start is not None and seen is not None:
            self._close(seen, moment)
            self.start, self.gone_since = None, moment

    def _to_the_last_poll(self) -> None:
        if not self.polls.good:
            return
        last = self.polls.good[-1]
        if self.start is not None:
            self._close(last, None)
        elif self.gone_since is not None:
            self._missed(self.gone_since, last, back=None)

    def _missed(self, first: float, last: float, *, back: int | None) -> None:
        left = self.stays[-1].end if self.stays else None
        self.missing.append(Missing(first, last, left, back))

    def _close(self, seen: float, missed: float | None) -> None:
        """End the stay that poll `seen` saw and poll `missed` did not (None: there was no later poll)."""
        assert self.start is not None
        until = seen + self.trust_s
        lasts = self.end is not None and seen <= self.end <= until
        latest = missed + AGREE_S if missed is not None else inf if lasts else until
        ended_by, open_ = POLL, False
        if quit_ := self._quit_between(max(self.start, seen - AGREE_S), latest):
            end, said_by = quit_
            ended_by = said_by | POLL
        elif lasts and self.end is not None and (missed is None or missed > self.end):
            end = self.end
        elif missed is None and self.end is None:
            end, ended_by = int(min(until, max(self.times.now, seen))), NOBODY
            open_ = self.times.running
        else:
            end = int(min(until, inf if missed is None else missed))
            ended_by = POLL if self.end is not None and seen > self.end else NOBODY
        end = max(end, self.start)
        self.stays.append(Span(self.start, end, self.started_by, ended_by, POLL, open_))
        self.last_seen = seen

    def _quit_between(self, earliest: float, latest: float) -> tuple[int, frozenset[str]] | None:
        return next((quit_ for quit_ in self.quits if earliest <= quit_[0] <= latest), None)


def _changes(rows: Iterable[Evidence]) -> list[tuple[float, int | None]]:
    """Moment and time of entry, 0 where the service did not tell it, None for not there.

    Two rows of one poll are one person on two devices: there, since the earlier entry.
    """
    states: dict[float, int | None] = {}
    for row in rows:
        known = states.get(row.seen_at)
        if not row.present:
            states.setdefault(row.seen_at, None)
        elif known is None:
            states[row.seen_at] = row.entered_at or 0
        else:
            states[row.seen_at] = min(known, row.entered_at or 0)
    return sorted(states.items())
