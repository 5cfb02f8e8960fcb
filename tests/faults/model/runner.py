"""Running the model: how many examples, of which length, from which seed, and at which pace.

report = run(iclass, settings, examples=50, steps=30)
"""

from typing import Any

from hypothesis import HealthCheck, Phase
from hypothesis import settings as plan
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.model.knob_values import ALTERNATIVE_VALUES
from tests.faults.model.state_machine import ConsoleStateMachine, ModelReport
from tests.faults.sizes import SEED, size
from tests.support.sandbox import Sandbox

#: That of the small size leads to events and to refusals.
FIRST_SEED = size(full=SEED, ci=24)


def run_model(
    service: Sandbox, settings: Any, *, examples: int, steps: int, seed: int = FIRST_SEED
) -> ModelReport:
    """So many examples of so many steps; AssertionError at the first breach, with its history."""
    set_pauses(settings)
    report = ModelReport()
    rounds = min(examples, len(ALTERNATIVE_VALUES))

    def machine() -> ConsoleStateMachine:
        return ConsoleStateMachine(service, report, rounds)

    machine._hypothesis_internal_use_seed = seed
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
