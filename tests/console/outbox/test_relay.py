"""The relay against the local service: what is sent, what is not sent twice, what waits for whom."""

import pytest
from django.db import transaction

from accounts.models import User
from accounts.people.services import register_person, renew_entry_token
from accounts.school.services import edit_school, pull_school
from classes.lessons.services import cancel_lesson, edit_lesson, push_lesson
from console.outbox import claims, relay
from console.outbox.bulk_services import enqueue_many
from console.outbox.models import Attempt, Operation
from console.outbox.states import OperationState, SyncState
from console.outbox.transitions import transition
from tests.support.iclass_service import create_lesson, effects_of, requests_to

pytestmark = pytest.mark.django_db(transaction=True)


def state_of(subject, kind):
    return Operation.objects.filter(subject_id=subject.pk, kind=kind).latest("id").state


def test_a_scheduled_lesson_is_made_at_the_service_and_knows_its_links(connected, alice, bob, iclass):
    lesson = create_lesson(bob, alice)
    relay.drain()
    lesson.refresh_from_db()
    assert lesson.class_id
    assert lesson.teacher_url == f"{iclass.url}/{connected.sdkappid}/{lesson.class_id}/0"
    assert lesson.student_url.endswith("/1")
    assert lesson.sync_state == SyncState.IN_SYNC
    assert len(effects_of(iclass, "class/create", topic=lesson.topic)) == 1


def test_a_lesson_waits_until_its_people_are_registered(connected, alice, iclass):
    teacher = register_person(enterprise=connected, by=alice, user_id="dodo", nickname="Dodo", role="teacher")
    lesson = create_lesson(teacher, alice)
    create = Operation.objects.get(kind="class.create", subject_id=lesson.pk)
    assert [one.kind for one in create.waits_for.all()] == ["user.register"]
    assert [one.kind for one in claims.claim(10)] == ["user.register"]


@pytest.mark.parametrize("kind", ["drop_after", "cut", "html", "bad_json", "status"])
def test_a_lost_answer_does_not_make_a_second_class(connected, alice, bob, iclass, kind):
    iclass.control("faults", {"arm": {"kind": kind, "match": "class/create", "applied": True}})
    lesson = create_lesson(bob, alice)
    relay.drain()
    lesson.refresh_from_db()
    assert lesson.class_id
    assert lesson.student_url.endswith(f"/{lesson.class_id}/1")
    assert len(effects_of(iclass, "class/create", topic=lesson.topic)) == 1
    outcomes = Attempt.objects.filter(
        operation__kind="class.create", operation__subject_id=lesson.pk
    ).values_list("outcome", flat=True)
    assert set(outcomes) == {Attempt.Outcome.UNKNOWN, Attempt.Outcome.FOUND}


def test_after_its_time_nothing_more_is_sent_for_other_work_waits_too(connected, alice):
    people = User.objects.bulk_create(
        User(enterprise=connected, user_id=name, login=f"{name}@{connected.sdkappid}", nickname="U")
        for name in (f"u{number}" for number in range(relay.BATCH + 2))
    )
    labels = {person.pk: person.nickname for person in people}
    with transaction.atomic():
        enqueue_many("user.register", User, labels, enterprise=connected, by=alice)
    waiting = Operation.objects.filter(kind="user.register", state=OperationState.READY)
    relay.drain(within_s=0)
    assert waiting.count() == 2
    relay.drain()
    assert waiting.count() == 0


def test_a_request_that_never_arrived_is_sent_again(connected, alice, bob, iclass):
    iclass.control("faults", {"arm": {"kind": "drop_before", "match": "class/create"}})
    lesson = create_lesson(bob, alice)
    relay.drain()
    lesson.refresh_from_db()
    assert lesson.class_id
    assert len(effects_of(iclass, "class/create", topic=lesson.topic)) == 1


