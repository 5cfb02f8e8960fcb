"""The model can fail: without one defence the same machine finds a breach in its small size."""

from functools import partial

import pytest

from tests.faults.goals import sabotage
from tests.faults.model.machine import run

#: Defence → where its lack may show first.
CONTROLS = {"outbox.lease_expiry": ("I1", "I3"), "outbox.probe": ("I1",)}

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]


@pytest.mark.parametrize("defence", CONTROLS)
def test_without_the_defence_an_invariant_is_broken(defence, iclass, settings, tmp_path):
    settings.SPOOL_DIR = tmp_path / "spool"
    said = sabotage(defence, partial(run, iclass, settings, examples=50, steps=30))
    assert said.startswith(CONTROLS[defence]), said
