"""Weighing of history lines and callbacks against the polls.

Three rules (docs/attendance.md). A history line that no poll contradicts counts, even where no poll was made.
A line that a poll refutes is in doubt: the parts that no poll covers are unknown. What only callbacks report
adds no presence: it is unconfirmed until a poll or the history says the same.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from classes.attendance.calculation.intervals import Interval, difference
from classes.attendance.calculation.poll_presence import NO_SOURCE, PollGap, PresenceTracker
from classes.attendance.calculation.statements import contradicted_parts, split_span
from classes.attendance.calculation.types import CLOCK_TOLERANCE_S, PresenceSpan, merge_spans


@dataclass(slots=True)
class WeighedEvidence:
    """Presence, and where polls contradict it.

    `holes` are the parts of lines in which polls did not see the person, `doubts` the parts of refuted lines
    that no poll covers, `unconfirmed` what only callbacks report, and `unrefuted` the part of that which no
    poll covers.
    """

    spans: list[PresenceSpan]
    holes: list[Interval] = field(default_factory=list)
    doubts: list[Interval] = field(default_factory=list)
    unconfirmed: list[Interval] = field(default_factory=list)
    unrefuted: list[Interval] = field(default_factory=list)


def weigh_evidence(
    history: Sequence[PresenceSpan], callbacks: Sequence[PresenceSpan], tracker: PresenceTracker
) -> WeighedEvidence:
    """Weigh the lines against the stays that the polls saw."""
    weighed = WeighedEvidence(list(tracker.stays))
    weighed.unconfirmed += tracker.unconfirmed
    weighed.unrefuted += tracker.unconfirmed
    for line in history:
        gone = contradicted_parts(line, tracker.missing, tracker.polls)
        weighed.holes += gone
        parts = split_span(line, gone)
        if is_refuted(line, tracker.missing, tracker.polls.lists):
            weighed.doubts += [part.interval for part in parts]
        else:
            weighed.spans += parts
    if callbacks:
        _weigh_callbacks(callbacks, tracker, weighed)
    return weighed


def weigh_version_1(
    history: Sequence[PresenceSpan], callbacks: Sequence[PresenceSpan], tracker: PresenceTracker
) -> WeighedEvidence:
    """Apply version 1 of the rules, which final registers keep: every line counts outside its holes."""
    weighed = WeighedEvidence(list(tracker.stays))
    for line in (*history, *callbacks):
        gone = contradicted_parts(line, tracker.missing, tracker.polls)
        weighed.holes += gone
        weighed.spans += split_span(line, gone)
    return weighed


def is_refuted(line: PresenceSpan, missing: Sequence[PollGap], lists: Sequence[float]) -> bool:
    """Return whether a whole list inside the line lacks the person.

    A list within the clock tolerance of an end of the line proves nothing.
    """
    start, end = line.start + CLOCK_TOLERANCE_S, line.end - CLOCK_TOLERANCE_S
    for gap in missing:
        index = bisect_left(lists, max(gap.first, start))
        if index < len(lists) and lists[index] <= min(gap.last, end):
            return True
    return False


def _weigh_callbacks(
    callbacks: Sequence[PresenceSpan], tracker: PresenceTracker, weighed: WeighedEvidence
) -> None:
    stays = [stay for stay in merge_spans(weighed.spans) if stay.start < stay.end]
    near = [(stay.start - CLOCK_TOLERANCE_S, stay.end + CLOCK_TOLERANCE_S) for stay in stays]
    for line in callbacks:
        weighed.unconfirmed += difference([line.interval], near)
        for part in _unrefuted_parts(line, contradicted_parts(line, tracker.missing, tracker.polls)):
            weighed.spans += [one for stay in stays if (one := _clip_to_stay(part, stay))]
            weighed.unrefuted += difference([part.interval], near)


def _unrefuted_parts(line: PresenceSpan, gone: Sequence[Interval]) -> list[PresenceSpan]:
    """Return the line without the refuted parts; an entry without an exit ends at the first of them."""
    parts = split_span(line, gone)
    if line.ended_by or not gone:
        return parts
    return [part for part in parts if part.start == line.start]


def _clip_to_stay(line: PresenceSpan, stay: PresenceSpan) -> PresenceSpan | None:
    """Return the part of a callback line in a confirmed stay; its ends count if they agree with the stay."""
    start, end = max(line.start, stay.start), min(line.end, stay.end)
    if start >= end:
        return None
    return replace(
        line,
        start=start,
        end=end,
        started_by=line.started_by if line.start >= stay.start - CLOCK_TOLERANCE_S else NO_SOURCE,
        ended_by=line.ended_by if line.end <= stay.end + CLOCK_TOLERANCE_S else NO_SOURCE,
    )
