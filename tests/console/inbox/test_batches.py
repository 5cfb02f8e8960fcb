"""Events handled together come to what they come to one by one, with as many queries for fifty as for two."""

import random

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Enterprise, User
from classes.models import Lesson, Observation
from console.inbox import processing
from console.inbox.models import Callback
from tests.faults.arming import arm_point
from tests.faults.sizes import size
from tests.support.iclass_service import create_lesson

pytestmark = pytest.mark.django_db
NAMES = ("class_begin", "class_over", "join_class", "quit_class", "local_record_callback", "unheard_of")


@pytest.fixture
def lessons(alice: User, bob: User) -> list[Lesson]:
    """Five of Alice's school: one of them cancelled, one gone at the service, one final."""
    rows = [create_lesson(bob, alice, topic=f"Lesson {number}") for number in range(5)]
    odd = {1: {"cancelled_at": timezone.now()}, 2: {"sync_state": "gone"}, 3: {"final_at": timezone.now()}}
    for number, row in enumerate(rows):
        fields = {"remote_id": str(70 + number), "look_at": None, **odd.get(number, {})}
        Lesson.objects.filter(pk=row.pk).update(**fields)
    return rows


def came(school: Enterprise, number: int, name: str, class_id: str, user_id: str = "ann") -> Callback:
    data = {"class_id": class_id, "user_id": user_id, "join_time": 1790035200, "quit_time": 1790035300}
    return Callback.objects.create(
        enterprise=school,
        event=name,
        class_id=class_id,
        body={"event": name, "data": data},
        fingerprint=str(number),
    )


def outcome() -> tuple[object, ...]:
    evidence = Observation.objects.values_list(
        "lesson", "source", "user_id", "present", "entered_at", "left_at"
    )
    return (
        list(Callback.objects.order_by("pk").values_list("state", "reason", "attempts")),
        sorted(map(str, evidence)),
        list(Lesson.objects.order_by("pk").values_list("look_at__date", "room_counts")),
    )


@pytest.mark.faults
@pytest.mark.parametrize("seed", range(size(full=8, ci=3)))
def test_a_heap_of_events_ends_as_if_each_had_come_alone(
    school: Enterprise, other_school: Enterprise, lessons: list[Lesson], seed: int
) -> None:
    chance = random.Random(seed)
    for number in range(60):
        whose = chance.choice([school, school, school, other_school])
        class_id = chance.choice(["", "70", "71", "72", "73", "74", "99"])
        came(whose, number, chance.choice(NAMES), class_id, chance.choice(["ann", "ben"]))
    before = transaction.savepoint()
    processing.process_due_callbacks()
    together = outcome()
    transaction.savepoint_rollback(before)
    while processing.process_due_callbacks(1):
        pass
    assert outcome() == together


def test_an_entry_of_another_school_with_our_number_of_a_class_is_none_of_ours(
    school: Enterprise, other_school: Enterprise, lessons: list[Lesson]
) -> None:
    for number in range(3):
        came(other_school, number, "join_class", "70")
        came(school, number, "join_class", "74")
    processing.process_due_callbacks()
    assert set(Observation.objects.values_list("lesson", flat=True)) == {lessons[4].pk}
    assert set(Callback.objects.filter(enterprise=other_school).values_list("state", flat=True)) == {"parked"}


def test_fifty_cost_as_many_queries_as_two(school: Enterprise, lessons: list[Lesson]) -> None:
    def cost(many: int, start: int) -> int:
        for number in range(many):
            came(school, start + number, "join_class", chosen[number % 2], f"p{start + number}")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert processing.process_due_callbacks() == many
        return len(queries)

    chosen = ["70", "74"]
    assert cost(50, 100) == cost(2, 0) <= 16


def test_where_they_fail_together_each_is_tried_alone(school: Enterprise, lessons: list[Lesson]) -> None:
    rows = [came(school, number, "join_class", "70", f"p{number}") for number in range(3)]
    with arm_point("inbox.handling", "raise@1"):
        processing.process_due_callbacks()
    for row in rows:
        row.refresh_from_db()
    assert [(row.state, row.attempts) for row in rows] == [("done", 1)] * 3
    assert lessons[0].observations.count() == 3
