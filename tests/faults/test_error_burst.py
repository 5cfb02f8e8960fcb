"""A storm of 5xx, 429 and stalls over several schools: all ends, at few calls, and normal life comes back."""

import pytest

from tests.faults.error_burst import ErrorBurst, check_error_burst
from tests.faults.sizes import FULL

#: Times of a server; the small one has a tenth of everything, and less of operations.
STORM = (
    ErrorBurst(operations=2000, seconds=60.0, schools=10)
    if FULL
    else ErrorBurst(
        operations=100, seconds=4.0, schools=3,
        timeout_s=1.5, stall_s=1.6, settle_s=0.5, backoff_s=0.3, breaker_s=0.15, breaker_cap_s=1.5,
    )
)  # fmt: skip

pytestmark = pytest.mark.timeout(900)


def test_a_storm_costs_few_calls_and_loses_nothing(forge, iclass, settings, tmp_path):
    told = check_error_burst(forge, iclass, settings, tmp_path, STORM)
    assert told.in_burst > STORM.schools, "nobody was out in the storm"
