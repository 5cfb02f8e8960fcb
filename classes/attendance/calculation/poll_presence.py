"""Presence by polls: who was in the room when, and when there were no polls.

A poll is a whole list: a person who is not in it was not present. Only changes are stored, so between two
rows of a person every good poll saw the state of the earlier row.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from classes.attendance.calculation.intervals import Interval
from classes.attendance.calculation.types import CLOCK_TOLERANCE_S, Evidence, LessonTimes, PresenceSpan

POLL_SOURCE = frozenset({"poll"})
CALLBACK_SOURCE = frozenset({"callback"})
NO_SOURCE: frozenset[str] = frozenset()
Exits = Mapping[int, frozenset[str]]


@dataclass(frozen=True, slots=True)
class PollMoments:
    """Sorted moments of the polls.

    `good` polls are valid for each person, `answered` had a response, `lists` brought a whole list.
    A poll that only counted the room is good unless the next list shows a change: then it is not known on
    which side of the change the poll was.
    """

    good: Sequence[float]
    answered: Sequence[float]
    failed: Sequence[float]
    lists: Sequence[float]

    @classmethod
    def from_evidence(cls, evidence: Iterable[Evidence]) -> "PollMoments":
        moments: dict[str, set[float]] = {"poll": set(), "tick": set(), "count": set(), "failed": set()}
        for row in evidence:
            if row.source in moments:
                moments[row.source].add(row.seen_at)
        lists = sorted(moments["poll"] | moments["tick"])
        counts = moments["count"]
        doubtful = {one for one in counts if _next(lists, one) in moments["poll"]} - {*lists}
        answered = sorted(counts.union(lists))
        good = [one for one in answered if one not in doubtful] if doubtful else answered
        return cls(good, answered, sorted(moments["failed"]), lists)

    def before(self, moment: float) -> float | None:
        """Return the last good poll before this moment."""
        return _before(self.good, moment)

    def outages(self, taught: Interval, poll_validity_s: int) -> list[Interval]:
        """Return the gaps between answered polls that are too long or contain a failed poll."""
        start, end = taught
        inside = [moment for moment in self.answered if start <= moment <= end]
        if not inside:
            return [taught]
        edges = [start, *inside, end]
        # A poll before the start counts as the first edge.
        answered = [_before(self.answered, start) or -inf, *inside, end]
        return [
            (int(edges[index]), int(edges[index + 1]))
            for index in range(len(edges) - 1)
            if edges[index + 1] - edges[index] > poll_validity_s
            or self._failed_between(answered[index], answered[index + 1])
        ]

    def _failed_between(self, start: float, end: float) -> bool:
        return bisect_left(self.failed, start) < bisect_right(self.failed, end)


def _before(moments: Sequence[float], moment: float) -> float | None:
    index = bisect_left(moments, moment)
    return moments[index - 1] if index else None


def _next(moments: Sequence[float], moment: float) -> float | None:
    index = bisect_left(moments, moment)
    return moments[index] if index < len(moments) else None


@dataclass(frozen=True, slots=True)
class PollGap:
    """Consecutive polls, `first` to `last`, that did not see the person.

    `left` is the end of the stay before, `back` the start of the next one; None at the edges.
    """

    first: float
    last: float
    left: int | None = None
    back: int | None = None


class PresenceTracker:
    """Follows one person through the polls and collects `stays` and the gaps between them (`missing`).

    If `strict`, an exit of another source counts only while the last poll is valid. If only a callback
    reports the exit and no poll followed, the time after it is `unconfirmed`.
    """

    def __init__(
        self, polls: PollMoments, quits: Exits, times: LessonTimes, poll_validity_s: int, *, strict: bool
    ) -> None:
        self.polls, self.quits, self.times, self.poll_validity_s = (
            polls,
            sorted(quits.items()),
            times,
            poll_validity_s,
        )
        self.strict = strict
        self.unconfirmed: list[Interval] = []
        self.end = times.taught[1] if times.taught and not times.running else None
        self.stays: list[PresenceSpan] = []
        self.missing: list[PollGap] = []
        self.start: int | None = None
        self.started_by = NO_SOURCE
        self.entered: float = -inf
        self.last_seen: float = -inf
        self.absent_since: float | None = polls.good[0] if polls.good else None

    def follow(self, rows: Iterable[Evidence]) -> "PresenceTracker":
        for moment, entered in _presence_changes(rows):
            if entered is None:
                self._handle_absence(moment)
            elif self.start is None:
                self._handle_entry(moment, entered)
            else:
                self._handle_presence(moment, entered)
        self._finish_polls()
        return self

    def _handle_entry(self, moment: float, entered: int) -> None:
        last_missed = self.polls.before(moment)
        if entered > max(self.last_seen, self.entered, 0):
            start, self.started_by = entered, POLL_SOURCE
        else:  # an entry before the last absence is not a new one
            start = int(moment if last_missed is None else max(last_missed, moment - self.poll_validity_s))
            self.started_by = NO_SOURCE
        if last_missed is not None and self.absent_since is not None:
            self._missed(self.absent_since, last_missed, back=start)
        self.start, self.entered = start, max(self.entered, entered)

    def _handle_presence(self, moment: float, entered: int) -> None:
        seen = self.polls.before(moment)
        if seen is not None and entered > max(seen, self.entered):
            self._close(seen, entered)
            self.start, self.started_by = entered, POLL_SOURCE
        self.entered = max(self.entered, entered)

    def _handle_absence(self, moment: float) -> None:
        seen = self.polls.before(moment)
        if self.start is not None and seen is not None:
            self._close(seen, moment)
            self.start, self.absent_since = None, moment

    def _finish_polls(self) -> None:
        if not self.polls.good:
            return
        last = self.polls.good[-1]
        if self.start is not None:
            self._close(last, None)
        elif self.absent_since is not None:
            self._missed(self.absent_since, last, back=None)

    def _missed(self, first: float, last: float, *, back: int | None) -> None:
        left = self.stays[-1].end if self.stays else None
        self.missing.append(PollGap(first, last, left, back))

    def _close(self, seen: float, missed: float | None) -> None:
        """End the stay that poll `seen` saw and poll `missed` did not (None: no later poll)."""
        assert self.start is not None
        until = seen + self.poll_validity_s
        lasts = self.end is not None and seen <= self.end <= until
        latest = missed + CLOCK_TOLERANCE_S if missed is not None else inf if lasts else until
        if self.strict and not lasts:
            latest = min(latest, until)
        end, ended_by, open_ = self._polled_end(seen, missed, lasts)
        alone = self.strict and (missed is None or (self.end is not None and missed > self.end))
        # A count after the last list names nobody: somebody else may have entered as this person left.
        last_seen = self.polls.lists[-1] if self.strict and missed is None else seen
        if quit_ := self._exit_between(
            max(self.start, last_seen - CLOCK_TOLERANCE_S), latest, confirmed=not alone
        ):
            if alone and quit_[1] == CALLBACK_SOURCE:
                self.unconfirmed.append((quit_[0], max(quit_[0], end)))
                end, ended_by, open_ = quit_[0], CALLBACK_SOURCE, False
            else:
                end, ended_by, open_ = quit_[0], quit_[1] | POLL_SOURCE, False
        end = max(end, self.start)
        self.stays.append(PresenceSpan(self.start, end, self.started_by, ended_by, POLL_SOURCE, open_))
        self.last_seen = seen

    def _polled_end(self, seen: float, missed: float | None, lasts: bool) -> tuple[int, frozenset[str], bool]:
        """Return the end of the stay by the polls, its sources, and whether the stay is open."""
        until = seen + self.poll_validity_s
        if lasts and self.end is not None and (missed is None or missed > self.end):
            return self.end, POLL_SOURCE, False
        if missed is None and self.end is None:
            return int(min(until, max(self.times.now, seen))), NO_SOURCE, self.times.running
        ended_by = POLL_SOURCE if self.end is not None and seen > self.end else NO_SOURCE
        return int(min(until, inf if missed is None else missed)), ended_by, False

    def _exit_between(
        self, earliest: float, latest: float, *, confirmed: bool
    ) -> tuple[int, frozenset[str]] | None:
        """Return the first exit in between; history precedes callbacks unless a poll confirms the exit."""
        found = [quit_ for quit_ in self.quits if earliest <= quit_[0] <= latest]
        if not confirmed:
            found.sort(key=lambda quit_: quit_[1] == CALLBACK_SOURCE)
        return found[0] if found else None


def _presence_changes(rows: Iterable[Evidence]) -> list[tuple[float, int | None]]:
    """Return moments with the time of entry: 0 if the API did not report it, None for absent.

    Two rows of one poll are one person on two devices, present since the earlier entry.
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
