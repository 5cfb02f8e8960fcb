"""The model can fail: without one defence its machine finds a breach, each invariant by a history of its own.

The histories are written as hypothesis prints them. One is left to the lot, so that the search is proved too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from tests.faults.goals import sabotage
from tests.faults.model.runner import FIRST_SEED, run_model, set_pauses
from tests.faults.model.state_machine import ConsoleStateMachine, ModelReport
from tests.support.sandbox import Sandbox

#: A lesson that anybody may enter, and one that begins in half an hour.
PUBLIC, PLAIN = 5, 1


@dataclass(frozen=True)
class Control:
    """Which invariant is broken, by which steps, what covers for the defence, and which knobs are turned."""

    breaks: str
    steps: Callable[[Any], None]
    also: tuple[str, ...] = ()
    knobs: tuple[str, ...] = ()


def lost_create(state: Any) -> None:
    state.lose_answer(side=0, lot=PLAIN, what="lesson")
    state.settle()


def lost_visit(state: Any) -> None:
    state.schedule(side=0, lot=PUBLIC)
    state.work()
    state.perform_entry(side=0, lot=0, what="visit", lost=True)
    state.work()
    state.settle()


def polled_before_it_is_found(state: Any) -> None:
    state.lose_answer(side=0, lot=PLAIN, what="lesson")
    state.reconcile(side=0)
    state.settle()


def not_listed_yet(state: Any) -> None:
    state.schedule(side=0, lot=PLAIN)
    state.work()
    state.reconcile(side=0)
    state.reconcile(side=0)
    state.settle()


def callback_while_away(state: Any) -> None:
    for away in (False, True):  # the first one makes the school known to the address of callbacks
        state.queue_callback(side=0, lot=1)
        state.deliver(side=0, lot=0, copies=1, away=away, keep=False)
    state.settle()


def callback_twice(state: Any) -> None:
    state.queue_callback(side=0, lot=1)
    state.deliver(side=0, lot=0, copies=2, away=False, keep=False)
    state.settle()


def callback_before_it_is_known(state: Any) -> None:
    state.create_remotely(side=0, lot=PLAIN, what="lesson")
    for lot in range(8):
        state.queue_callback(side=0, lot=lot)
        state.deliver(side=0, lot=0, copies=1, away=False, keep=False)
    state.work()
    state.reconcile(side=0)
    state.settle()


def callback_to_other_school(state: Any) -> None:
    state.deliver_to_other_school(side=0, lot=7)
    state.settle()


CONTROLS = {
    "outbox.probe": Control("I1", lost_create),
    "outbox.one_shot": Control("I1", lost_visit),
    "mirror.adopt_unclaimed": Control("I2", polled_before_it_is_found),
    "mirror.info_decides": Control("I3", not_listed_yet, knobs=("list_lag_s",)),
    "inbox.ack_after_store": Control("I4", callback_while_away, also=("inbox.spool",)),
    "inbox.fingerprint": Control("I4", callback_twice),
    "inbox.release": Control("I4", callback_before_it_is_known),
    "inbox.own_key": Control("I5", callback_to_other_school),
}

#: Another one breaks the same invariant: these wait for the full sizes.
FULL_ALONE = {"outbox.one_shot", "inbox.ack_after_store", "inbox.release"}

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]


def run_history(service: Sandbox, settings: Any, control: Control) -> None:
    """One history, up to its end; AssertionError where it breaches an invariant."""
    set_pauses(settings)
    state: Any = ConsoleStateMachine(service, ModelReport())
    try:
        state.begin(knobs=list(control.knobs))
        control.steps(state)
    finally:
        state.teardown()


@pytest.mark.parametrize(
    "defence",
    [pytest.param(one, marks=[pytest.mark.full] if one in FULL_ALONE else []) for one in CONTROLS],
)
def test_without_the_defence_its_invariant_is_broken(defence, iclass, settings, tmp_path):
    settings.SPOOL_DIR = tmp_path / "spool"
    control = CONTROLS[defence]
    run_history(iclass, settings, control)
    failure = sabotage(defence, partial(run_history, iclass, settings, control), also=control.also)
    assert failure.startswith(control.breaks), failure


@pytest.mark.full
def test_the_lot_finds_what_a_dead_worker_leaves(iclass, settings, tmp_path):
    settings.SPOOL_DIR = tmp_path / "spool"

    def search() -> None:
        """Many short runs: the first histories of a long one are small."""
        for seed in range(FIRST_SEED, FIRST_SEED + 38):
            run_model(iclass, settings, examples=4, steps=30, seed=seed)

    failure = sabotage("outbox.lease_expiry", search)
    assert failure.startswith(("I1", "I3")), failure