def test_a_service_that_is_away_costs_time_and_nothing_else(connected, alice, bob, iclass, settings):
    settings.OUTBOX_BACKOFF_S = 60
    settings.ICLASS_BASE_URL = "http://127.0.0.1:9"
    lesson = create_lesson(bob, alice)
    relay.drain()
    lesson.refresh_from_db()
    assert lesson.sync_state == SyncState.SENDING
    assert lesson.sync_reason == "not_reached"
    Operation.objects.update(due_at=lesson.created_at)
    settings.ICLASS_BASE_URL = iclass.url
    relay.drain()
    lesson.refresh_from_db()
    assert lesson.sync_state == SyncState.IN_SYNC


def test_a_refusal_is_shown_on_the_row_and_not_repeated(connected, alice, bob, iclass):
    iclass.control("faults", {"arm": {"kind": "refuse", "match": "class/create", "error_code": 10003}})
    lesson = create_lesson(bob, alice)
    relay.drain()
    lesson.refresh_from_db()
    assert (lesson.sync_state, lesson.sync_reason) == (SyncState.REFUSED, "10003")
    assert lesson.sync_reason_text
    assert str(lesson.sync_reason_text.what)
    push_lesson(lesson=lesson, by=alice)
    relay.drain()
    lesson.refresh_from_db()
    assert lesson.sync_state == SyncState.IN_SYNC


def test_a_refused_key_holds_everything_until_a_new_one_is_entered(connected, alice, bob, iclass):
    good = connected.tic_key.reveal()
    connected = edit_school(school=connected, by=None, tic_key="wrong" * 6)
    lesson = create_lesson(bob, alice)
    relay.drain()
    lesson.refresh_from_db()
    assert (lesson.sync_state, lesson.sync_reason) == (SyncState.HELD, "10217")
    assert Attempt.objects.filter(operation__kind="class.create", error_code=10217).count() == 1
    edit_school(school=connected, by=None, tic_key=good)
    relay.drain()
    lesson.refresh_from_db()
    assert lesson.sync_state == SyncState.IN_SYNC


def test_a_school_without_a_private_key_says_so_and_sends_once_it_is_pulled(school, alice, bob, iclass):
    lesson = create_lesson(bob, alice)
    relay.drain()
    lesson.refresh_from_db()
    assert (lesson.sync_state, lesson.sync_reason) == (SyncState.HELD, "no_private_key")
    pull_school(school=school, by=alice)
    relay.drain()
    lesson.refresh_from_db()
    assert lesson.sync_state == SyncState.IN_SYNC


def test_several_changes_before_the_first_try_go_out_as_one(connected, alice, bob, iclass):
    lesson = create_lesson(bob, alice)
    relay.drain()
    lesson.refresh_from_db()
    for topic in ("Flamingos", "Hedgehogs"):
        lesson = edit_lesson(lesson=lesson, by=alice, topic=topic)
    relay.drain()
    sent = [body for body in requests_to(iclass, "class/modify") if body["class_id"] == lesson.class_id]
    assert [body["class_topic"] for body in sent] == ["Hedgehogs"]
    assert state_of(lesson, "class.modify") == OperationState.DONE


def test_only_what_changed_is_sent(connected, alice, bob, iclass):
    lesson = create_lesson(bob, alice)
    relay.drain()
    lesson.refresh_from_db()
    edit_lesson(lesson=lesson, by=alice, bitrate=1200)
    relay.drain()
    sent = requests_to(iclass, "class/modify")[-1]
    assert {"class_id": lesson.class_id, "settings": {"bitrate": 1200}}.items() <= sent.items()
    assert "class_topic" not in sent


