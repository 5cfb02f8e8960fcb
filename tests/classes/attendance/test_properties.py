"""What holds in every lesson, and a second statement of the rules that must agree with the first."""

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from classes.attendance.shapes import Evidence
from classes.attendance.spans import total
from tests.classes.attendance.restated import restate
from tests.classes.attendance.strategies import START, USER, many, stretch, visits, worlds

HARM = {"absent": 0, "late_and_left_early": 1, "late": 2, "left_early": 2, "present": 3}


def results(world, evidence=None):
    return world.reckon(evidence)[USER]


@many
@given(worlds())
def test_a_second_statement_of_the_rules_agrees(world):
    evidence = world.evidence()
    one = results(world, evidence)
    rows = [line for line in evidence if line.user_id == USER]
    mark, seconds, doubtful = restate(rows, evidence, world.times, world.policy, world.settled)
    assert (one.mark, one.present_seconds) == (mark, seconds)
    assert total(map(tuple, one.facts["unknown"])) == doubtful


@many
@given(worlds())
def test_the_union_is_never_longer_than_the_lesson(world):
    for one in world.reckon().values():
        start, end = world.times.taught
        assert 0 <= one.present_seconds <= one.facts["at_most"] <= end - start
        assert 0 <= one.share <= 1
        gaps = zip(one.stays, one.stays[1:], strict=False)
        assert all(before.end < after.start for before, after in gaps)


@many
@given(worlds(), st.integers(0, 2**32))
def test_order_and_repeats_of_the_evidence_change_nothing(world, seed):
    evidence = world.evidence()
    again = evidence + evidence[seed % 3 :: 2]
    Random(seed).shuffle(again)
    assert world.reckon(again) == world.reckon(evidence)


@many
@given(worlds(history="stay"), st.integers(0, 100))
def test_splitting_a_line_changes_nothing(world, where):
    """Two lines that touch tell the same as the one that they make up."""
    evidence = world.evidence()
    split = []
    for line in evidence:
        cut = line.source == "history" and line.left_at and line.left_at - line.entered_at > 100
        middle = line.entered_at + where if cut else None
        split += [replace(line, left_at=middle), replace(line, entered_at=middle)] if middle else [line]
    one, other = results(world, split), results(world, evidence)
    assert (one.mark, one.present_seconds, one.share) == (other.mark, other.present_seconds, other.share)


@many
@given(worlds(), st.lists(st.integers(START - 100, START + 900), max_size=5))
def test_a_failed_poll_never_worsens_a_mark(world, moments):
    """It may leave the mark to a person, but not that of somebody who is present."""
    evidence = world.evidence()
    before = results(world, evidence)
    after = results(world, [*evidence, *(Evidence("failed", moment) for moment in moments)])
    assert after.present_seconds == before.present_seconds
    assert after.mark == before.mark or after.mark == "unknown" != before.mark != "present"


@many
@given(worlds(blind=(), down=()), st.lists(stretch, min_size=1, max_size=2))
def test_polls_that_failed_where_others_would_have_answered_never_worsen_a_mark(world, down):
    before, after = results(world), results(world.but(down=down))
    if "unknown" not in (before.mark, after.mark):
        assert HARM[after.mark] >= HARM[before.mark]


@many
@given(worlds(), visits(), st.booleans())
def test_an_added_stay_never_lowers_the_share(world, more, called_back):
    """Somebody who was there longer has at least the share of before.

    One line a person is left out: there a later exit takes the place of the earlier one.
    """
    all_or_none = frozenset(range(50)) if called_back else frozenset()
    world = world.but(history=world.history and "stay", called_back=all_or_none)
    mine = world.visits[USER]
    taken = [(entry, exit_ or 10**10) for entry, exit_ in mine]
    free = [
        (entry, exit_)
        for entry, exit_ in more
        if exit_ and all(exit_ < begin or entry > end for begin, end in taken)
    ]
    longer = world.but(visits={**world.visits, USER: sorted([*mine, *free])})
    assert results(longer).share >= results(world).share


@many
@given(worlds(history="stay", settled=True, down=(), blind=(), called_back=frozenset()))
def test_with_polls_and_a_line_for_each_stay_the_seconds_are_the_true_ones(world):
    start, end = world.times.taught
    if world.real_end:
        truth = total((max(entry, start), min(exit_ or end, end)) for entry, exit_ in world.visits[USER])
        assert results(world).present_seconds == truth
