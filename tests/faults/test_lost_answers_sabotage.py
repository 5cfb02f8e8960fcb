"""What the goals of lost answers defend: without each, its goal in small fails."""

import pytest

from tests.faults.goals import sabotage
from tests.faults.lost import check_beyond, check_lost


@pytest.mark.parametrize("defence", ["outbox.probe", "outbox.settle"])
def test_without_it_a_lost_answer_makes_a_second_thing(world, iclass, settings, defence):
    sabotage(defence, lambda: check_lost(world, iclass, settings, cases=8))


def test_without_it_nobody_is_told_of_second_copies(world, iclass, settings):
    sabotage("mirror.copies", lambda: check_beyond(world, iclass, settings, cases=4))
