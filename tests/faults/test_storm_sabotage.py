"""What makes a storm cheap: without the breaker, or without the bucket, its bar is missed."""

import pytest

from tests.faults.goals import quietly, sabotage
from tests.faults.storm import Storm, check_storm

CONTROLS = {
    # The breaker decides the calls of the storm, not the work: with little work the ratio is chance.
    "outbox.breaker": Storm(
        operations=150, seconds=7.0, schools=2, timeout_s=0.5, stall_s=0.6, settle_s=0.3, backoff_s=0.1,
        breaker_s=0.5, breaker_cap_s=4.0,
    ),
    "outbox.bucket": Storm(
        operations=18, seconds=0.5, schools=1, timeout_s=0.5, stall_s=0.6, settle_s=0.3, backoff_s=0.1,
        breaker_s=0.1, breaker_cap_s=0.3, rate=3.0, burst=3.0,
    ),
}  # fmt: skip

pytestmark = pytest.mark.timeout(400)


@pytest.mark.parametrize("defence", CONTROLS)
def test_without_the_defence_the_bar_is_missed(defence, forge, iclass, settings, tmp_path):
    storm, bucket = CONTROLS[defence], defence == "outbox.bucket"
    with quietly():
        check_storm(forge, iclass, settings, tmp_path, storm, bucket=bucket)
    sabotage(defence, lambda: check_storm(forge, iclass, settings, tmp_path, storm, bucket=bucket))
