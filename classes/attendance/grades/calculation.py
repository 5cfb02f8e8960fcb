"""Points and percentage of a student from the counts of their marks: pure functions without a database."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

#: Points by mark; None for a mark that is neutral. Marks that are missing are neutral, too.
Weights = Mapping[str, Decimal | None]
CENT, TENTH = Decimal("0.01"), Decimal("0.1")


class Grade(NamedTuple):
    """`percent` is None where no lesson counted."""

    counted: int
    points: Decimal
    percent: Decimal | None


def grade_of(counts: Mapping[str, int], weights: Weights) -> Grade:
    """Return the grade for these numbers of marks.

    The percentage is the points by the lessons counted, rounded half up to one decimal. Weights have two
    decimals, so that sums are exact, and a quotient that lies half way is, too.
    """
    counted, points = 0, Decimal(0)
    for mark, number in counts.items():
        weight = weights.get(mark)
        if weight is not None:
            counted += number
            points += number * weight
    percent = (points * 100 / counted).quantize(TENTH, ROUND_HALF_UP) if counted else None
    return Grade(counted, points.quantize(CENT), percent)
