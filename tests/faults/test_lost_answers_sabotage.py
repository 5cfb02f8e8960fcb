"""What the goals of lost and of spoilt answers defend: without each, its goal in small fails."""

import pytest
from django.db import connection

from tests.faults.goals import sabotage
from tests.faults.lost_answers import check_list_lag, check_lost_answers
from tests.faults.mutated_answers import check_swapped_ids


@pytest.mark.parametrize(
    ("defence", "lag_s"),
    # Without the settling nobody waits for the list, so it may lag for longer than any machine takes.
    [pytest.param("outbox.probe", 4, marks=pytest.mark.full), ("outbox.settle", 3600)],
)
def test_without_it_a_lost_answer_makes_a_second_thing(world, iclass, settings, defence, lag_s):
    sabotage(defence, lambda: check_lost_answers(world, iclass, settings, cases=8, lag_s=lag_s))


def test_without_it_nobody_is_told_of_second_copies(world, iclass, settings):
    sabotage("mirror.copies", lambda: check_list_lag(world, iclass, settings, cases=4))


def test_an_answer_with_the_id_of_another_thing_is_not_believed(world, iclass, settings):
    check_swapped_ids(world, iclass, settings)


@pytest.fixture
def ids_that_change(transactional_db):
    """The trigger that keeps the id of a person would cover for the client: it rests for this test."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_user DISABLE TRIGGER accounts_user_keeps_remote_id")
        yield
        cursor.execute("ALTER TABLE accounts_user ENABLE TRIGGER accounts_user_keeps_remote_id")


@pytest.mark.parametrize("defence", ["outbox.read_back", "iclass.same"])
def test_without_it_a_row_bears_the_id_of_another_thing(ids_that_change, world, iclass, settings, defence):
    sabotage(defence, lambda: check_swapped_ids(world, iclass, settings))
