"""What the goals of lost and of spoilt answers defend: without each, its goal in small fails."""

import pytest

from tests.faults.goals import sabotage
from tests.faults.lost import check_beyond, check_lost
from tests.faults.mutated import check_swapped


@pytest.mark.parametrize("defence", ["outbox.probe", "outbox.settle"])
def test_without_it_a_lost_answer_makes_a_second_thing(world, iclass, settings, defence):
    sabotage(defence, lambda: check_lost(world, iclass, settings, cases=8, lag_s=4))


def test_without_it_nobody_is_told_of_second_copies(world, iclass, settings):
    sabotage("mirror.copies", lambda: check_beyond(world, iclass, settings, cases=4))


def test_an_answer_with_the_id_of_another_thing_is_not_believed(world, iclass, settings):
    check_swapped(world, iclass, settings)


@pytest.mark.parametrize("defence", ["outbox.read_back", "iclass.same"])
def test_without_it_a_row_bears_the_id_of_another_thing(world, iclass, settings, defence):
    sabotage(defence, lambda: check_swapped(world, iclass, settings))
