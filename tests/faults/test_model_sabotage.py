"""For each invariant of the model: without one defence the same machine finds a breach in its small size."""

import pytest

from tests.faults.goals import sabotage
from tests.faults.model.machine import run

#: Defence → the invariant that goes, and defences that would cover for it.
CONTROLS = {
    "outbox.probe": ("I1", ()),
    "outbox.lease_expiry": ("I1", ()),
    "mirror.adopt_unclaimed": ("I2", ()),
    "mirror.info_decides": ("I3", ("mirror.absent_twice",)),
    "inbox.fingerprint": ("I4", ()),
    "inbox.park": ("I4", ()),
    "inbox.ack_after_store": ("I4", ("inbox.spool",)),
}

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]


@pytest.mark.parametrize("defence", CONTROLS)
def test_without_the_defence_an_invariant_is_broken(defence, iclass, settings, tmp_path):
    settings.SPOOL_DIR = tmp_path / "spool"
    invariant, also = CONTROLS[defence]
    said = sabotage(defence, lambda: run(iclass, settings, examples=50, steps=30), also=also)
    assert said.startswith(invariant), said
