"""Lost answers on create, add, register and member/add, in every shape: nothing lost, nothing doubled."""

import pytest

from tests.faults.lost_answers import check_list_lag, check_lost_answers
from tests.faults.sizes import size

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.timeout(900)
def test_no_lost_answer_loses_or_doubles_anything(world, iclass, settings):
    check_lost_answers(world, iclass, settings, cases=size(full=3000, ci=20))


def test_beyond_the_window_every_second_copy_is_shown_within_one_cycle(world, iclass, settings):
    check_list_lag(world, iclass, settings, cases=size(full=300, ci=8))
