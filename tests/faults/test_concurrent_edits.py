"""Twenty people edit the same ten lessons while answers are lost: one class a lesson, rows equal to it."""

import random
from pathlib import Path
from typing import Any

import pytest

from tests.faults.concurrent_edits import CLIENTS, LESSONS, run_concurrent_edits
from tests.faults.goals import goal
from tests.faults.intents import IntentContext
from tests.faults.processes import ForkRunner
from tests.faults.sizes import SEED, size
from tests.support.sandbox import Sandbox

pytestmark = pytest.mark.timeout(size(full=900, ci=400))
SECONDS = size(full=60.0, ci=4.0)


@pytest.mark.parametrize("number", range(size(full=20, ci=1)))
def test_a_storm_of_editors_doubles_nothing_and_overwrites_nothing(
    number: int, forge: ForkRunner, iclass: Sandbox, settings: Any, tmp_path: Path, world: IntentContext
) -> None:
    chance = random.Random(f"{SEED}: editors {number}")
    told = run_concurrent_edits(forge, iclass, settings, tmp_path, world, chance, SECONDS)
    goal(
        "editors",
        number=number,
        clients=CLIENTS,
        lessons=LESSONS,
        seconds=SECONDS,
        answers=sum(told.answers.values()),
        refused=sum(count for code, count in told.answers.items() if code >= 400),
        calls=told.calls,
        doubled=told.doubled,
        apart=len(told.apart),
        shown=told.shown,
        unfinished=told.unfinished,
        crashes=len(told.crashes),
    )
    assert not told.crashes, told.crashes[:5]
    assert not told.doubled, "a lesson has two classes, or two lessons have one"
    assert not told.apart, told.apart[:5]
    assert not told.unfinished, "operations have not ended"
    assert told.answers[200] > CLIENTS, "hardly anybody edited anything"
