"""What happens after an answer was lost or could not be kept: looks, repeats, and a person in the end."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.people.services import edit_person, register_person, renew_entry_token
from classes.lessons.room_entries import add_to_room
from classes.lessons.services import cancel_lesson, edit_lesson
from console.outbox import claims, relay
from console.outbox.models import Attempt, Operation
from console.outbox.states import OperationState, SyncState
from tests.faults.arming import arm_point
from tests.faults.mutants import mutated
from tests.support.iclass_service import create_lesson, effects_of, requests_to

pytestmark = pytest.mark.django_db(transaction=True)
UNRECORDED = Attempt.Outcome.UNRECORDED


@pytest.fixture
def mouse(connected, alice):
    person = register_person(enterprise=connected, by=alice, user_id="mouse3", nickname="M", role="student")
    relay.drain()
    person.refresh_from_db()
    return person


@pytest.fixture
def lesson(connected, alice, bob):
    made = create_lesson(bob, alice)
    relay.drain()
    made.refresh_from_db()
    assert made.class_id
    return made


def lose(iclass, endpoint, kind="drop_after", **more):
    iclass.control("faults", {"arm": {"kind": kind, "match": endpoint, **more}})


def lists(iclass):
    """How many pages were read, the refused ones of a clock not learned yet left out."""
    return sum(1 for body in requests_to(iclass, "class/list") if body)


def latest(kind):
    return Operation.objects.filter(kind=kind).latest("id")


def test_an_answer_that_cannot_be_kept_at_first_is_kept_at_once_after(connected, alice, bob, iclass):
    lesson = create_lesson(bob, alice)
    with arm_point("outbox.recorded", "raise@1"):
        relay.drain()
    lesson.refresh_from_db()
    assert lesson.sync_state == SyncState.IN_SYNC
    assert len(effects_of(iclass, "class/create", topic=lesson.topic)) == 1
    assert not Attempt.objects.filter(outcome=UNRECORDED).exists()


@pytest.mark.parametrize("kind", ["class.create", "user.register", "user.token"])
def test_an_answer_that_can_never_be_kept_ends_with_a_person(connected, alice, bob, mouse, iclass, kind):
    deeds = {
        "class.create": lambda: create_lesson(bob, alice),
        "user.register": lambda: register_person(
            enterprise=connected, by=alice, user_id="lory3", nickname="L", role="student"
        ),
        "user.token": lambda: renew_entry_token(person=mouse, by=alice),
    }
    deeds[kind]()
    with arm_point("outbox.recorded", "raise"):
        relay.drain()
    operation = latest(kind)
    assert (operation.state, operation.reason) == (OperationState.NEEDS_YOU, "cannot_record")
    assert operation.tries.filter(outcome=UNRECORDED).count() == 3
    if kind == "class.create":
        assert len(effects_of(iclass, "class/create", topic=operation.subject().topic)) == 1


def test_a_change_whose_answer_cannot_be_kept_is_found_done_by_reading(mouse, alice, iclass):
    edit_person(person=mouse, by=alice, nickname="Mouse")
    with arm_point("outbox.recorded", "raise"):
        relay.drain()
    mouse.refresh_from_db()
    assert latest("user.modify").state == OperationState.DONE
    assert (mouse.sync_state, mouse.observed["nickname"]) == (SyncState.IN_SYNC, "Mouse")


def test_a_one_shot_whose_answer_cannot_be_kept_is_not_sent_again(lesson, alice, mouse, iclass):
    before = len(requests_to(iclass, "member/join"))
    add_to_room(lesson=lesson, person=mouse, by=alice)
    with arm_point("outbox.recorded", "raise"):
        relay.drain()
    assert len(requests_to(iclass, "member/join")) - before == 1
    assert latest("member.join").state == OperationState.NEEDS_YOU


def test_one_row_that_cannot_be_kept_does_not_stop_the_others(connected, alice, bob, iclass):
    first, second = create_lesson(bob, alice), create_lesson(bob, alice)
    with arm_point("outbox.recorded", "raise@1"), arm_point("outbox.closing", "raise@2"):
        relay.drain()
    for lesson in (first, second):
        lesson.refresh_from_db()
        assert lesson.sync_state == SyncState.IN_SYNC


def test_a_change_whose_answer_was_lost_is_read_back_before_it_is_sent_again(lesson, alice, iclass):
    topic = f"{lesson.topic} moved"
    lose(iclass, "class/modify")
    before = len(requests_to(iclass, "class/modify"))
    lesson = edit_lesson(lesson=lesson, by=alice, topic=topic)
    relay.drain()
    assert latest("class.modify").state == OperationState.DONE
    assert len(requests_to(iclass, "class/modify")) - before == 1
    lesson.refresh_from_db()
    assert lesson.observed["topic"] == topic


def test_a_change_back_is_sent_although_the_first_answer_was_lost(lesson, alice, iclass):
    """The service has what we did not hear of; what we believe it has would say that nothing differs."""
    topic = lesson.topic
    lose(iclass, "class/modify")
    lesson = edit_lesson(lesson=lesson, by=alice, topic=f"{topic} moved")
    (first,) = [one for one in claims.claim(5) if one.kind == "class.modify"]
    relay._send([first])
    edit_lesson(lesson=lesson, by=alice, topic=topic)
    Operation.objects.filter(state=OperationState.UNKNOWN).update(due_at=timezone.now())
    relay.drain()
    assert iclass.call("class/info", {"class_id": lesson.class_id})["class_topic"] == topic


def test_a_person_changed_with_a_lost_answer_is_read_back_too(mouse, alice, iclass):
    lose(iclass, "user/profile/modify")
    before = len(requests_to(iclass, "user/profile/modify"))
    edit_person(person=mouse, by=alice, nickname="Dormouse")
    relay.drain()
    mouse.refresh_from_db()
    assert mouse.observed["nickname"] == "Dormouse"
    assert mouse.sync_state == SyncState.IN_SYNC
    assert len(requests_to(iclass, "user/profile/modify")) - before == 1


def test_a_change_of_something_that_is_gone_ends_refused_and_does_not_look_for_ever(lesson, alice, iclass):
    lose(iclass, "class/modify", kind="drop_before")
    lose(iclass, "class/modify", kind="stall", seconds=0.1)
    edit_lesson(lesson=lesson, by=alice, topic="Gone")
    iclass.call("class/delete", {"class_id": lesson.class_id})
    relay.drain()
    operation = latest("class.modify")
    assert (operation.state, operation.reason) == (OperationState.REFUSED, "10230")


def test_a_lesson_cancelled_while_its_making_is_in_doubt_is_found_and_deleted(connected, alice, bob, iclass):
    lose(iclass, "class/create")
    lesson = create_lesson(bob, alice)
    (taken,) = claims.claim(1)
    relay._send([taken])
    assert latest("class.create").state == OperationState.UNKNOWN
    cancel_lesson(lesson=lesson, by=alice, reason="rain")
    Operation.objects.filter(state=OperationState.UNKNOWN).update(due_at=timezone.now())
    relay.drain()
    assert len(effects_of(iclass, "class/create", topic=lesson.topic)) == 1
    assert latest("class.delete").state == OperationState.DONE
    lesson.refresh_from_db()
    assert iclass.call("class/info", {"class_id": lesson.class_id})["error_code"] == 10230


def test_a_look_for_a_fresh_class_reads_no_more_of_the_list_than_is_young_enough(
    connected, alice, bob, iclass
):
    plan = {"teacher_id": "bob", "class_type": "1vN", "start_time": 1772413200, "stop_time": 1772415900}
    classes = [
        {"sdkappid": connected.sdkappid, "plant_key": f"old {n}", "class": plan | {"class_topic": f"Old {n}"}}
        for n in range(120)
    ]
    iclass.control("plant", {"classes": classes})
    iclass.control("clock", {"move": 600})
    iclass.control("knobs", {"sign_clock": "moved"})
    try:
        lose(iclass, "class/create")
        lesson = create_lesson(bob, alice)
        before = lists(iclass)
        relay.drain()
        lesson.refresh_from_db()
        assert lesson.class_id
        assert lists(iclass) - before == 1
    finally:
        iclass.control("clock", {"reset": True})
        iclass.control("knobs", {"sign_clock": None})


def old_and_often_tried(operation, settings):
    settings.OUTBOX_MAX_ATTEMPTS, settings.OUTBOX_MAX_AGE_S = 3, 3600
    Operation.objects.filter(pk=operation.pk).update(
        first_sent_at=timezone.now() - timedelta(hours=2), due_at=timezone.now()
    )
    for _ in range(3):
        Attempt.objects.create(
            operation=operation, fence=0, endpoint="x", started_at=timezone.now(), outcome="not_reached"
        )


@pytest.mark.parametrize(
    ("endpoint", "fault"),
    [
        ("class/create", {"kind": "busy"}),
        ("class/create", {"kind": "status"}),
        ("class/list", {"kind": "status"}),
    ],
)
def test_tries_without_end_end_with_a_person(connected, alice, bob, iclass, settings, endpoint, fault):
    create_lesson(bob, alice)
    old_and_often_tried(latest("class.create"), settings)
    lose(iclass, endpoint, times=0, **fault)
    if endpoint == "class/list":
        lose(iclass, "class/create", kind="drop_before")
        lose(iclass, "class/create", kind="html")
    relay.drain()
    operation = latest("class.create")
    assert (operation.state, operation.reason) == (OperationState.NEEDS_YOU, "too_many_tries")


def test_many_tries_alone_or_age_alone_are_no_reason_to_give_up(connected, alice, bob, iclass, settings):
    lesson = create_lesson(bob, alice)
    old_and_often_tried(latest("class.create"), settings)
    Operation.objects.update(first_sent_at=timezone.now())
    lose(iclass, "class/create", kind="busy", times=2)
    relay.drain()
    lesson.refresh_from_db()
    assert lesson.sync_state == SyncState.SENDING
    Operation.objects.filter(state=OperationState.READY).update(due_at=timezone.now())
    iclass.control("faults", {"clear": True})
    relay.drain()
    lesson.refresh_from_db()
    assert lesson.sync_state == SyncState.IN_SYNC


def test_a_dead_workers_sending_is_looked_at_only_once_the_lists_have_caught_up(
    connected, alice, bob, settings
):
    settings.PROBE_DELAY_S = 30
    create_lesson(bob, alice)
    settings.LEASE_S = 0
    claims.claim(1)
    claims.expire_leases()
    due = latest("class.create").due_at
    assert due > timezone.now() + timedelta(seconds=25)


def test_a_command_of_an_app_that_is_gone_is_refused_and_stops_nobody(connected, alice, bob, iclass):
    lesson, other = create_lesson(bob, alice), create_lesson(bob, alice)
    Operation.objects.filter(subject_id=lesson.pk).update(kind="chess.move")
    relay.drain()
    assert Operation.objects.get(kind="chess.move").state == OperationState.REFUSED
    other.refresh_from_db()
    assert other.sync_state == SyncState.IN_SYNC


def test_without_probing_a_lost_answer_makes_a_second_class(connected, alice, bob, iclass):
    lose(iclass, "class/create")
    lesson = create_lesson(bob, alice)
    with mutated("outbox.probe"):
        relay.drain()
    assert len(effects_of(iclass, "class/create", topic=lesson.topic)) == 2
