"""Charts: drawings that stay inside their frame, and tables with the same numbers."""

from decimal import Decimal

import pytest
from django.template.loader import render_to_string

from console.ui.charts import (
    MOST_LABELS,
    ChartSeries,
    dot_chart,
    grouped_bars,
    heat_map,
    labels_below,
    line_chart,
    number_scale,
    stacked_bars,
    stacked_chart,
)
from console.ui.template_tags import percent

SERIES = (ChartSeries("present", "present"), ChartSeries("absent", "absent"))


def test_a_bar_is_as_high_as_its_share_and_stands_on_the_ground():
    bars = grouped_bars([[Decimal("0.25"), 1.0]])
    assert [(bar.series, bar.height, bar.y) for bar in bars] == [(0, 25, 75), (1, 100, 0)]


def test_bars_stand_beside_each_other_inside_the_drawing():
    bars = grouped_bars([[0.5, 0.5]] * 7)
    assert len(bars) == 14
    assert all(one.x + one.width <= other.x + 0.011 for one, other in zip(bars, bars[1:], strict=False))
    assert bars[0].x > 0
    assert bars[-1].x + bars[-1].width < 100


def test_what_is_not_known_has_no_bar_and_a_share_out_of_range_stays_inside():
    assert [(bar.series, bar.height) for bar in grouped_bars([[None, 1.7], [None, None]])] == [(1, 100)]
    assert grouped_bars([]) == []


def test_stacked_bars_stand_on_each_other():
    first, second = stacked_bars([[3, 1], [0, 0]], 8)
    assert (first.height, second.height) == (37.5, 12.5)
    assert second.y + second.height == first.y
    assert first.y + first.height == 100
    assert stacked_bars([], 1) == []


@pytest.mark.parametrize(
    ("largest", "top"), [(0, 2), (1, 2), (2, 2), (3, 4), (9, 10), (11, 20), (37, 40), (1001, 2000)]
)
def test_a_scale_reaches_the_largest_number_and_has_whole_numbers(largest, top):
    found, ticks = number_scale(largest)
    assert found == top
    assert [tick.label for tick in ticks] == [str(top), str(top // 2), "0"]


def test_many_labels_are_thinned_out_and_stand_in_order():
    labels = labels_below([str(place) for place in range(365)])
    assert len(labels) <= MOST_LABELS
    assert [one.position for one in labels] == sorted(one.position for one in labels)
    assert labels_below([]) == []


def test_a_missing_value_interrupts_the_line_and_is_a_dash_in_the_table():
    days = [("1", Decimal("0.5")), ("2", None), ("3", Decimal(1)), ("4", Decimal(0))]
    chart = line_chart("rate", "Rate", ("Day", "Rate"), days, percent)
    assert [(point.x, point.y) for point in chart.points] == [(12.5, 50), (62.5, 0), (87.5, 100)]
    assert [(line.x1, line.x2) for line in chart.lines] == [(62.5, 87.5)]
    assert chart.rows[1] == ("2", "—")


def test_a_heat_map_has_a_cell_for_each_share_and_says_the_number():
    chart = heat_map(
        "map", "Map", [("a", "A"), ("b", "B")], [("1", "1"), ("2", "2")],
        {("a", "1"): Decimal("0.95"), ("b", "1"): Decimal("0.749"), ("b", "2"): None}, percent,
    )  # fmt: skip
    assert [(cell.x, cell.y, cell.tone, cell.text) for cell in chart.cells] == [
        (0, 0, "ok", "95"),
        (0, 50, "bad", "74.9"),
    ]
    assert chart.rows == [("A", percent(Decimal("0.95")), "—"), ("B", percent(Decimal("0.749")), "—")]


def test_a_limit_of_a_heat_map_belongs_to_the_better_tone():
    shares = {("a", "1"): Decimal("0.9000"), ("a", "2"): Decimal("0.7500")}
    chart = heat_map("map", "Map", [("a", "A")], [("1", "1"), ("2", "2")], shares, percent)
    assert [cell.tone for cell in chart.cells] == ["ok", "warn"]


def test_lessons_of_the_same_minute_share_a_dot():
    numbers = [minute / 10 for minute in range(2000)]
    chart = dot_chart("dots", "Dots", ("Who",), [("Bob", numbers, ())], [(0, "0"), (20, "20")])
    assert len(chart.points) == 21


def test_a_dot_beyond_the_scale_stands_at_its_end():
    chart = dot_chart("dots", "Dots", ("Who",), [("Bob", [-30, 10, 99], ())], [(0, "0"), (20, "20")])
    assert [point.x for point in chart.points] == [0, 50, 100]


def test_a_chart_is_drawn_with_patterns_escaped_and_with_its_numbers_as_a_table():
    chart = stacked_chart("marks", "<Marks>", "Day", SERIES, [("11-24", {"present": 3, "absent": 1})])
    html = render_to_string("partials/chart.jinja", {"chart": chart}, using="jinja2")
    assert "&lt;Marks&gt;" in html
    assert html.count('fill="url(#pattern-present)"') == 2  # the bar and its legend
    assert '<th scope="row">11-24</th><td class="number">3</td><td class="number">1</td>' in html
    assert 'aria-hidden="true"' in html
    assert "style=" not in html
    patterns = render_to_string("partials/chart_patterns.html")
    assert all(f'id="pattern-{one.name}"' in patterns for one in SERIES)
