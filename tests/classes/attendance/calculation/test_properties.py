"""What holds in every lesson, and a second statement of the rules that must agree with the first."""

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from classes.attendance.calculation.intervals import difference, intersection, total_seconds
from classes.attendance.calculation.poll_presence import PollMoments
from classes.attendance.calculation.types import Evidence
from tests.classes.attendance.reference_calculation import calculate_reference
from tests.classes.attendance.strategies import (
    START,
    USER,
    false_evidence,
    forged_callbacks,
    property_test,
    simulated_lessons,
    stretch,
    visits,
)

HARM = {"absent": 0, "late_and_left_early": 1, "late": 2, "left_early": 2, "present": 3}


def results(world, evidence=None):
    return world.reckon(evidence)[USER]


@property_test
@given(simulated_lessons(), false_evidence())
def test_a_second_statement_of_the_rules_agrees(world, lies):
    evidence = [*world.evidence(), *lies]
    one = results(world, evidence)
    rows = [line for line in evidence if line.user_id == USER]
    mark, seconds, doubtful = calculate_reference(rows, evidence, world.times, world.policy, world.settled)
    assert (one.mark, one.present_seconds) == (mark, seconds)
    assert total_seconds(map(tuple, one.facts["unknown"])) == doubtful


@property_test
@given(simulated_lessons())
def test_the_union_is_never_longer_than_the_lesson(world):
    for one in world.reckon().values():
        start, end = world.times.taught
        assert 0 <= one.present_seconds <= one.facts["at_most"] <= end - start
        assert 0 <= one.share <= 1
        gaps = zip(one.stays, one.stays[1:], strict=False)
        assert all(before.end < after.start for before, after in gaps)


@property_test
@given(simulated_lessons(), st.integers(0, 2**32))
def test_order_and_repeats_of_the_evidence_change_nothing(world, seed):
    evidence = world.evidence()
    again = evidence + evidence[seed % 3 :: 2]
    Random(seed).shuffle(again)
    assert world.reckon(again) == world.reckon(evidence)


@property_test
@given(simulated_lessons(history="stay"), st.integers(0, 100))
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


@property_test
@given(simulated_lessons(), st.lists(st.integers(START - 100, START + 900), max_size=5))
def test_a_failed_poll_never_worsens_a_mark(world, moments):
    """It may leave the mark to a person, but not that of somebody who is present."""
    evidence = world.evidence()
    before = results(world, evidence)
    after = results(world, [*evidence, *(Evidence("failed", moment) for moment in moments)])
    assert after.present_seconds == before.present_seconds
    assert after.mark == before.mark or after.mark == "unknown" != before.mark != "present"


@property_test
@given(simulated_lessons(blind=(), down=()), st.lists(stretch, min_size=1, max_size=2))
def test_polls_that_failed_where_others_would_have_answered_never_worsen_a_mark(world, down):
    before, after = results(world), results(world.but(down=down))
    if "unknown" not in (before.mark, after.mark):
        assert HARM[after.mark] >= HARM[before.mark]


@property_test
@given(simulated_lessons(), visits(), st.booleans())
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


@property_test
@given(simulated_lessons(history="stay", settled=True, down=(), blind=(), called_back=frozenset()))
def test_with_polls_and_a_line_for_each_stay_the_seconds_are_the_true_ones(world):
    start, end = world.times.taught
    if world.real_end:
        truth = total_seconds(
            (max(entry, start), min(exit_ or end, end)) for entry, exit_ in world.visits[USER]
        )
        assert results(world).present_seconds == truth


#: A line of somebody else, so that there is a history at all.
ANY_LINE = Evidence("history", START + 2000, "t-bob", entered_at=START, left_at=START + 60)


