"""REST that programs can trust: a repeated POST takes effect once, and a list of changes lacks none."""

import pytest

from accounts.models import Enterprise, User
from tests.faults.goals import goal, sabotage
from tests.faults.rest_changes import poll_while_writing
from tests.faults.rest_retries import repeat_posts
from tests.faults.sizes import dice, size
from tests.support.rest_client import rest_client


@pytest.fixture(autouse=True)
def _no_rate_limit(settings) -> None:
    settings.REST_REQUESTS_A_MINUTE = 0


def check_posts(alice: User, bob: User, url: str, cases: int) -> None:
    found = repeat_posts(alice, bob, url, dice("rest retries"), cases=cases)
    goal("rest retries", **found)
    assert found["cut"] >= cases / 2
    assert (found["lost"], found["doubled"]) == (0, 0)


def check_polls(alice: User, school: Enterprise, changes: int, polls: int) -> None:
    found = poll_while_writing(rest_client(alice), school, dice("rest polls"), changes=changes, polls=polls)
    goal("rest polls", **found)
    assert found["polls"] >= polls
    assert found["missed"] == 0


def test_a_post_is_repeated_until_it_is_answered_and_takes_effect_once(
    alice: User, bob: User, live_server
) -> None:
    check_posts(alice, bob, live_server.url, size(full=10_000, ci=12))


def test_without_the_keys_lessons_are_doubled(alice: User, bob: User, live_server) -> None:
    sabotage("rest.key", lambda: check_posts(alice, bob, live_server.url, 12))


@pytest.mark.django_db(transaction=True)
def test_a_list_of_changes_lacks_none_while_eight_writers_write(alice: User, school: Enterprise) -> None:
    check_polls(alice, school, size(full=5_000, ci=64), size(full=10_000, ci=4))


@pytest.mark.django_db(transaction=True)
def test_without_the_oldest_transaction_changes_are_missed(alice: User, school: Enterprise) -> None:
    sabotage("rest.position", lambda: check_polls(alice, school, 64, 4))
