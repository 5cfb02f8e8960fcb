"""A storm over several schools whose workers are real processes, and how it is judged.

check_storm(forge, iclass, settings, tmp_path, STORM)

The workers are forged and live over the whole storm; they do what the worker of a server does: drain, wait a
moment, drain again. Everything that is owed was asked for before the storm begins. Life is normal again when
all of it has ended and each school has had a fresh wish fulfilled with its breaker closed.
"""

import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accounts.models import Enterprise, Role, User
from accounts.school.services import add_school
from console.outbox import relay
from console.outbox.models import Gate, Operation
from console.outbox.states import OperationState
from tests.faults.fault_proxy import FaultProxy
from tests.faults.goals import goal
from tests.faults.intents import IntentContext
from tests.faults.oracle import Oracle, Verdict
from tests.faults.outbox_work import unfinished_operations
from tests.faults.processes import ForkRunner
from tests.faults.sizes import dice
from tests.support.sandbox import Sandbox

WORK = "tests.faults.error_burst:work"
KEY = "k" * 31
#: The bars of the issue.
MOST_CALLS, NORMAL_WITHIN_S = 3.0, 60.0


@dataclass(frozen=True)
class ErrorBurst:
    """How long and how large. Times are those of a server in the full size, smaller in the others.

    `rate` and `burst` are a school's bucket, `stall_s` how long a stalled call is held, `timeout_s` when the
    client gives it up.
    """

    operations: int
    seconds: float
    schools: int
    workers: int = 4
    timeout_s: float = 15.0
    stall_s: float = 16.0
    settle_s: float = 5.0
    backoff_s: float = 2.0
    breaker_s: float = 1.0
    breaker_cap_s: float = 10.0
    rate: float = 100.0
    burst: float = 200.0
    patience_s: float = NORMAL_WITHIN_S


@dataclass
class ErrorBurstResult:
    """What a storm came to."""

    calls_per_operation: float
    in_burst: int
    ended: int
    recovered_after_s: float
    busiest: int
    breakers: str
    verdict: Verdict


def work(stop: str, pause_s: float) -> int:
    """A worker, until the file `stop` stands; returns its steps."""
    done = 0
    while not Path(stop).exists():
        done += relay.drain(200)
        time.sleep(pause_s)
    return done


def create_schools(iclass: Sandbox, many: int) -> list[IntentContext]:
    """Schools with their keys pulled and a teacher at the service."""
    first = 1_400_010_000 + Enterprise.objects.count() * 100
    worlds = []
    for number in range(first, first + many):
        key = f"{KEY}{number % 10}"
        iclass.control("enterprise", {"sdkappid": number, "tic_key": key, "room_url": iclass.url})
        iclass.keys[number] = key
        iclass.call("user/register", {"list": [{"user_id": "bob", "role": "teacher"}]}, number)
        school = add_school(sdkappid=number, tic_key=key, name=f"Storm {number}")
        bob = User.objects.create(enterprise=school, user_id="bob", role=Role.TEACHER, remote_id="bob")
        worlds.append(IntentContext(school, bob, bob))
    relay.drain()
    for world in worlds:
        world.school.refresh_from_db()
        assert world.school.private_key
    return worlds


def enqueue_commands(worlds: list[IntentContext], many: int) -> None:
    """So many wishes, spread over the schools: half lessons, a third people, the rest documents."""
    for number in range(many):
        world, sort = worlds[number % len(worlds)], number // len(worlds) % 6
        if sort < 3:
            world.lesson()
        elif sort < 5:
            world.person()
        else:
            world.document()


