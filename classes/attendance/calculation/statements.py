"""Lines of the history and of callbacks, with start and end to the second.

A history line may be one stay, or span from the first entry to the last exit. The difference does not matter:
a line does not count where polls did not see the person.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from classes.attendance.calculation.intervals import Interval, union
from classes.attendance.calculation.poll_presence import NO_SOURCE, PollGap, PollMoments
from classes.attendance.calculation.types import Evidence, PresenceSpan


def exit_times(rows: Iterable[Evidence], sources: Collection[str]) -> dict[int, frozenset[str]]:
    """Map each second at which the person left by one of these sources to the sources that report it."""
    sources_by_second: dict[int, frozenset[str]] = defaultdict(frozenset)
    for row in rows:
        if row.source in sources and row.left_at and row.left_at >= (row.entered_at or 0):
            sources_by_second[row.left_at] |= {row.source}
    return dict(sources_by_second)


def history_spans(rows: Iterable[Evidence], running: bool) -> list[PresenceSpan]:
    """Return the lines of the history list. A line without an exit counts until it was read."""
    sources = frozenset({"history"})
    ends: dict[int, set[int]] = defaultdict(set)
    read_until: dict[int, int] = {}
    for row in rows:
        if row.source != "history" or not row.entered_at:
            continue
        if not row.left_at:
            read_until[row.entered_at] = max(read_until.get(row.entered_at, row.entered_at), int(row.seen_at))
        elif row.left_at >= row.entered_at:
            ends[row.entered_at].add(row.left_at)
    closed = [
        PresenceSpan(start, end, sources, sources, sources) for start, group in ends.items() for end in group
    ]
    unfinished = [
        PresenceSpan(start, end, sources, NO_SOURCE, sources, running)
        for start, end in read_until.items()
        if start not in ends
    ]
    return closed + unfinished


def callback_spans(rows: Iterable[Evidence], poll_validity_s: int) -> list[PresenceSpan]:
    """Pair entries and exits of callbacks. An entry without an exit counts for the validity of a poll."""
    sources = frozenset({"callback"})
    events: set[tuple[int, bool]] = set()  # an exit sorts before an entry of the same second
    for row in rows:
        if row.source == "callback":
            events |= {(row.entered_at, True)} if row.present and row.entered_at else set()
            events |= {(row.left_at, False)} if row.present is False and row.left_at else set()
    ordered = sorted(events)
    lines = []
    for index, (moment, entry) in enumerate(ordered):
        following, entry_follows = (
            ordered[index + 1] if index + 1 < len(ordered) else (moment + poll_validity_s, True)
        )
        if entry and entry_follows:
            lines.append(
                PresenceSpan(moment, min(moment + poll_validity_s, following), sources, NO_SOURCE, sources)
            )
        elif entry:
            lines.append(PresenceSpan(moment, following, sources, sources, sources))
    return lines


def contradicted_parts(line: PresenceSpan, missing: Sequence[PollGap], polls: PollMoments) -> list[Interval]:
    """Return the parts of a line in which polls did not see the person."""
    return union(
        part for gap in missing if (part := _contradicted_part(line, gap, polls.good)) and part[0] < part[1]
    )


def _contradicted_part(line: PresenceSpan, gap: PollGap, good: Sequence[float]) -> Interval | None:
    """Return the interval from the first poll of the gap in the line to the next entry or the last poll."""
    first = bisect_left(good, max(gap.first, line.start))
    last = bisect_right(good, min(gap.last, line.end)) - 1
    if first > last:
        return None
    start, end = int(good[first]), int(good[last])
    if gap.left is not None and gap.first == good[first] and line.start <= gap.left:
        start = gap.left
    if gap.back is not None and gap.last == good[last] and gap.back <= line.end:
        end = max(end, gap.back)
    return start, end


def split_span(line: PresenceSpan, holes: Sequence[Interval]) -> list[PresenceSpan]:
    """Return the line without the holes; an end at a hole has no source."""
    parts, start = [], line.start
    for begin, stop in [*holes, (line.end, line.end)]:
        whole_start, whole_end = start == line.start, begin == line.end
        if begin > start or (whole_start and whole_end):
            parts.append(
                PresenceSpan(
                    start,
                    begin,
                    line.started_by if whole_start else NO_SOURCE,
                    line.ended_by if whole_end else NO_SOURCE,
                    line.sources,
                    line.open and whole_end,
                )
            )
        start = stop
    return parts
