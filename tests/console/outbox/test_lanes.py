"""Who goes before whom: lanes, waiting, turns between schools, and changes that go out as one."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.people.services import edit_person, register_person
from classes.lessons.services import edit_lesson, schedule_lesson, start_lesson, stop_lesson
from classes.models import Lesson
from console.outbox import claims, relay
from console.outbox.models import Operation
from console.outbox.states import OperationState, SyncState
from console.outbox.transitions import transition
from tests.faults.mutants import mutated
from tests.support.cast import create_person
from tests.support.iclass_service import create_lesson, effects_of, requests_to, tomorrow_at

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lesson(connected, alice, bob):
    """A lesson that begins in a minute, made at the service."""
    made = create_lesson(bob, alice, starts_at=(timezone.now() + timedelta(minutes=1)).replace(microsecond=0))
    relay.drain()
    made.refresh_from_db()
    return made


def states(subject):
    mine = Operation.objects.filter(subject_id=subject.pk, subject_type=subject._meta.label_lower)
    return dict(mine.order_by("id").values_list("kind", "state"))


def over(lesson):
    """Its planned time was an hour ago, to a minute ago."""
    now = timezone.now()
    plan = {"starts_at": now - timedelta(hours=1), "ends_at": now - timedelta(minutes=1)}
    Lesson.objects.filter(pk=lesson.pk).update(**plan)


def alike(bob, alice, topic):
    starts_at = tomorrow_at(9)
    return schedule_lesson(
        teacher=bob,
        by=alice,
        topic=topic,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=45),
        conflict_reason="Twins, on purpose.",
    )


def test_creates_that_nobody_could_tell_apart_share_a_lane_and_leave_one_by_one(connected, alice, bob):
    alike(bob, alice, "Twins 1"), alike(bob, alice, "Twins 1"), create_lesson(bob, alice)
    lanes = list(Operation.objects.filter(kind="class.create").order_by("id").values_list("lane", flat=True))
    assert lanes[0] == lanes[1] != lanes[2]
    assert len(claims.claim(10)) == 2
    assert claims.claim(10) == []


def test_twins_whose_answers_are_lost_take_a_class_each(connected, alice, bob, iclass):
    twins = [alike(bob, alice, "Twins 2") for _ in range(3)]
    iclass.control("faults", {"arm": {"kind": "drop_after", "match": "class/create", "times": 3}})
    relay.drain()
    ids = {Lesson.objects.get(pk=twin.pk).remote_id for twin in twins}
    assert len(ids) == 3
    assert "" not in ids
    assert len(effects_of(iclass, "class/create", topic="Twins 2")) == 3


def test_an_older_class_of_the_same_name_is_not_taken_for_a_lost_create(connected, alice, bob, iclass):
    first = alike(bob, alice, "Twins 3")
    relay.drain()
    first.refresh_from_db()
    old = first.class_id
    with transaction.atomic():
        first.forget_remote()
    iclass.control("clock", {"move": 3600})
    iclass.control("knobs", {"sign_clock": "moved"})
    try:
        iclass.control("faults", {"arm": {"kind": "drop_before", "match": "class/create"}})
        iclass.control("faults", {"arm": {"kind": "html", "match": "class/create"}})
        second = alike(bob, alice, "Twins 3")
        relay.drain()
        second.refresh_from_db()
        assert second.class_id not in (None, old)
    finally:
        iclass.control("clock", {"reset": True})
        iclass.control("knobs", {"sign_clock": None})


def test_a_stop_takes_back_a_start_that_still_waits(lesson, alice, iclass):
    before = len(requests_to(iclass, "class/start"))
    start_lesson(lesson=lesson, by=alice)
    stop_lesson(lesson=lesson, by=alice)
    assert states(lesson)["class.start"] == OperationState.SUPERSEDED
    relay.drain()
    assert len(requests_to(iclass, "class/start")) == before


def test_a_start_that_waited_past_the_planned_end_lapses(lesson, alice, iclass):
    start_lesson(lesson=lesson, by=alice)
    over(lesson)
    before = len(requests_to(iclass, "class/start"))
    relay.drain()
    lesson.refresh_from_db()
    assert states(lesson)["class.start"] == OperationState.REFUSED
    assert (lesson.sync_state, lesson.sync_reason) == (SyncState.REFUSED, "over")
    assert len(requests_to(iclass, "class/start")) == before


def test_a_stop_asked_before_the_planned_end_lapses_at_it_and_one_asked_later_goes(lesson, alice, iclass):
    start_lesson(lesson=lesson, by=alice)
    relay.drain()
    stop_lesson(lesson=lesson, by=alice)
    Operation.objects.filter(kind="class.stop").update(created_at=timezone.now() - timedelta(minutes=9))
    over(lesson)
    relay.drain()
    lesson.refresh_from_db()
    assert (states(lesson)["class.stop"], lesson.sync_reason) == (OperationState.REFUSED, "over")
    stop_lesson(lesson=lesson, by=alice)
    relay.drain()
    assert states(lesson)["class.stop"] == OperationState.DONE
    assert iclass.call("class/info", {"class_id": lesson.class_id})["class_status"] == "end"


def test_a_start_repeated_after_a_lost_answer_starts_once(lesson, alice, iclass):
    iclass.control("faults", {"arm": {"kind": "drop_after", "match": "class/start"}})
    before = len(requests_to(iclass, "class/start"))
    start_lesson(lesson=lesson, by=alice)
    relay.drain()
    lesson.refresh_from_db()
    assert (lesson.status, states(lesson)["class.start"]) == ("ing", OperationState.DONE)
    assert len(requests_to(iclass, "class/start")) - before == 1


def test_a_change_that_came_before_the_first_try_takes_the_older_ones_place(connected, alice, iclass):
    duck = register_person(enterprise=connected, by=alice, user_id="duck4", nickname="D", role="student")
    relay.drain()
    duck.refresh_from_db()
    duck = edit_person(person=duck, by=alice, nickname="Duck")
    edit_person(person=duck, by=alice, nickname="Drake")
    versions = Operation.objects.filter(kind="user.modify").order_by("id").values_list("version", "state")
    assert list(versions) == [(2, OperationState.SUPERSEDED), (3, OperationState.READY)]


def test_without_coalescing_each_change_is_an_operation_of_its_own(lesson, alice):
    with mutated("outbox.coalesce"):
        for number in range(3):
            lesson = edit_lesson(lesson=lesson, by=alice, topic=f"Flamingo {number}")
    assert Operation.objects.filter(kind="class.modify", state=OperationState.READY).count() == 3


def test_a_change_on_its_way_is_not_replaced_but_followed(lesson, alice):
    lesson = edit_lesson(lesson=lesson, by=alice, topic="Flamingos")
    (first,) = claims.claim(5)
    edit_lesson(lesson=lesson, by=alice, topic="Hedgehogs")
    assert claims.claim(5) == []
    first.refresh_from_db()
    assert first.state == OperationState.SENDING


def test_one_schools_thousand_does_not_starve_anothers_one(connected, other_school, alice, bob):
    for _ in range(12):
        create_lesson(bob, alice)
    carol = create_person(other_school, "carol", "teacher")
    late = [create_lesson(carol, None) for _ in range(2)]
    taken = claims.claim(4)
    assert sorted(one.enterprise_id for one in taken) == sorted([connected.pk] * 2 + [other_school.pk] * 2)
    assert {one.subject_id for one in taken if one.enterprise_id == other_school.pk} == {
        one.pk for one in late
    }


@pytest.mark.parametrize(
    "state", [OperationState.SENDING, OperationState.UNKNOWN, OperationState.HELD, OperationState.NEEDS_YOU]
)
def test_what_waits_for_another_waits_in_each_of_its_open_states(connected, alice, state):
    dodo = register_person(enterprise=connected, by=alice, user_id="dodo4", nickname="D", role="teacher")
    create_lesson(dodo, alice)
    (first,) = claims.claim(10)
    assert first.kind == "user.register"
    ways = {
        OperationState.UNKNOWN: [OperationState.UNKNOWN],
        OperationState.HELD: [OperationState.HELD],
        OperationState.NEEDS_YOU: [OperationState.UNKNOWN, OperationState.PROBING, OperationState.NEEDS_YOU],
    }
    for step in ways.get(state, []):
        assert transition(first, step)
    assert claims.claim(10) == []


def test_what_waits_goes_once_the_other_is_refused(connected, alice):
    dodo = register_person(enterprise=connected, by=alice, user_id="dodo5", nickname="D", role="teacher")
    create_lesson(dodo, alice)
    (first,) = claims.claim(10)
    transition(first, OperationState.REFUSED)
    assert [one.kind for one in claims.claim(10)] == ["class.create"]