@property_test
@given(simulated_lessons(real_end=START + 900, now=START + 1200), st.integers(START - 100, START + 890))
def test_a_line_that_a_poll_has_proved_wrong_decides_no_mark(world, entered):
    """It changes no second of presence; what of it nobody could see is unknown."""
    start, end = world.times.taught
    evidence = [*world.evidence(), ANY_LINE]
    plain = results(world, evidence)
    line = Evidence("history", end + 250, USER, entered_at=entered, left_at=end + 200)
    one = results(world, [*evidence, line])
    if not any(row.source in ("poll", "tick") and entered + 5 <= row.seen_at <= end for row in evidence):
        return  # nobody looked while the line lasted
    if not _missed(evidence, entered + 5, end):
        return  # nobody saw that it is wrong
    assert one.present_seconds == plain.present_seconds
    assert one.mark in (plain.mark, "unknown")
    dark = PollMoments.from_evidence(evidence).outages((start, end), world.policy.poll_validity_s)
    unseen = difference(intersection(dark, [(entered, end)]), [stay.interval for stay in one.stays])
    assert difference(unseen, map(tuple, one.facts["unknown"])) == []


def _missed(evidence, since, until):
    """Whether a whole list between these moments was without Ann."""
    state, rows = None, sorted(evidence, key=lambda row: row.seen_at)
    changes = {row.seen_at: row.present for row in rows if row.source == "poll" and row.user_id == USER}
    for moment in sorted({row.seen_at for row in rows if row.source in ("poll", "tick")}):
        state = changes.get(moment, state)
        if since <= moment <= until and not state:
            return True
    return False


@property_test
@given(
    simulated_lessons(
        real_end=START + 900, now=START + 1200, history="", settled=False, blind=(), real_start=START
    ),
    st.integers(START + 60, START + 880),
)
def test_who_was_last_seen_before_polls_failed_to_the_very_end_is_unknown_without_a_history(world, cut):
    """The lesson is over all the same: nobody is in it any more, and no share is taken for granted."""
    lesson = world.but(
        visits={USER: [(START, None)]},
        down=[(cut, START + 2000)],
        called_back=frozenset(),
        sparse=False,
        first_poll=START,
    )
    one = results(lesson)
    last = max(row.seen_at for row in lesson.evidence() if row.source in ("poll", "tick"))
    known_until = last + lesson.policy.poll_validity_s
    assert (one.facts["running"], one.last_left_at is None) == (False, False)
    if known_until >= START + 900:
        assert one.mark == "present"  # a poll speaks for that long
        return
    assert one.present_seconds == known_until - START
    assert one.facts["unknown"] == [[known_until, START + 900]]
    early = known_until < START + 900 - lesson.policy.early_leave_s
    too_short = one.present_seconds * 100 < lesson.policy.present_share * 900
    assert one.mark == ("unknown" if early or too_short else "present")


@property_test
@given(simulated_lessons(settled=True), forged_callbacks())
def test_once_the_history_has_settled_callbacks_change_no_mark_and_no_second(world, forged):
    evidence = [*world.evidence(), ANY_LINE]
    plain, one = results(world, evidence), results(world, [*evidence, *forged])
    assert (one.mark, one.present_seconds, one.share) == (plain.mark, plain.present_seconds, plain.share)
    assert [stay.interval for stay in one.stays] == [stay.interval for stay in plain.stays]
    assert one.facts["unknown"] == plain.facts["unknown"]


@property_test
@given(simulated_lessons(settled=False, called_back=frozenset()), forged_callbacks(kinds=("entry",)))
def test_entries_that_nobody_confirms_change_no_second_and_say_that_they_are_unconfirmed(world, forged):
    evidence = world.evidence()
    plain, one = results(world, evidence), results(world, [*evidence, *forged])
    assert one.present_seconds == plain.present_seconds
    assert one.mark in (plain.mark, "unknown")
    assert [stay.interval for stay in one.stays] == [stay.interval for stay in plain.stays]
    told = [tuple(stretch) for stretch in one.facts["unconfirmed"]]
    assert (one.grade == "unconfirmed") == bool(told)
    assert difference(map(tuple, one.facts["unknown"]), [*map(tuple, plain.facts["unknown"]), *told]) == []
