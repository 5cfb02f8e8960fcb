"""Spans of presence that become one stay, and the time that was taught."""

import pytest

from classes.attendance.calculation.types import (
    CLOCK_TOLERANCE_S,
    LessonTimes,
    PresenceSpan,
    merge_spans,
)

CALLBACKS, HISTORY = frozenset({"callbacks"}), frozenset({"history"})


@pytest.mark.parametrize(("seconds", "saw"), [(CLOCK_TOLERANCE_S, True), (CLOCK_TOLERANCE_S + 1, False)])
def test_a_source_saw_the_end_of_a_stay_up_to_the_tolerance_of_the_clocks(seconds: int, saw: bool) -> None:
    longest = PresenceSpan(0, 600, CALLBACKS, CALLBACKS, CALLBACKS)
    shorter = PresenceSpan(0, 600 - seconds, HISTORY, HISTORY, HISTORY)
    (stay,) = merge_spans([longest, shorter])
    assert stay.ended_by == (CALLBACKS | HISTORY if saw else CALLBACKS)
    assert stay.started_by == stay.sources == CALLBACKS | HISTORY


@pytest.mark.parametrize(("real_end", "taught"), [(101, (100, 101)), (100, (100, 900)), (99, (100, 900))])
def test_a_lesson_that_ended_before_a_second_was_taught_counts_until_its_planned_end(
    real_end: int, taught: tuple[int, int]
) -> None:
    assert LessonTimes(0, 900, real_start=100, real_end=real_end, now=2000).taught == taught
