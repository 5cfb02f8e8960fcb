"""How the exchange of a school stands: numbers, the oldest wish, and what holds all of it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone, translation

from accounts.models import Enterprise, User
from console.outbox.exchange_status import exchange_status
from console.outbox.models import Attempt, Gate, Operation
from console.outbox.states import OperationState
from tests.console.outbox.test_views import owed


@pytest.fixture(autouse=True)
def english() -> None:
    translation.activate("en")


def test_numbers_count_what_is_not_finished_of_this_school_alone(
    school: Enterprise, other_school: Enterprise, alice: User, bob: User, charlie: User
) -> None:
    for state in (
        OperationState.READY,
        OperationState.READY,
        OperationState.NEEDS_YOU,
        OperationState.REFUSED,
        OperationState.DONE,
        OperationState.SUPERSEDED,
    ):
        owed(bob, state)
    owed(charlie, OperationState.READY)
    assert exchange_status(school).numbers() == {
        **{"waiting": 2, "sending": 0, "unknown": 0, "checking": 0, "held": 0, "needs_you": 1, "refused": 1},
    }
    assert exchange_status(other_school).numbers()["waiting"] == 1


def test_the_oldest_is_the_oldest_that_still_waits(school: Enterprise, bob: User) -> None:
    now = timezone.now()
    owed(bob, OperationState.DONE, created_at=now - timedelta(days=9))
    oldest = owed(bob, OperationState.READY, created_at=now - timedelta(hours=2))
    owed(bob, OperationState.READY, created_at=now)
    assert exchange_status(school).oldest_at == oldest.created_at


def test_the_rate_counts_the_tries_of_the_last_minutes(school: Enterprise, bob: User, charlie: User) -> None:
    now = timezone.now()
    for person, age in ((bob, 10), (bob, 100), (bob, 900), (charlie, 10)):
        Attempt.objects.create(
            operation=owed(person),
            fence=1,
            endpoint="x",
            started_at=now - timedelta(seconds=age),
            outcome="ok",
        )
    assert exchange_status(school).per_minute == 0.4


def test_a_refused_key_is_told_with_since_when_and_what_to_do(school: Enterprise) -> None:
    since = timezone.now() - timedelta(minutes=5)
    Gate.objects.update_or_create(enterprise=school, defaults={"held_for": ["10217"], "held_since": since})
    [note] = exchange_status(school).notes
    assert note.what == "iclass rejected the API key."
    assert "new API key" in str(note.next)
    assert note.since == since


def test_a_pause_after_failures_is_told_until_it_ends(school: Enterprise) -> None:
    until = timezone.now() + timedelta(seconds=30)
    gate, _new = Gate.objects.update_or_create(
        enterprise=school, defaults={"failures": 7, "open_until": until}
    )
    [note] = exchange_status(school).notes
    assert (note.until, "7 times" in str(note.what)) == (until, True)
    gate.open_until = timezone.now() - timedelta(seconds=1)
    gate.save()
    assert exchange_status(school).notes == []


@pytest.mark.parametrize(("skew", "words"), [(90.0, "90 seconds behind"), (-90.0, "90 seconds ahead of")])
def test_clocks_that_differ_are_told(school: Enterprise, skew: float, words: str) -> None:
    Gate.objects.update_or_create(enterprise=school, defaults={"skew_s": skew})
    [note] = exchange_status(school).notes
    assert words in str(note.what)


def test_what_is_over_is_not_read_to_count(school: Enterprise) -> None:
    """The counts use the index of what is not finished."""
    done = {
        "enterprise": school,
        "kind": "school.pull",
        "state": "done",
        "subject_type": "accounts.enterprise",
    }
    Operation.objects.bulk_create(
        Operation(**done, subject_id=number, lane=str(number)) for number in range(500)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE outbox_operation")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT state, count(*) FROM outbox_operation WHERE enterprise_id = %s"
            " AND state IN ('ready', 'refused', 'held') GROUP BY state",
            [school.pk],
        )
        assert "operation_unfinished" in " ".join(row[0] for row in cursor.fetchall())
