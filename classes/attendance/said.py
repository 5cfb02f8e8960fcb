"""What history and callbacks said: lines with both ends, each to the second.

A history line may be one stay, or one person from the first entry to the last exit. Which of the two
it is, is never asked: where the polls saw that the person was gone, a line fills nothing.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence

from classes.attendance.seen import NOBODY, Missing, Polls
from classes.attendance.shapes import Evidence, Span
from classes.attendance.spans import Stretch, union


def quits(rows: Iterable[Evidence]) -> dict[int, frozenset[str]]:
    """The seconds at which history or a callback says that the person left, and which of them does."""
    told: dict[int, frozenset[str]] = defaultdict(frozenset)
    for row in rows:
        if row.source in ("history", "callback") and row.left_at and row.left_at >= (row.entered_at or 0):
            told[row.left_at] |= {row.source}
    return dict(told)


def history_lines(rows: Iterable[Evidence], running: bool) -> list[Span]:
    """The lines of the history list. One without an exit counts until it was read."""
    by = frozenset({"history"})
    ends: dict[int, set[int]] = defaultdict(set)
    read: dict[int, int] = {}
    for row in rows:
        if row.source != "history" or not row.entered_at:
            continue
        if not row.left_at:
            read[row.entered_at] = max(read.get(row.entered_at, row.entered_at), int(row.seen_at))
        elif row.left_at >= row.entered_at:
            ends[row.entered_at].add(row.left_at)
    closed = [Span(start, end, by, by, by) for start, group in ends.items() for end in group]
    still = [Span(start, end, by, NOBODY, by, running) for start, end in read.items() if start not in ends]
    return closed + still


def callback_lines(rows: Iterable[Evidence], trust_s: int) -> list[Span]:
    """Entries and exits that were called back, in pairs. A lone entry counts as long as a poll would."""
    by = frozenset({"callback"})
    events: set[tuple[int, bool]] = set()  # an exit sorts before an entry of the same second
    for row in rows:
        if row.source == "callback":
            events |= {(row.entered_at, True)} if row.present and row.entered_at else set()
            events |= {(row.left_at, False)} if row.present is False and row.left_at else set()
    ordered = sorted(events)
    lines = []
    for place, (moment, entry) in enumerate(ordered):
        following, entry_again = ordered[place + 1] if place + 1 < len(ordered) else (moment + trust_s, True)
        if entry and entry_again:
            lines.append(Span(moment, min(moment + trust_s, following), by, NOBODY, by))
        elif entry:
            lines.append(Span(moment, following, by, by, by))
    return lines


def away(line: Span, missing: Sequence[Missing], polls: Polls) -> list[Stretch]:
    """Those parts of a line in which polls saw that the person was gone."""
    return union(
        stretch for gap in missing if (stretch := _away(line, gap, polls.good)) and stretch[0] < stretch[1]
    )


def _away(line: Span, gap: Missing, good: Sequence[float]) -> Stretch | None:
    """From the first poll in both that missed the person to the entry after it, or to the last such poll."""
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


def pieces(line: Span, holes: Sequence[Stretch]) -> list[Span]:
    """The line without the holes; an end that a hole made is nobody's word."""
    found, start = [], line.start
    for begin, stop in [*holes, (line.end, line.end)]:
        whole_start, whole_end = start == line.start, begin == line.end
        if begin > start or (whole_start and whole_end):
            found.append(
                Span(
                    start,
                    begin,
                    line.started_by if whole_start else NOBODY,
                    line.ended_by if whole_end else NOBODY,
                    line.sources,
                    line.open and whole_end,
                )
            )
        start = stop
    return found
