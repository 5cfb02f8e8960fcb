"""Charts: where the bars, points and cells of a drawing stand. A template draws them as SVG.

Positions and sizes are percentages of the drawing, so that it fits any width without being stretched. A chart
also has its numbers as a table, for screen readers and paper. Series differ by pattern as well as by colour
(`templates/partials/chart_patterns.html`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from django.utils.functional import Promise

from console.ui.shares import percent_number

Text = str | Promise
Share = Decimal | float | None
#: Part of the width of a group that its bars take; the rest is the gap to the next group.
GROUP_FILL = 0.7
#: The most labels below a drawing: so many fit side by side on a phone.
MOST_LABELS = 7
#: Tops of a scale of numbers, times a power of ten. Half of each is a whole number from 2 on.
TOPS = (2, 4, 6, 8, 10)
#: A share from the first one on is good, from the second one on a warning, below it bad.
HEAT_LIMITS = ((0.9, "ok"), (0.75, "warn"), (0.0, "bad"))


class ChartBar(NamedTuple):
    """A bar; `series` counts from 0, `y` is its upper edge, measured from the top."""

    series: int
    x: float
    y: float
    width: float
    height: float


class ChartTick(NamedTuple):
    """A label of a scale; `position` is measured from the left or from the top."""

    position: float
    label: Text


class ChartSeries(NamedTuple):
    """A series: the name of its pattern, and its label in the legend."""

    name: str
    label: Text


class ChartPoint(NamedTuple):
    """A point with the text that it shows when pointed at."""

    x: float
    y: float
    text: str


class ChartLine(NamedTuple):
    """A line between two neighbouring points; a missing value interrupts it."""

    x1: float
    y1: float
    x2: float
    y2: float


class HeatCell(NamedTuple):
    """A cell of a heat map; `tone` is one of the tones of HEAT_LIMITS."""

    x: float
    y: float
    tone: str
    text: str


@dataclass(frozen=True)
class Chart:
    """A drawing of a kind (bars, line, dots or heat), and the same numbers as `head` and `rows` of a table.

    `labels` stand below the drawing, `scale` beside it. `sides` name the rows of dots and heat maps.
    """

    name: str
    title: Text
    kind: str
    head: Sequence[Text]
    rows: Sequence[Sequence[Text]]
    labels: Sequence[ChartTick]
    scale: Sequence[ChartTick] = ()
    series: Sequence[ChartSeries] = ()
    bars: Sequence[tuple[str, ChartBar]] = ()
    points: Sequence[ChartPoint] = ()
    lines: Sequence[ChartLine] = ()
    cells: Sequence[HeatCell] = ()
    cell_width: float = 0
    cell_height: float = 0
    sides: Sequence[Text] = ()
    note: Text = ""


def grouped_bars(groups: Sequence[Sequence[Share]]) -> list[ChartBar]:
    """Return the bars of shares: a group for each item, in it a bar for each series; None has no bar."""
    found = []
    for place, group in enumerate(groups):
        whole = 100 / len(groups)
        width = whole * GROUP_FILL / max(len(group), 1)
        left = place * whole + whole * (1 - GROUP_FILL) / 2
        for series, share in enumerate(group):
            if share is not None:
                height = 100 * min(max(float(share), 0.0), 1.0)
                bar = (left + series * width, 100 - height, width, height)
                found.append(ChartBar(series, *(round(number, 2) for number in bar)))
    return found


def stacked_bars(groups: Sequence[Sequence[float]], top: float) -> list[ChartBar]:
    """Return the bars of numbers up to `top`, those of a group on each other; 0 has no bar."""
    found = []
    whole = 100 / max(len(groups), 1)
    for place, group in enumerate(groups):
        left, below = place * whole + whole * (1 - GROUP_FILL) / 2, 0.0
        for series, number in enumerate(group):
            if number:
                height = 100 * number / top
                bar = (left, 100 - below - height, whole * GROUP_FILL, height)
                found.append(ChartBar(series, *(round(one, 2) for one in bar)))
                below += height
    return found


def number_scale(largest: float) -> tuple[int, list[ChartTick]]:
    """Return the top of a scale that reaches `largest`, and its labels at the top, in the middle and at 0."""
    power = 1
    while TOPS[-1] * power < largest:
        power *= 10
    top = next(one * power for one in TOPS if one * power >= largest)
    return top, [ChartTick(0, str(top)), ChartTick(50, str(top // 2)), ChartTick(100, "0")]


def labels_below(names: Sequence[Text]) -> list[ChartTick]:
    """Return the labels of items, each in the middle of its item; where there are many, of some."""
    step = -(-len(names) // MOST_LABELS) or 1
    return [ChartTick(_middle(place, len(names)), names[place]) for place in range(0, len(names), step)]


def line_chart(
    name: str,
    title: Text,
    head: Sequence[Text],
    items: Sequence[tuple[Text, Share]],
    text: Callable[..., str],
) -> Chart:
    """Return the line of shares over time; `text` formats a share."""
    places: list[ChartPoint | None] = [
        ChartPoint(_middle(place, len(items)), round(100 - 100 * float(share), 2), f"{label}: {text(share)}")
        if share is not None
        else None
        for place, (label, share) in enumerate(items)
    ]
    return Chart(
        name,
        title,
        "line",
        head,
        [(label, text(share) or "—") for label, share in items],
        labels_below([label for label, _share in items]),
        scale=[ChartTick(100 - at, f"{at} %") for at in (100, 50, 0)],
        points=[point for point in places if point],
        lines=[
            ChartLine(one.x, one.y, two.x, two.y) for one, two in pairwise(places) if one and two
        ],
    )  # fmt: skip


def stacked_chart(
    name: str,
    title: Text,
    head: Text,
    series: Sequence[ChartSeries],
    items: Sequence[tuple[Text, Mapping[str, int]]],
    note: Text = "",
) -> Chart:
    """Return the bars of numbers, a stack for each item; each item maps names of series to numbers."""
    groups = [[numbers.get(one.name, 0) for one in series] for _label, numbers in items]
    top, scale = number_scale(max(map(sum, groups), default=0))
    return Chart(
        name,
        title,
        "bars",
        [head, *(one.label for one in series)],
        [(label, *map(str, group)) for (label, _numbers), group in zip(items, groups, strict=True)],
        labels_below([label for label, _numbers in items]),
        scale=scale,
        series=series,
        bars=[(series[bar.series].name, bar) for bar in stacked_bars(groups, top)],
        note=note,
    )


def heat_map(
    name: str,
    title: Text,
    sides: Sequence[tuple[str, Text]],
    columns: Sequence[tuple[str, Text]],
    shares: Mapping[tuple[str, str], Share],
    text: Callable[..., str],
    note: Text = "",
) -> Chart:
    """Return a map of shares by key of row and column, given with their labels; `text` formats a share."""
    width, height = 100 / max(len(columns), 1), 100 / max(len(sides), 1)
    cells, rows = [], []
    for row, (side, label) in enumerate(sides):
        texts = []
        for place, (column, _label) in enumerate(columns):
            share = shares.get((side, column))
            texts.append(text(share) or "—")
            if share is not None:
                tone = next(tone for limit, tone in HEAT_LIMITS if float(share) >= limit)
                shown = percent_number(share)
                cells.append(HeatCell(round(place * width, 2), round(row * height, 2), tone, shown))
        rows.append((label, *texts))
    cells.sort(key=lambda cell: cell.tone == "bad")  # a frame is drawn over its neighbours
    names = [label for _key, label in columns]
    return Chart(
        name,
        title,
        "heat",
        ["", *names],
        rows,
        [ChartTick(_middle(place, len(names)), one) for place, one in enumerate(names)],
        cells=cells,
        cell_width=round(width, 3),
        cell_height=round(height, 3),
        sides=[label for _key, label in sides],
        note=note,
    )


def dot_chart(
    name: str,
    title: Text,
    head: Sequence[Text],
    items: Sequence[tuple[Text, Sequence[float], Sequence[Text]]],
    ticks: Sequence[tuple[float, Text]],
    note: Text = "",
) -> Chart:
    """Return a row of dots for each item: its label, its numbers, and the other cells of its table row.

    `ticks` are the labels of the scale; numbers beyond its ends stand at them. Numbers that are alike when
    they are rounded share a dot, so that a row has no more of them than the scale has whole numbers.
    """
    low, high = ticks[0][0], ticks[-1][0]
    points = [
        ChartPoint(
            round(100 * (number - low) / (high - low), 2), _middle(row, len(items)), f"{label}: {number:.0f}"
        )
        for row, (label, numbers, _cells) in enumerate(items)
        for number in sorted({min(max(round(number), low), high) for number in numbers})
    ]
    return Chart(
        name,
        title,
        "dots",
        head,
        [(label, *cells) for label, _numbers, cells in items],
        [ChartTick(round(100 * (at - low) / (high - low), 2), label) for at, label in ticks],
        points=points,
        sides=[label for label, _numbers, _cells in items],
        note=note,
    )


def _middle(place: int, number: int) -> float:
    return round((place + 0.5) * 100 / number, 2)
