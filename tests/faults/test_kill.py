"""kill -9 at every fail-point of the outbox × every changing endpoint: nothing lost, nothing doubled."""

from typing import Any

import pytest

from tests.faults.goals import goal
from tests.faults.intents import DEED, INTENTS, Intent, IntentContext, order_of, subjects
from tests.faults.oracle import Oracle
from tests.faults.outbox_work import LOOKING, POINTS, drain_outbox, unfinished_operations
from tests.faults.processes import DRAIN, ForkRunner
from tests.faults.sizes import dice, size

Wish = tuple[Intent, Any]
#: A loaded machine takes its time over two hundred processes.
pytestmark = pytest.mark.timeout(size(full=7200, ci=400))
#: So many subjects are made at a time.
BATCH = 100


def killed_at(point: str, wish: Wish, world: IntentContext, forge: ForkRunner, patience: float) -> int:
    """Utter a wish, kill what works on it at a point, let a clean worker finish; the number of kills."""
    intent, subject = wish
    kills = 0
    if point == "outbox.enqueued":
        kills += forge.killed(DEED, at=point, **order_of(intent, world, subject))
        assert not unfinished_operations().exists(), "what was never accepted is owed"
    intent.act(world, subject)
    if point in LOOKING:
        kills += forge.killed(DRAIN, at="outbox.answered")
    if point != "outbox.enqueued":
        kills += forge.killed(DRAIN, at=point)
    drain_outbox(patience)
    return kills


def plan(kills: int) -> list[tuple[str, Intent]]:
    """Every point with every endpoint as evenly as the number allows, in random order."""
    pairs = [
        (POINTS[(number + turn) % len(POINTS)], intent)
        for turn in range(len(POINTS))
        for number, intent in enumerate(INTENTS)
    ]
    chosen = (pairs * (kills // len(pairs) + 1))[:kills]
    dice("kill -9").shuffle(chosen)
    return chosen


def check_kills(
    pairs: list[tuple[str, Intent]],
    world: IntentContext,
    forge: ForkRunner,
    oracle: Oracle,
    patience: float = 20.0,
) -> None:
    kills = 0
    for begin in range(0, len(pairs), BATCH):
        batch = pairs[begin : begin + BATCH]
        wanted = subjects(world, [intent for _, intent in batch])
        for (point, intent), subject in zip(batch, wanted, strict=True):
            kills += killed_at(point, (intent, subject), world, forge, patience)
    verdict = oracle.judge()
    goal("kill -9", kills=kills, cases=len(pairs), points=len(POINTS), endpoints=len(INTENTS),
         **verdict.figures())  # fmt: skip
    verdict.hold()
    assert kills >= len(pairs), "some were not killed"


def test_no_kill_loses_or_doubles_anything(world, forge, oracle):
    check_kills(plan(size(full=1000, ci=16)), world, forge, oracle)
