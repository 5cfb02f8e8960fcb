"""Workers paused past their lease (SIGSTOP): another takes over, the paused one neither writes nor sends."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from console.outbox.models import Attempt, Operation
from tests.faults.goals import goal
from tests.faults.intents import INTENTS, Intent, IntentContext, subjects
from tests.faults.oracle import Oracle, Verdict
from tests.faults.outbox_work import LOOKING, drain_outbox, unfinished_operations
from tests.faults.processes import DRAIN, Child, ForkRunner, expire_leases
from tests.faults.sizes import dice, size

#: A loaded machine takes its time over leases and processes.
pytestmark = pytest.mark.timeout(size(full=7200, ci=400))
POINTS = (
    "outbox.claimed", "outbox.prepared", "outbox.sending", "outbox.answered", "outbox.closing",
    "outbox.recorded", *LOOKING,
)  # fmt: skip
#: What a person changes again while the worker with the first change stands still.
CHANGED_AGAIN = ("user/profile/modify", "class/modify", "business/modify")


@dataclass
class PauseCounts:
    paused: int = 0
    reclaimed: int = 0
    stale: list[str] = field(default_factory=list)


def pause(
    point: str, wish: tuple[Intent, Any], world: IntentContext, forge: ForkRunner, tally: PauseCounts
) -> None:
    """One worker stands still at a point until its lease is over and another has done the work."""
    intent, subject = wish
    wished = intent.act(world, subject)
    if point in LOOKING:
        assert forge.killed(DRAIN, at="outbox.answered")
    worker = forge.start(DRAIN, faults={point: "stop@1"})
    if not worker.stopped():
        drain_outbox()
        return
    tally.paused += 1
    if point != "outbox.recorded":  # there it holds its row, and nobody can take it over
        expire_leases(worker.pid)
        tally.reclaimed += 1
        drain_outbox()
        if intent.endpoint in CHANGED_AGAIN:
            intent.act(world, subject if intent.endpoint == "business/modify" else wished)
            drain_outbox()
    _wake(worker, f"{point} {intent.endpoint}", tally, look=point != "outbox.recorded")
    drain_outbox()


def _wake(worker: Child, name: str, tally: PauseCounts, *, look: bool) -> None:
    """Let it go on; what it wrote over the other's work is a stale write."""
    before = written()
    worker.resume()
    worker.ended()
    if look and written() != before:
        tally.stale.append(name)


def written() -> Any:
    """Operations and attempts as they stand."""
    rows = Operation.objects.order_by("pk").values_list("pk", "state", "fence", "attempts", "finished_at")
    return list(rows), Attempt.objects.count()


def plan(pauses: int) -> list[tuple[str, Intent]]:
    """Every point with every endpoint as evenly as the number allows, in random order.

    Where that is each point once, the endpoints are those that are changed again, and others by lot.
    """
    if pauses == len(POINTS):
        again = [intent for intent in INTENTS if intent.endpoint in CHANGED_AGAIN]
        others = [intent for intent in INTENTS if intent.endpoint not in CHANGED_AGAIN]
        intents = again + dice("paused").sample(others, pauses - len(again))
        dice("paused order").shuffle(intents)
        return list(zip(POINTS, intents, strict=True))
    pairs = [
        (POINTS[(number + turn) % len(POINTS)], intent)
        for turn in range(len(POINTS))
        for number, intent in enumerate(INTENTS)
    ]
    chosen = (pairs * (pauses // len(pairs) + 1))[:pauses]
    dice("paused").shuffle(chosen)
    return chosen


def check_pauses(
    pairs: list[tuple[str, Intent]], world: IntentContext, forge: ForkRunner, oracle: Oracle
) -> Verdict:
    tally = PauseCounts()
    wanted = subjects(world, [intent for _, intent in pairs])
    for (point, intent), subject in zip(pairs, wanted, strict=True):
        pause(point, (intent, subject), world, forge, tally)
    verdict = oracle.judge()
    goal("paused workers", paused=tally.paused, reclaimed=tally.reclaimed, stale_writes=len(tally.stale),
         **verdict.figures())  # fmt: skip
    assert not tally.stale, f"stale writes: {tally.stale[:5]}"
    verdict.hold()
    assert not unfinished_operations().exists()
    assert tally.reclaimed > 0, "nobody was fenced off"
    return verdict


def test_no_paused_worker_writes_or_sends_after_its_lease(world, forge, oracle):
    check_pauses(plan(size(full=500, ci=len(POINTS))), world, forge, oracle)
