from decimal import Decimal

import pytest

from console.ui.shares import percent_number, shown_share


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (Decimal(29) / 30, "96.6"),
        (Decimal("0.9996"), "99.9"),
        (57 / 100, "57"),
        (2 / 3, "66.6"),
        (1e-9, "0"),
        (0, "0"),
        (1, "100"),
        (Decimal("1.25"), "125"),
    ],
)
def test_a_share_is_rounded_down_to_tenths_of_a_per_cent(share: Decimal | float, shown: str) -> None:
    assert percent_number(share) == shown
    assert shown_share(share) * 100 == Decimal(shown)
