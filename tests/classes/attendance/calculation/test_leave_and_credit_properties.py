"""What holds in every lesson of what people decide: leave, and guests who are somebody known."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from classes.attendance.calculation.calculate import EXCUSABLE, calculate
from classes.attendance.calculation.intervals import total_seconds
from classes.attendance.calculation.types import Evidence
from tests.classes.attendance.reference_calculation import calculate_reference
from tests.classes.attendance.simulated_lessons import BOB
from tests.classes.attendance.strategies import (
    START,
    USER,
    false_evidence,
    property_test,
    simulated_lessons,
    stretch,
)

GUEST = "s-ben"


def results(world, evidence=None, **decided):
    found = calculate(
        world.evidence() if evidence is None else evidence,
        world.people,
        teacher=BOB,
        times=world.times,
        policy=world.policy,
        history_settled=world.settled,
        **decided,
    )
    return {one.user_id: one for one in found}


@property_test
@given(simulated_lessons(), st.lists(stretch, max_size=2))
def test_leave_only_ever_turns_a_mark_into_excused_and_touches_nothing_else(world, leaves):
    plain, excused = results(world)[USER], results(world, leaves={USER: leaves})[USER]
    start = min(world.planned[0], world.real_start)
    end = max(world.planned[1], world.times.taught[1])
    touched = any(begins < end and ends > start for begins, ends in leaves)
    assert excused.mark == ("excused" if touched and plain.mark in EXCUSABLE else plain.mark)
    assert (excused.stays, excused.share, excused.grade) == (plain.stays, plain.share, plain.grade)


@property_test
@given(simulated_lessons(), st.integers(0, 2**32))
def test_a_guests_stays_make_a_union_whatever_the_order_of_the_evidence(world, seed):
    evidence = world.evidence()
    again = evidence + evidence[seed % 3 :: 2]
    Random(seed).shuffle(again)
    plain = results(world, evidence)
    credited = results(world, again, credits={GUEST: USER})
    assert credited == results(world, evidence, credits={GUEST: USER})
    one, start, end = credited[USER], *world.times.taught
    alone = [plain[who].present_seconds for who in (USER, GUEST) if who in plain]
    assert max(alone) <= one.present_seconds <= min(sum(alone), end - start)
    assert one.present_seconds == total_seconds(
        (max(stay.start, start), min(stay.end, end)) for stay in one.stays if stay.end > start
    )
    if GUEST in plain:
        assert credited[GUEST] == plain[GUEST]


@property_test
@given(simulated_lessons(), st.integers(START - 100, START + 900))
def test_a_late_poll_is_told_and_changes_nothing(world, moment):
    assert results(world, [*world.evidence(), Evidence("late", moment)]) == results(world)


@property_test
@given(simulated_lessons(), st.lists(stretch, max_size=2), st.booleans(), false_evidence())
def test_a_second_statement_of_the_rules_agrees_on_leave_and_guests_too(world, leaves, known, lies):
    evidence = [*world.evidence(), *lies]
    credits = {GUEST: USER} if known else {}
    one = results(world, evidence, leaves={USER: leaves}, credits=credits)[USER]
    mine, theirs = ([line for line in evidence if line.user_id == who] for who in (USER, GUEST))
    guests = [theirs] if known and theirs else []
    told = calculate_reference(
        mine, evidence, world.times, world.policy, world.settled, guests=guests, leaves=leaves
    )
    assert (one.mark, one.present_seconds, total_seconds(map(tuple, one.facts["unknown"]))) == told
