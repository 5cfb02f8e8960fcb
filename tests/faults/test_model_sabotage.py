"""For each invariant of the model: without one defence the same machine finds a breach in its small size."""

from functools import partial

import pytest

from tests.faults.goals import sabotage
from tests.faults.model.machine import run

#: Defence → the invariant that goes, defences that would cover for it, knobs that it is about.
CONTROLS = {
    "outbox.lease_expiry": ("I1", (), ()),
    "outbox.probe": ("I1", (), ()),
    "mirror.adopt_unclaimed": ("I2", (), ()),
    "mirror.info_decides": ("I3", ("mirror.absent_twice",), ("list_lag_s",)),
    "inbox.fingerprint": ("I4", (), ()),
}

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]


@pytest.mark.parametrize("defence", CONTROLS)
def test_without_the_defence_an_invariant_is_broken(defence, iclass, settings, tmp_path):
    settings.SPOOL_DIR = tmp_path / "spool"
    invariant, also, knobs = CONTROLS[defence]
    check = partial(run, iclass, settings, examples=50, steps=30, always=knobs)
    said = sabotage(defence, check, also=also)
    assert said.startswith(invariant), said
