"""Things drift apart at random: in two cycles each is healed or listed, then nothing is written."""

import time

import pytest

from tests.faults.divergence import DivergentSchool, count_written, row_versions
from tests.faults.divergence_checks import judge_divergence
from tests.faults.goals import goal
from tests.faults.sizes import dice, size

OBJECTS = size(full=1000, ci=48)
# Nine calls in ten only plant the things; a busy machine takes minutes for what takes seconds alone.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(400)]


def check(two, objects, name="divergence"):
    """The goal: 0 lost, 0 doubled, no write in the third cycle."""
    two.plant(objects)
    done = two.diverge(objects // 3)
    begun = time.monotonic()
    two.cycle()
    two.cycle()
    seconds = (time.monotonic() - begun) / 2
    before = row_versions()
    reported = two.cycle()
    writes = count_written(before, row_versions())
    begun = time.monotonic()
    two.cycle()
    quiet = time.monotonic() - begun
    outcome = judge_divergence(two)
    goal(
        name,
        objects=outcome.objects,
        changes=sum(done.values()),
        healed=outcome.healed,
        listed=outcome.listed,
        lost=len(outcome.lost),
        doubled=len(outcome.doubled),
        writes_after=writes,
        seconds_a_cycle=seconds,
        seconds_when_quiet=quiet,
    )
    outcome.assert_well()
    assert reported == writes == 0
    return outcome


def test_whatever_drifts_apart_is_healed_or_listed_in_two_cycles(connected, alice, bob, iclass, settings):
    settings.OUTBOX_RATE = settings.OUTBOX_BURST = 10_000
    outcome = check(DivergentSchool(iclass, connected, alice, bob, dice("divergence")), OBJECTS)
    assert outcome.objects >= OBJECTS
    assert outcome.listed > 0
    assert outcome.healed > OBJECTS / 2
