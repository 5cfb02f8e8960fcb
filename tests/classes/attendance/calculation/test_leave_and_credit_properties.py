"""What holds in every lesson of what people decide: leave, and guests who are somebody known."""

from dataclasses import replace
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
    start, end = world.planned
    covered = total_seconds((max(begins, start), min(ends, end)) for begins, ends in leaves)
    enough = covered >= min(60 * world.policy.leave_minutes, end - start)
    assert excused.mark == ("excused" if enough and plain.mark in EXCUSABLE else plain.mark)
    assert (excused.stays, excused.share, excused.grade) == (plain.stays, plain.share, plain.grade)


@property_test
@given(simulated_lessons(), st.integers(-400, 400), st.sampled_from(["before", "after"]))
def test_leave_for_the_next_lesson_excuses_in_this_one_only_by_its_planned_time(world, overlap, side):
    """Lessons are back to back, begin early and overrun; leave reaches so many seconds into this one."""
    plain, (start, end) = results(world)[USER], world.planned
    leave = (end - overlap, end + 2700) if side == "after" else (start - 2700, start + overlap)
    one = results(world, leaves={USER: [leave]})[USER]
    enough = overlap >= min(60 * world.policy.leave_minutes, end - start)
    assert one.mark == ("excused" if enough and plain.mark in EXCUSABLE else plain.mark)
    if one.mark == "excused":
        assert one.facts["leave"] == [*leave, plain.mark]


@property_test
@given(simulated_lessons(), st.lists(stretch, max_size=2))
def test_leave_counts_as_before_where_the_rules_were_frozen_before(world, leaves):
    """Up to version 2 of the rules, leave that touched the planned or the taught time excused."""
    world = world.but(policy=replace(world.policy, version=2))
    plain, excused = results(world)[USER], results(world, leaves={USER: leaves})[USER]
    start = min(world.planned[0], world.real_start)
    end = max(world.planned[1], world.times.taught[1])
    touched = any(begins < end and ends > start for begins, ends in leaves)
    assert excused.mark == ("excused" if touched and plain.mark in EXCUSABLE else plain.mark)


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
