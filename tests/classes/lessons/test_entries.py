"""People put into a room or taken out of it from here, and visitors: sent once, and never twice."""

import secrets
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone, translation

from classes.lessons.entry_operations import wipe_secrets
from classes.lessons.room_entries import (
    add_to_room,
    create_visitor_pass,
    remove_from_room,
    reveal_visitor_pass,
)
from classes.lessons.services import cancel_lesson, start_lesson
from classes.models import Entry, Lesson
from console.audit.models import AuditEntry
from console.outbox import relay
from console.outbox.models import Attempt, Operation
from console.outbox.states import OperationState, SyncState
from console.policy import may
from tests.faults.sizes import FULL
from tests.support.iclass_service import create_lesson, effects_of, requests_to

pytestmark = pytest.mark.django_db(transaction=True)

LOST = ["drop_after", "cut", "html", "bad_json", "status"]
#: Acts and how their answer is lost: with FAULTS=full each with each, else every kind once.
PAIRS = [
    (act, kind)
    for turn, act in enumerate(("member/join", "member/quit", "member/visitor/join"))
    for number, kind in enumerate((*LOST, "drop_before", "stall"))
    if FULL or number % 3 == turn
]


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def room(connected, alice, bob, iclass):
    """A public lesson of Bob's that runs."""
    return running(alice, bob, class_type="public")


def running(alice, bob, **fields):
    lesson = create_lesson(bob, alice, starts_at=timezone.now() - timedelta(minutes=1), **fields)
    start_lesson(lesson=lesson, by=alice)
    relay.drain()
    lesson.refresh_from_db()
    assert lesson.status == "ing"
    return lesson


def inside(iclass, lesson):
    listed = iclass.call("member/runtime/list", {"class_id": lesson.class_id, "index": 0, "size": 100})
    return {line["user_id"]: line["nickname"] for line in listed["list"]}


def sent(iclass, endpoint, lesson):
    bodies = [body for body in requests_to(iclass, endpoint) if body]
    return [body for body in bodies if body["class_id"] == lesson.class_id]


def state_of(entry):
    return Operation.objects.get(subject_type="classes.entry", subject_id=entry.pk).state


def test_a_person_goes_in_and_comes_out(room, bob, alice, iclass):
    entry = add_to_room(lesson=room, person=bob, by=alice)
    relay.drain()
    assert "bob" in inside(iclass, room)
    entry.refresh_from_db()
    assert (entry.sync_state, entry.remote_id, entry.observed) == ("in_sync", "bob", {"role": "teacher"})
    remove_from_room(lesson=room, person=bob, by=alice)
    relay.drain()
    assert "bob" not in inside(iclass, room)


def test_what_happened_at_the_door_stands_on_record_without_the_password(room, bob, alice):
    add_to_room(lesson=room, person=bob, by=alice, password="mad-tea-1865")
    entry = AuditEntry.objects.get(action="lesson.join")
    assert (entry.actor, entry.after) == (alice, {"entry": Entry.objects.get().pk, "person": bob.pk})
    assert "mad-tea" not in str(list(AuditEntry.objects.values()))
    assert "mad-tea" not in str(list(Entry.objects.values()))
    assert "mad-tea" not in str(list(Operation.objects.values()))


def test_the_password_goes_with_the_entry_and_is_wiped_once_it_was_used(room, bob, alice, iclass):
    entry = add_to_room(lesson=room, person=bob, by=alice, password="mad-tea-1865")
    assert Entry.objects.get(pk=entry.pk).password.reveal() == "mad-tea-1865"
    relay.drain()
    assert sent(iclass, "member/join", room)[-1]["password"] == "***"
    assert Entry.objects.get(pk=entry.pk).password is None


def test_a_look_at_the_room_follows(room, bob, alice):
    Lesson.objects.filter(pk=room.pk).update(look_at=None)
    add_to_room(lesson=room, person=bob, by=alice)
    relay.drain()
    assert Lesson.objects.get(pk=room.pk).look_at <= timezone.now()


@pytest.mark.faults
@pytest.mark.parametrize(("act", "kind"), PAIRS)
def test_where_the_answer_is_lost_a_person_decides_and_nothing_is_sent_again(
    room, bob, alice, iclass, settings, act, kind
):
    usual, settings.ICLASS_TIMEOUT_S = settings.ICLASS_TIMEOUT_S, 0.4
    fault = {"kind": kind, "match": act, "applied": True, "seconds": 0.6}
    if kind != "stall":
        fault.pop("seconds")
    iclass.control("faults", {"arm": fault})
    before = len(requests_to(iclass, act))
    entry = {
        "member/join": lambda: add_to_room(lesson=room, person=bob, by=alice),
        "member/quit": lambda: remove_from_room(lesson=room, person=bob, by=alice),
        "member/visitor/join": lambda: create_visitor_pass(lesson=room, nickname="Hatter", by=alice),
    }[act]()
    relay.drain()
    settings.ICLASS_TIMEOUT_S = usual  # a busy machine may need longer than that for an answer that comes
    for _ in range(2):
        relay.drain()
    assert state_of(entry) == OperationState.NEEDS_YOU
    entry.refresh_from_db()
    assert (entry.sync_state, entry.sync_reason) == (SyncState.NEEDS_YOU, "one_shot")
    assert len(requests_to(iclass, act)) == before + 1
    outcomes = Attempt.objects.filter(operation__subject_id=entry.pk, operation__subject_type="classes.entry")
    assert set(outcomes.values_list("outcome", flat=True)) == {"unknown", "unclear"}
    # The lesson itself is not in question, and what is asked next does not wait for the decision.
    assert Lesson.objects.get(pk=room.pk).sync_state == SyncState.IN_SYNC
    again = remove_from_room(lesson=room, person=bob, by=alice)
    relay.drain()
    assert state_of(again) == OperationState.DONE