def check_error_burst(
    forge: ForkRunner, iclass: Sandbox, settings: Any, tmp_path: Path, storm: ErrorBurst
) -> ErrorBurstResult:
    """The goal. Its controls count by the hour: `tests/faults/time_shift.py`."""
    settings.OUTBOX_RATE, settings.OUTBOX_BURST = 10_000, 10_000
    worlds = create_schools(iclass, storm.schools)
    oracle = Oracle(iclass)
    before = set(Operation.objects.values_list("pk", flat=True))
    enqueue_commands(worlds, storm.operations)
    _apply(settings, storm)
    with FaultProxy(iclass.url, dice("storm"), stall_s=storm.stall_s) as sky:
        settings.ICLASS_BASE_URL = sky.url
        sky.storm = True
        stop = tmp_path / f"stop-{worlds[0].school.sdkappid}"
        crew = [
            forge.start(WORK, stop=str(stop), pause_s=0.2, seed=number) for number in range(storm.workers)
        ]
        try:
            # On a machine short of memory forked workers take seconds to wake; it storms from when they call.
            _wait_for(lambda: len(sky.calls) > storm.schools, storm.patience_s)
            time.sleep(storm.seconds)
            sky.storm = False
            over = time.monotonic()
            made = Operation.objects.exclude(pk__in=before).count()
            breakers = _breakers()
            _wait_for(lambda: not unfinished_operations().exists(), storm.patience_s)
            calls = len(sky.calls)
            normal = _normal(worlds, over + storm.patience_s)
            after = time.monotonic() - over
        finally:
            stop.touch()
            for child in crew:
                child.ended(240)
    settings.ICLASS_BASE_URL = iclass.url
    told = ErrorBurstResult(
        calls_per_operation=calls / made,
        in_burst=sum(in_burst for _, _, in_burst in sky.calls),
        ended=made - Operation.objects.exclude(pk__in=before).filter(state__in=_OPEN).count(),
        recovered_after_s=after,
        busiest=sky.busiest(1.0),
        breakers=breakers,
        verdict=oracle.judge(),
    )
    _print(storm, made, told)
    _hold(storm, made, told, normal)
    return told


_OPEN = (
    OperationState.READY,
    OperationState.SENDING,
    OperationState.UNKNOWN,
    OperationState.PROBING,
    OperationState.HELD,
)


def _apply(settings: Any, storm: ErrorBurst) -> None:
    settings.ICLASS_TIMEOUT_S, settings.PROBE_DELAY_S = storm.timeout_s, storm.settle_s
    settings.OUTBOX_BACKOFF_S, settings.OUTBOX_BACKOFF_MAX_S = storm.backoff_s, 15 * storm.backoff_s
    settings.OUTBOX_BREAKER_S, settings.OUTBOX_BREAKER_MAX_S = storm.breaker_s, storm.breaker_cap_s
    settings.OUTBOX_RATE, settings.OUTBOX_BURST = storm.rate, storm.burst


def _breakers() -> str:
    opened = Counter(bool(gate.open_until) for gate in Gate.objects.all())
    return f"{opened[True]}/{sum(opened.values())}"


def _wait_for(ready: Any, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not ready() and time.monotonic() < until:
        time.sleep(0.1)
    return bool(ready())


def _normal(worlds: list[IntentContext], until: float) -> bool:
    """Whether a fresh wish of each school is fulfilled, and every breaker closed, by then."""
    fresh = [world.person() for world in worlds]

    def well() -> bool:
        owed = Operation.objects.filter(
            subject_type="accounts.user", subject_id__in=[one.pk for one in fresh]
        )
        closed = not Gate.objects.exclude(open_until=None, failures=0).exists()
        return closed and not owed.exclude(state=OperationState.DONE).exists()

    return _wait_for(well, max(5.0, until - time.monotonic()))


def _print(storm: ErrorBurst, made: int, told: ErrorBurstResult) -> None:
    goal(
        "storm",
        seconds=storm.seconds,
        schools=storm.schools,
        operations=made,
        calls_per_operation=told.calls_per_operation,
        calls_in_storm=told.in_burst,
        busiest_second=told.busiest,
        breakers_open_at_its_end=told.breakers,
        ended=told.ended,
        waiting=told.verdict.waiting,
        lost=len(told.verdict.lost),
        doubled=len(told.verdict.doubled),
        recovered_after_s=told.recovered_after_s,
    )


def _hold(storm: ErrorBurst, made: int, told: ErrorBurstResult, normal: bool) -> None:
    why = Operation.objects.filter(state=OperationState.REFUSED).values_list("kind", "reason").first()
    assert not told.verdict.refused, f"{told.verdict.refused} were refused: {why}"
    assert told.ended == made, f"{made - told.ended} operations have not ended"
    assert told.calls_per_operation <= MOST_CALLS, f"{told.calls_per_operation:.2f} calls an operation"
    assert normal, f"no normal service {told.recovered_after_s:.0f} s after the storm"
    assert told.recovered_after_s <= storm.patience_s, f"normal only after {told.recovered_after_s:.0f} s"
    told.verdict.hold()
    assert not told.verdict.waiting, "a person was asked though the service could tell"
