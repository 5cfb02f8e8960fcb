"""Answers spoilt on their way, ten ways: no crash, no row lost, no wrong id."""

import pytest

from tests.faults.mutated_answers import check_mutated_answers
from tests.faults.sizes import size


@pytest.mark.timeout(900)
def test_no_spoilt_answer_makes_us_fall_lose_or_mistake_anything(
    transactional_db, world, iclass, settings, caplog
):
    check_mutated_answers(world, iclass, settings, caplog, answers=size(full=20_000, ci=60))