def test_an_entry_that_certainly_did_not_arrive_is_sent_once_the_service_is_back(
    room, bob, alice, iclass, settings
):
    settings.OUTBOX_BACKOFF_S = 60
    settings.ICLASS_BASE_URL = "http://127.0.0.1:9"
    entry = add_to_room(lesson=room, person=bob, by=alice)
    relay.drain()
    assert state_of(entry) == OperationState.READY
    settings.ICLASS_BASE_URL = iclass.url
    Operation.objects.update(due_at=timezone.now())
    relay.drain()
    assert state_of(entry) == OperationState.DONE
    assert len(effects_of(iclass, "member/join", user_id="bob")) >= 1
    assert len(sent(iclass, "member/join", room)) == 1


def test_a_refusal_says_why_at_the_entry_and_leaves_the_lesson_alone(connected, alice, bob, iclass):
    lesson = create_lesson(bob, alice, starts_at=timezone.now() + timedelta(hours=5))
    relay.drain()
    entry = add_to_room(lesson=lesson, person=bob, by=alice)
    relay.drain()
    entry.refresh_from_db()
    lesson.refresh_from_db()
    assert (entry.sync_state, entry.sync_reason) == (SyncState.REFUSED, "10300")
    assert "an hour before" in str(entry.sync_reason_text.what)
    assert lesson.sync_state == SyncState.IN_SYNC


def test_an_entry_waits_until_the_lesson_has_been_made(connected, alice, bob, iclass):
    lesson = create_lesson(bob, alice, starts_at=timezone.now() - timedelta(minutes=1))
    entry = add_to_room(lesson=lesson, person=bob, by=alice)
    relay.drain()
    assert state_of(entry) == OperationState.DONE


def test_taking_somebody_out_takes_back_an_entry_that_still_waits(room, bob, alice, iclass):
    entry = add_to_room(lesson=room, person=bob, by=alice)
    remove_from_room(lesson=room, person=bob, by=alice)
    relay.drain()
    assert state_of(entry) == OperationState.SUPERSEDED
    assert not sent(iclass, "member/join", room)


def test_an_entry_that_comes_too_late_is_not_sent(room, bob, alice, iclass):
    entry = add_to_room(lesson=room, person=bob, by=alice)
    Lesson.objects.filter(pk=room.pk).update(
        starts_at=timezone.now() - timedelta(hours=2), ends_at=timezone.now() - timedelta(hours=1)
    )
    relay.drain()
    entry.refresh_from_db()
    assert (entry.sync_state, entry.sync_reason) == (SyncState.REFUSED, "over")
    assert not sent(iclass, "member/join", room)


def test_a_visitor_gets_a_pass_that_is_shown_once(room, alice, iclass):
    entry = create_visitor_pass(lesson=room, nickname=" Hatter ", by=alice)
    relay.drain()
    entry.refresh_from_db()
    assert inside(iclass, room)[entry.remote_id] == "Hatter"
    shown = reveal_visitor_pass(entry=entry, by=alice)
    assert shown["user_id"] == entry.remote_id
    assert shown["user_token"]
    assert shown["user_sig"]
    assert shown["user_token"] not in str(list(Entry.objects.values()))
    with pytest.raises(ValidationError, match="no pass"):
        reveal_visitor_pass(entry=entry, by=alice)
    assert AuditEntry.objects.filter(action="entry.reveal", actor=alice).count() == 1


def test_a_pass_that_nobody_fetched_is_wiped_after_a_while(room, alice, settings):
    settings.VISITOR_PASS_S = 0
    entry = create_visitor_pass(lesson=room, nickname="Hatter", by=alice)
    relay.drain()
    with pytest.raises(ValidationError, match="no pass"):
        reveal_visitor_pass(entry=entry, by=alice)
    assert Entry.objects.get(pk=entry.pk).user_token
    assert wipe_secrets(10) == 1
    assert wipe_secrets(10) == 0
    entry.refresh_from_db()
    assert (entry.user_token, entry.user_sig, entry.secrets_until) == (None, None, None)
    assert entry.remote_id


def test_a_lesson_for_members_takes_no_visitors(connected, alice, bob):
    lesson = create_lesson(bob, alice)
    with pytest.raises(ValidationError, match="public"):
        create_visitor_pass(lesson=lesson, nickname="Hatter", by=alice)


def test_nobody_enters_a_lesson_that_is_over_or_cancelled_or_of_another_school(
    connected, alice, bob, charlie
):
    lesson = create_lesson(bob, alice)
    with pytest.raises(ValidationError, match="not in your school"):
        add_to_room(lesson=lesson, person=charlie, by=alice)
    past = create_lesson(bob, alice, starts_at=timezone.now() - timedelta(hours=3))
    with pytest.raises(ValidationError, match="planned end"):
        add_to_room(lesson=past, person=bob, by=alice)
    cancel_lesson(lesson=lesson, by=alice)
    lesson.refresh_from_db()
    with pytest.raises(ValidationError, match="cancelled"):
        remove_from_room(lesson=lesson, person=bob, by=alice)
    assert not Entry.objects.exists()


@pytest.mark.parametrize("action", ["enter_for", "take_out", "visitor_pass"])
def test_teachers_hold_the_door_of_their_own_lessons_alone(connected, alice, bob, charlie, action):
    lesson = create_lesson(bob, alice, topic=f"Croquet {secrets.token_hex(4)}")
    assert may(alice, action, "lesson", lesson)
    assert may(bob, action, "lesson", lesson)
    assert not may(charlie, action, "lesson", lesson)
