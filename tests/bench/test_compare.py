"""The comparison of benchmarks with those of an earlier commit."""

import pytest

from bench.compare import compare, read_figures
from bench.figures import Figure

SLOWER = Figure("a page: first, of 50", "10 ms", "20 ms", 2.0, 1.5)
FASTER = Figure("looks", "9/s", "120/s", 13.3, 12.0, at_least=True)
COUNT = Figure("rows", "100", "0", 0.0, 0.0, sign="")


def test_the_figures_of_a_benchmark_are_read_from_what_it_prints() -> None:
    printed = f"== pages\n{SLOWER}\n{FASTER}\n{COUNT}\n  a note: ours is better (bar none)\n"

    assert read_figures(printed) == [
        ("a page: first, of 50", 2.0, "≤"),
        ("looks", 13.3, "≥"),
        ("rows", 0.0, "≤"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "at_least", "within"),
    [
        ([1.0, 9.0, 1.0], [1.05, 1.05, 7.0], False, True),
        ([1.0], [1.2], False, False),
        ([12.0], [11.5], True, True),
        ([12.0], [10.0], True, False),
        ([0.0], [0.0], False, True),
        ([0.0], [1.0], False, False),
    ],
)
def test_the_median_may_be_a_tenth_worse(
    before: list[float], after: list[float], at_least: bool, within: bool
) -> None:
    assert compare("a page", before, after, at_least=at_least) is within
