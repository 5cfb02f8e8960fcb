"""Half-open intervals of whole unix seconds."""

from collections.abc import Iterable

Interval = tuple[int, int]


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """Sort the intervals, merge those that overlap or touch, and drop empty ones."""
    merged: list[Interval] = []
    non_empty = [interval for interval in intervals if interval[0] < interval[1]]
    if len(non_empty) < 2:
        return non_empty
    for start, end in sorted(non_empty):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def intersection(intervals: Iterable[Interval], others: Iterable[Interval]) -> list[Interval]:
    """Return the intersection of two sets of intervals."""
    others = union(others)
    if not others:
        return []
    return union(
        (max(start, begin), min(end, stop)) for start, end in union(intervals) for begin, stop in others
    )


def difference(intervals: Iterable[Interval], holes: Iterable[Interval]) -> list[Interval]:
    """Return the parts of the intervals that lie in no hole."""
    parts = []
    holes = union(holes)
    if not holes:
        return union(intervals)
    for start, end in union(intervals):
        for begin, stop in holes:
            if stop <= start or begin >= end:
                continue
            parts.append((start, begin))
            start = stop
        parts.append((start, end))
    return union(parts)


def total_seconds(intervals: Iterable[Interval]) -> int:
    """Return the total length in seconds; overlaps count once."""
    return sum(end - start for start, end in union(intervals))
