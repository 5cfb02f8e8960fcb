"""What makes a storm cheap: without the breaker, or without the bucket, its bar is missed.

Counted in calls hour by hour, not in seconds: a busy machine calls less often, which would hide what is
missing.
"""

import pytest

from tests.faults.goals import sabotage
from tests.faults.sizes import size
from tests.faults.time_shift import check_breaker, check_bucket

#: Enough work for the calls that the breaker lets through on trial, and for several hours of the bucket.
OPERATIONS = {"outbox.breaker": size(full=60, ci=24), "outbox.bucket": size(full=18, ci=12)}
CONTROLS = {"outbox.breaker": check_breaker, "outbox.bucket": check_bucket}

#: Some hundred calls; a busy machine takes its time.
pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize("defence", CONTROLS)
def test_with_the_defence_the_bar_is_met(defence, world, iclass, settings):
    CONTROLS[defence](world, iclass, settings, operations=OPERATIONS[defence])


@pytest.mark.full
@pytest.mark.parametrize("defence", CONTROLS)
def test_without_the_defence_the_bar_is_missed(defence, world, iclass, settings):
    check = CONTROLS[defence]
    sabotage(defence, lambda: check(world, iclass, settings, operations=OPERATIONS[defence]))
