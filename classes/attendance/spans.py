"""Stretches of time as pairs of whole unix seconds, the end not included."""

from collections.abc import Iterable

Stretch = tuple[int, int]


def union(stretches: Iterable[Stretch]) -> list[Stretch]:
    """In order, without overlap; those that touch become one, empty ones go."""
    joined: list[Stretch] = []
    some = [stretch for stretch in stretches if stretch[0] < stretch[1]]
    if len(some) < 2:
        return some
    for start, end in sorted(some):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def common(some: Iterable[Stretch], others: Iterable[Stretch]) -> list[Stretch]:
    """What lies in both."""
    others = union(others)
    if not others:
        return []
    return union((max(start, begin), min(end, stop)) for start, end in union(some) for begin, stop in others)


def without(stretches: Iterable[Stretch], holes: Iterable[Stretch]) -> list[Stretch]:
    """What of the stretches lies in no hole."""
    left = []
    holes = union(holes)
    if not holes:
        return union(stretches)
    for start, end in union(stretches):
        for begin, stop in holes:
            if stop <= start or begin >= end:
                continue
            left.append((start, begin))
            start = stop
        left.append((start, end))
    return union(left)


def total(stretches: Iterable[Stretch]) -> int:
    """Seconds in all, each counted once."""
    return sum(end - start for start, end in union(stretches))
