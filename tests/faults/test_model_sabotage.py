"""The model can fail: without one defence the same machine finds a breach in its small size."""

from dataclasses import dataclass
from functools import partial

import pytest

from tests.faults.goals import sabotage
from tests.faults.model.machine import run


@dataclass(frozen=True)
class Control:
    """Which invariants its lack may break first, what covers for it, and the knobs that bring it out."""

    breaks: tuple[str, ...]
    also: tuple[str, ...] = ()
    always: tuple[str, ...] = ()


CONTROLS = {
    "outbox.lease_expiry": Control(("I1", "I3")),
    "outbox.probe": Control(("I1",)),
    "outbox.one_shot": Control(("I1",)),
    "mirror.adopt_unclaimed": Control(("I2",)),
    "mirror.info_decides": Control(("I3",), always=("list_lag_s",)),
    "inbox.ack_after_store": Control(("I4",), also=("inbox.spool",)),
    "inbox.release": Control(("I4",)),
    "inbox.own_key": Control(("I5",)),
}

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]


@pytest.mark.parametrize("defence", CONTROLS)
def test_without_the_defence_an_invariant_is_broken(defence, iclass, settings, tmp_path):
    settings.SPOOL_DIR = tmp_path / "spool"
    control = CONTROLS[defence]
    check = partial(run, iclass, settings, examples=50, steps=30, always=control.always)
    said = sabotage(defence, check, also=control.also)
    assert said.startswith(control.breaks), said
