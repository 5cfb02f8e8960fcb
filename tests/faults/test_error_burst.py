"""A storm of 5xx, 429 and stalls over several schools: all ends, at few calls, and normal life comes back."""

import pytest

from tests.faults.error_burst import ErrorBurst, check_error_burst
from tests.faults.sizes import FULL

#: Times of a server; in the small one they are much shorter.
STORM = (
    ErrorBurst(operations=2000, seconds=60.0, schools=10)
    if FULL
    else ErrorBurst(
        operations=40, seconds=1.2, schools=3, workers=3,
        timeout_s=0.6, stall_s=0.7, settle_s=0.2, backoff_s=0.1, breaker_s=0.05, breaker_cap_s=0.5,
    )
)  # fmt: skip

pytestmark = pytest.mark.timeout(900)


def test_a_storm_costs_few_calls_and_loses_nothing(forge, iclass, settings, tmp_path):
    told = check_error_burst(forge, iclass, settings, tmp_path, STORM)
    assert told.in_burst > STORM.schools, "nobody was out in the storm"
