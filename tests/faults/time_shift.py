"""Hours that pass by moving what is due, so that a figure counts calls and no machine is too slow for it.

    check_breaker(world, iclass, settings)      # a storm of sixty hours costs few calls
    check_bucket(world, iclass, settings)       # no hour has more calls than the bucket gives

All pauses are set to hours and each round of the worker is followed by one hour: everything that is due moves
an hour nearer. The seconds that a round really takes are nothing beside it.
"""

import random
import time
from datetime import timedelta
from itertools import pairwise
from typing import Any

from django.db.models import F

from console.outbox import relay
from console.outbox.gates import seconds_until_next_call
from console.outbox.models import Gate
from tests.faults.error_burst import MOST_CALLS, create_schools, enqueue_commands
from tests.faults.fault_proxy import FaultProxy
from tests.faults.goals import goal
from tests.faults.intents import IntentContext
from tests.faults.oracle import Oracle
from tests.faults.outbox_work import unfinished_operations
from tests.faults.sizes import SEED, dice, size
from tests.support.sandbox import Sandbox

HOUR = timedelta(hours=1)
HOUR_S = HOUR.total_seconds()
MINUTE_S = 60
#: How long it storms: as many hours as the full goal has seconds.
STORM_HOURS = size(full=60, ci=30)
#: How lucky a school is in a storm differs: that of three together is far from the bar with any seed.
SCHOOLS = size(full=3, ci=1)
#: Rounds after which work that has not ended never will.
MOST_HOURS = 500
#: The bucket: calls that an hour brings, and how many it holds.
AN_HOUR, BURST = 2, 3


def advance_one_hour() -> None:
    """All that is due, and all that the gates wait for, is an hour nearer."""
    unfinished_operations().update(due_at=F("due_at") - HOUR)
    Gate.objects.update(
        open_until=F("open_until") - HOUR,
        trial_until=F("trial_until") - HOUR,
        refilled_at=F("refilled_at") - HOUR,
    )


def check_breaker(world: IntentContext, iclass: Sandbox, settings: Any, *, operations: int) -> None:
    """A storm of many hours, then fair weather: few calls for each of so many operations of a school."""
    worlds = [world, *create_schools(iclass, SCHOOLS - 1)]
    operations *= len(worlds)
    _pauses_of_hours(settings)
    settings.OUTBOX_RATE = settings.OUTBOX_BURST = 10_000
    random.seed(f"{SEED}:hours")  # the jitter of pauses
    oracle = Oracle(iclass)
    enqueue_commands(worlds, operations)
    with FaultProxy(iclass.url, dice("hours"), stall_s=0) as sky:
        settings.ICLASS_BASE_URL = sky.url
        for hour in range(MOST_HOURS):
            sky.storm = hour < STORM_HOURS
            relay.drain()
            calls = len(sky.calls)
            # Once the bar is missed more hours say nothing new.
            if calls > MOST_CALLS * operations or not (sky.storm or unfinished_operations().exists()):
                break
            advance_one_hour()
    settings.ICLASS_BASE_URL = iclass.url
    ratio = calls / operations
    goal("storm by the hour", hours=STORM_HOURS, operations=operations, calls_per_operation=ratio)
    assert ratio <= MOST_CALLS, f"{ratio:.2f} calls an operation after {hour} hours"
    assert not unfinished_operations().exists(), "some operations have not ended"
    oracle.judge().hold()


def check_bucket(world: IntentContext, iclass: Sandbox, settings: Any, *, operations: int) -> None:
    """More work than the bucket holds: each hour has as many calls as it gives, and all gets done."""
    _pauses_of_hours(settings)
    settings.OUTBOX_RATE, settings.OUTBOX_BURST = AN_HOUR / HOUR_S, BURST
    for _ in range(operations):
        world.lesson()
    most, counted = 2 * BURST + AN_HOUR, [0]
    with FaultProxy(iclass.url, dice("bucket"), stall_s=0) as sky:
        settings.ICLASS_BASE_URL = sky.url
        while unfinished_operations().exists() and len(counted) < MOST_HOURS:
            advance_one_hour()
            if (seconds_until_next_call(time.monotonic()) or 0) < MINUTE_S:
                relay.drain(within_s=0)
            counted.append(len(sky.calls))
    settings.ICLASS_BASE_URL = iclass.url
    busiest = max(after - before for before, after in pairwise(counted))
    goal("bucket by the hour", hours=len(counted) - 1, operations=operations, busiest=busiest, most=most)
    assert not unfinished_operations().exists(), "some operations have not ended"
    # A claim pays one call an operation; what else it called is paid off afterwards.
    assert busiest <= most, f"a school called {busiest} times in an hour, {most} at most"


def _pauses_of_hours(settings: Any) -> None:
    """The relations of a server's pauses, an hour for each second."""
    settings.PROBE_DELAY_S = 5 * HOUR_S
    settings.OUTBOX_BACKOFF_S, settings.OUTBOX_BACKOFF_MAX_S = 2 * HOUR_S, 30 * HOUR_S
    settings.OUTBOX_BREAKER_S, settings.OUTBOX_BREAKER_MAX_S = HOUR_S, 10 * HOUR_S
