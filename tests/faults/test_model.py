"""The console and the service as a whole under a random history: I1 to I5 hold, whatever knob is turned."""

import time

import pytest

from tests.faults.goals import goal
from tests.faults.model.knob_values import ALL_KNOBS
from tests.faults.model.runner import run_model
from tests.faults.sizes import size

EXAMPLES, STEPS = size(full=1000, ci=2), size(full=50, ci=14)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(size(full=14_400, ci=1800))]


def test_the_invariants_hold_through_any_history(iclass, settings, tmp_path):
    settings.SPOOL_DIR = tmp_path / "spool"
    begun = time.monotonic()
    report = run_model(iclass, settings, examples=EXAMPLES, steps=STEPS)
    goal(
        "model",
        examples=report.examples,
        steps=report.steps,
        knobs=len(report.turned),
        accepted=report.accepted,
        refused=report.refused,
        waiting=report.waiting,
        acknowledged=report.acknowledged,
        **report.checks,
        breaches=len(report.breaches),
        seconds=time.monotonic() - begun,
    )
    assert report.examples >= EXAMPLES
    assert report.turned == ALL_KNOBS, f"never turned: {ALL_KNOBS - report.turned}"
