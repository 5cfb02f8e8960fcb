"""Random lessons for the properties: minutes long, so that they can be counted second by second."""

import os
from collections.abc import Callable
from functools import wraps
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from classes.attendance.calculation.types import AttendancePolicy, Evidence
from tests.classes.attendance.simulated_lessons import SimulatedLesson, at
from tests.faults.goals import add_to_goal

#: Random lessons for each of nineteen properties; the end of a run prints the number of cases.
EXAMPLES = {"quick": 50, "ci": 400, "thorough": 5000, "all": 10000}
#: HYPOTHESIS_PROFILE=ci, thorough or all looks at more of them, as `python -m bench.rules` does.
property_settings = settings(
    max_examples=EXAMPLES[os.environ.get("HYPOTHESIS_PROFILE", "quick")],
)


def property_test(test: Any) -> Callable[..., None]:
    """A property over many random lessons, which adds its cases to the sum that is printed."""
    inner, cases = test.hypothesis.inner_test, [0]

    @wraps(inner)
    def counted(*args: Any, **drawn: Any) -> Any:
        cases[0] += 1
        return inner(*args, **drawn)

    test.hypothesis.inner_test = counted
    run = property_settings(test)

    @wraps(run)
    def told(*args: Any, **fixtures: Any) -> None:
        cases[0] = 0
        run(*args, **fixtures)
        add_to_goal("attendance properties", properties=1, cases=cases[0])

    return told


START = at("8:00")
LONGEST = 900
USER = "s-ann"


@st.composite
def visits(draw, begin=START - 120, end=START + LONGEST + 60):
    """Up to four visits in order; the last may never end."""
    edges = sorted(draw(st.sets(st.integers(begin, end), max_size=8)))
    pairs = list(zip(edges[::2], edges[1::2], strict=False))
    if pairs and draw(st.booleans()):
        pairs[-1] = (pairs[-1][0], None)
    return pairs


stretch = st.tuples(st.integers(-150, LONGEST), st.integers(1, 300)).map(
    lambda pair: (START + pair[0], START + pair[0] + pair[1])
)


@st.composite
def simulated_lessons(draw, **fixed):
    """Any lesson: late or early teacher, running or over, outages, either history or none, lost callbacks."""
    real_start = START + draw(st.sampled_from([-60, 0, 0, 0, 7, 130]))
    length = draw(st.integers(60, LONGEST))
    running = draw(st.sampled_from([False, False, False, True]))
    end = real_start + length
    how = {
        "visits": {USER: draw(visits()), "s-ben": draw(visits())},
        "planned": (START, START + draw(st.integers(300, LONGEST))),
        "real_start": real_start,
        "real_end": None if running else end,
        "now": end if running else end + draw(st.integers(0, 300)),
        "every": draw(st.sampled_from([5, 20, 20, 25])),
        "first_poll": real_start - draw(st.integers(-100, 100)),
        "down": draw(st.lists(stretch, max_size=2)),
        "blind": draw(st.lists(stretch, max_size=1)),
        "sparse": draw(st.booleans()),
        "history": draw(st.sampled_from(["", "stay", "user"])),
        "settled": draw(st.booleans()),
        "called_back": draw(st.frozensets(st.integers(0, 15), max_size=6)),
        "policy": AttendancePolicy(
            late_after_s=draw(st.sampled_from([0, 60, 300])),
            early_leave_s=draw(st.sampled_from([0, 60, 300])),
            present_share=draw(st.sampled_from([1, 50, 80, 100])),
            leave_minutes=draw(st.sampled_from([1, 1, 3, 45])),
            poll_s=draw(st.sampled_from([20, 25])),
        ),
    }
    return SimulatedLesson(**{**how, **fixed})


@st.composite
def forged_callbacks(draw, kinds=("entry", "exit")):
    """Entries and exits of Ann that never happened, as somebody with a captured signature calls them back."""
    moments = draw(st.lists(st.tuples(st.sampled_from(kinds), stretch), max_size=5))
    return [
        Evidence(
            "callback",
            first + 1,
            USER,
            present=kind == "entry",
            **{"entered_at" if kind == "entry" else "left_at": first},
        )
        for kind, (first, _last) in moments
    ]


@st.composite
def wrong_history_rows(draw):
    """Lines of a history that may be wrong about Ann, with or without an exit."""
    return [
        Evidence("history", last, USER, entered_at=first, left_at=last if draw(st.booleans()) else None)
        for first, last in draw(st.lists(stretch, max_size=2))
    ]


@st.composite
def false_evidence(draw):
    """Evidence of what never happened: forged callbacks, and wrong lines of the history."""
    return [*draw(forged_callbacks()), *draw(wrong_history_rows())]
