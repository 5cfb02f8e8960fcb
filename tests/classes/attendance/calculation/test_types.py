"""Spans of presence that become one stay."""

import pytest

from classes.attendance.calculation.types import CLOCK_TOLERANCE_S, PresenceSpan, merge_spans

CALLBACKS, HISTORY = frozenset({"callbacks"}), frozenset({"history"})


@pytest.mark.parametrize(("seconds", "saw"), [(CLOCK_TOLERANCE_S, True), (CLOCK_TOLERANCE_S + 1, False)])
def test_a_source_saw_the_end_of_a_stay_up_to_the_tolerance_of_the_clocks(seconds: int, saw: bool) -> None:
    longest = PresenceSpan(0, 600, CALLBACKS, CALLBACKS, CALLBACKS)
    shorter = PresenceSpan(0, 600 - seconds, HISTORY, HISTORY, HISTORY)
    (stay,) = merge_spans([longest, shorter])
    assert stay.ended_by == (CALLBACKS | HISTORY if saw else CALLBACKS)
    assert stay.started_by == stay.sources == CALLBACKS | HISTORY
