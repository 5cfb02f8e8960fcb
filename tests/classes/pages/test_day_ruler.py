"""The ruler of a day: whole hours, rows without overlaps, and the line of now."""

import random
from datetime import date, datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest

from classes.pages.day_ruler import MIN_WIDTH, Span, build_ruler

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 24)


def at(hour, minute=0, day=DAY, zone=ZONE):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)


def hours(ruler):
    return [tick.at.hour for tick in ruler.ticks]


def test_a_day_without_lessons_has_the_hours_of_a_school():
    ruler = build_ruler([], DAY, at(13), ZONE)
    assert hours(ruler) == list(range(8, 18))
    assert (ruler.bars, ruler.rows, ruler.now) == ([], 0, 50)


def test_early_and_late_lessons_lengthen_the_ruler_by_whole_hours():
    ruler = build_ruler([Span(at(6, 50), at(7, 30)), Span(at(19), at(20, 15))], DAY, at(5), ZONE)
    assert hours(ruler) == list(range(6, 21))
    assert ruler.now is None


def test_a_lesson_stands_where_its_minutes_are():
    bar = build_ruler([Span(at(9), at(10, 30))], DAY, at(9), ZONE).bars[0]
    assert (bar.x, bar.width, bar.row) == (10, 15, 0)


def test_lessons_at_the_same_time_have_rows_of_their_own_and_the_next_one_takes_the_first_free():
    spans = [Span(at(9), at(10)), Span(at(9), at(9, 45)), Span(at(10), at(11)), Span(at(10), at(11))]
    assert [bar.row for bar in build_ruler(spans, DAY, at(9), ZONE).bars] == [0, 1, 0, 1]


def test_a_lesson_since_yesterday_begins_with_the_day_and_one_into_tomorrow_ends_with_it():
    spans = [Span(at(22) - timedelta(days=1), at(1)), Span(at(23), at(2) + timedelta(days=1))]
    ruler = build_ruler(spans, DAY, at(9), ZONE)
    assert hours(ruler) == list(range(24))
    assert [round(bar.x + bar.width) for bar in ruler.bars] == [4, 100]
    assert ruler.bars[0].x == 0


def test_a_day_of_23_hours_has_23_hours():
    zone, day = ZoneInfo("Europe/Berlin"), date(2027, 3, 28)
    spans = [
        Span(at(0, 30, day, zone), at(1, 15, day, zone)),
        Span(at(23, 0, day, zone), at(23, 45, day, zone)),
    ]
    ruler = build_ruler(spans, day, at(9, 0, day, zone), zone)
    assert hours(ruler) == [0, 1, *range(3, 24)]
    assert abs(ruler.bars[1].x - 100 * 22 / 23) < 0.01


@pytest.mark.parametrize("seed", range(20))
def test_no_two_bars_of_a_row_overlap_and_none_leaves_the_ruler(seed):
    chance = random.Random(seed)
    starts = sorted(chance.randrange(24 * 60) for _ in range(chance.randrange(1, 60)))
    begins = [at(0) + timedelta(minutes=start) for start in starts]
    spans = [Span(one, one + timedelta(minutes=chance.randint(1, 300))) for one in begins]
    ruler = build_ruler(spans, DAY, at(9), ZONE)
    assert all(bar.x >= 0 and bar.width >= MIN_WIDTH and bar.x + bar.width <= 100.01 for bar in ruler.bars)
    for one, other in combinations(ruler.bars, 2):
        apart = one.x + one.width <= other.x + 0.01 or other.x + other.width <= one.x + 0.01
        assert one.row != other.row or apart