def test_members_change_by_increments(connected, alice, bob, iclass):
    pupils = [
        register_person(enterprise=connected, by=alice, user_id=name, nickname=name, role="student")
        for name in ("mouse", "duck", "lory")
    ]
    lesson = create_lesson(bob, alice, students=pupils[:2])
    relay.drain()
    lesson.refresh_from_db()
    edit_lesson(lesson=lesson, by=alice, students=pupils[1:])
    relay.drain()
    assert requests_to(iclass, "member/delete")[-1]["list"] == ["mouse"]
    assert requests_to(iclass, "member/add")[-1]["list"] == [{"user_id": "lory", "role": "student"}]


def test_an_assistant_joins_with_their_own_role_after_the_class_was_made(connected, alice, bob, iclass):
    helper = register_person(
        enterprise=connected, by=alice, user_id="caterpillar", nickname="C", role="assistant"
    )
    lesson = create_lesson(bob, alice, staff=[helper])
    relay.drain()
    lesson.refresh_from_db()
    told = iclass.call("class/info", {"class_id": lesson.class_id})["members"]
    assert {"user_id": "caterpillar", "role": "assistant"} in told


def test_a_cancelled_lesson_that_was_never_sent_never_reaches_the_service(connected, alice, bob, iclass):
    lesson = create_lesson(bob, alice)
    cancel_lesson(lesson=lesson, by=alice, reason="rain")
    relay.drain()
    assert not effects_of(iclass, "class/create", topic=lesson.topic)


def test_a_new_token_is_kept_sealed(connected, alice, iclass):
    mouse = register_person(enterprise=connected, by=alice, user_id="mouse2", nickname="M", role="student")
    relay.drain()
    mouse.refresh_from_db()
    first = mouse.user_token.reveal()
    renew_entry_token(person=mouse, by=alice)
    relay.drain()
    mouse.refresh_from_db()
    assert mouse.user_token.reveal() not in ("", first)


def test_somebody_whom_the_service_knows_already_is_adopted(connected, alice, iclass):
    iclass.call("user/register", {"list": [{"user_id": "hatter", "role": "student", "nickname": "Hatter"}]})
    hatter = register_person(
        enterprise=connected, by=alice, user_id="hatter", nickname="Hatter", role="student"
    )
    relay.drain()
    hatter.refresh_from_db()
    assert hatter.remote_id == "hatter"
    assert hatter.user_token
    assert hatter.sync_state == SyncState.IN_SYNC
    assert hatter.observed["nickname"] == "Hatter"


def test_one_person_whom_the_service_refuses_does_not_keep_out_the_others(connected, alice, iclass):
    people = [
        register_person(
            enterprise=connected, by=alice, user_id=f"gryphon{n}", nickname=f"G{n}", role="student"
        )
        for n in range(4)
    ]
    type(people[0]).objects.filter(pk=people[2].pk).update(role="nobody")
    relay.drain()
    states = [state_of(person, "user.register") for person in people]
    assert states == [OperationState.DONE, OperationState.DONE, OperationState.REFUSED, OperationState.DONE]


def test_what_a_dead_worker_left_in_sending_is_looked_at_first(connected, alice, bob, iclass, settings):
    lesson = create_lesson(bob, alice)
    settings.LEASE_S = 0
    (taken,) = claims.claim(1)
    assert taken.state == OperationState.SENDING
    assert claims.expire_leases() == 1
    settings.LEASE_S = 60
    relay.drain()
    lesson.refresh_from_db()
    assert lesson.class_id
    assert len(effects_of(iclass, "class/create", topic=lesson.topic)) == 1


def test_a_worker_that_was_paused_past_its_lease_cannot_write(connected, alice, bob, iclass, settings):
    create_lesson(bob, alice)
    settings.LEASE_S = 0
    (paused,) = claims.claim(1)
    claims.expire_leases()
    assert transition(paused, OperationState.DONE) is False


def test_two_workers_never_take_the_same_operation(connected, alice, bob):
    for _ in range(5):
        create_lesson(bob, alice)
    first, second = claims.claim(3), claims.claim(3)
    assert len(first) == 3
    assert not {one.pk for one in first} & {one.pk for one in second}
