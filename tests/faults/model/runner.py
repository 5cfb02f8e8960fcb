"""Running the model: how many examples, of which length, from which seed, and at which pace.

report = run(iclass, settings, examples=50, steps=30)
"""

from collections.abc import Collection
from typing import Any

from hypothesis import HealthCheck, Phase
from hypothesis import settings as plan
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.model.state_machine import ConsoleStateMachine, ModelReport
from tests.faults.sizes import SEED
from tests.support.sandbox import Sandbox


def run_model(
    service: Sandbox, settings: Any, *, examples: int, steps: int, always: Collection[str] = ()
) -> ModelReport:
    """So many examples of so many steps; AssertionError at the first breach, with its history.

    Knobs named in `always` are turned in each example.
    """
    set_pauses(settings)
    report = ModelReport()

    def machine() -> ConsoleStateMachine:
        return ConsoleStateMachine(service, report, frozenset(always))

    machine._hypothesis_internal_use_seed = SEED
    try:
        run_state_machine_as_test(machine, settings=_size(examples, steps))
    except Flaky as caught:
        # The history breached an invariant and, told again, did not: threads of the service are no dice.
        if not report.breaches:
            raise
        name, found = report.breaches[0]
        raise AssertionError(f"{name}: {found}") from caught
    return report


def _size(examples: int, steps: int) -> plan:
    return plan(
        max_examples=examples,
        stateful_step_count=steps,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )


def set_pauses(settings: Any) -> None:
    """Pauses are of the moved clock, so that nobody waits; the breaker's are of the database's, and short."""
    settings.PROBE_DELAY_S, settings.OUTBOX_BACKOFF_S, settings.OUTBOX_BACKOFF_MAX_S = 45, 2, 60
    settings.OUTBOX_RATE = settings.OUTBOX_BURST = 1e6
    settings.OUTBOX_BREAKER_S, settings.OUTBOX_BREAKER_MAX_S = 0.005, 0.01
    settings.HISTORY_POLL_S = 20
