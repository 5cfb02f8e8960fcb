"""Shares as people read them: in tenths of a per cent, the same on pages, in charts and in files.

Attendance rates, shares of a lesson and the use of a licence are rounded here and nowhere else. Conditions,
such as thresholds, compare exact numbers; rounded down, no share is shown as one that it does not reach.
"""

from decimal import ROUND_DOWN, Decimal

TENTH_OF_A_PER_CENT = Decimal("0.001")


def shown_share(share: Decimal | float) -> Decimal:
    """Return a fraction of 1 in tenths of a per cent, rounded down: 99.96 % must not show as 100 %.

    A float counts as it is printed, because 57/100 is a little less than 0.57 in memory.
    """
    return Decimal(str(share)).quantize(TENTH_OF_A_PER_CENT, ROUND_DOWN)


def percent_number(share: Decimal | float) -> str:
    """Return a fraction of 1 as a number of per cent, without a unit: "96.6", or "96" if it is whole."""
    return f"{shown_share(share) * 100:.1f}".removesuffix(".0")
