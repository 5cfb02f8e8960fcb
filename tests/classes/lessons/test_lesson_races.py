"""Two people, or a person and the relay, at one lesson at once: one class at the service, nothing is
overwritten, and no deadlock is shown to anybody."""

import itertools
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import Enterprise, Role, StudentGroup, User
from classes.choices import Status
from classes.lessons.members import replace_members
from classes.lessons.room_entries import add_to_room
from classes.lessons.services import (
    cancel_lesson,
    edit_lesson,
    pull_lesson,
    push_lesson,
    start_lesson,
    stop_lesson,
)
from classes.mirror.upsert import next_poll_at
from classes.models import Lesson, LessonKey, Member
from console.concurrency import EditConflict
from console.mirror.leases import lease_due_rows, lock_leased_row, release_lease
from console.outbox import relay
from console.outbox.models import Operation
from console.outbox.services import enqueue
from tests.faults.sizes import size
from tests.support.cast import create_person
from tests.support.concurrent_calls import CallOutcome, call_concurrently, call_while_other_waits
from tests.support.iclass_service import create_lesson, effects_of, tomorrow_at
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.django_db(transaction=True)
REASON = {"conflict_reason": "Many at once, on purpose."}
#: Times that two acts of a pair meet.
ROUNDS = size(full=5, ci=1)


@pytest.fixture
def lesson(alice: User, bob: User) -> Lesson:
    return create_lesson(bob, alice)


def read(lesson: Lesson) -> Lesson:
    """The lesson as somebody reads it now."""
    return Lesson.objects.get(pk=lesson.pk)


def relaying(until: threading.Event) -> CallOutcome:
    def work() -> None:
        while not until.is_set():
            relay.drain()
            time.sleep(0.01)

    return CallOutcome(work)


@pytest.mark.faults
def test_a_new_lesson_that_nine_people_change_while_it_is_made_is_made_once(
    iclass: Any, connected: Enterprise, alice: User, bob: User
) -> None:
    before, over = len(effects_of(iclass, "class/create")), threading.Event()
    lesson = create_lesson(bob, alice)
    clients = [rest_client(alice) for _ in range(9)]
    worker = relaying(over)

    def patch(client: Any, number: int) -> list[int]:
        address = f"/api/v1/lessons/{lesson.pk}/"
        return [
            client.patch(address, {"bitrate": 500 + 10 * number + turn}, format="json").status_code
            for turn in range(size(full=4, ci=2))
        ]

    outcomes = call_concurrently(*(lambda c=c, n=n: patch(c, n) for n, c in enumerate(clients)))
    over.set()
    worker.thread.join()
    relay.drain()
    answers = set(itertools.chain(*(one.value for one in outcomes)))
    assert answers <= {200, 409}, answers
    assert len(effects_of(iclass, "class/create")) - before == 1
    stored = read(lesson)
    assert stored.remote_id
    assert stored.sync_state == "in_sync", stored.sync_reason
    assert stored.observed["bitrate"] == stored.bitrate


@pytest.mark.faults
def test_a_client_that_edits_twenty_milliseconds_apart_gets_one_class_a_lesson(
    iclass: Any, connected: Enterprise, alice: User, bob: User
) -> None:
    hours = size(full=4, ci=2)
    before, over = len(effects_of(iclass, "class/create")), threading.Event()
    worker, client = relaying(over), rest_client(alice)
    for hour in range(hours):
        lesson = create_lesson(bob, alice, starts_at=tomorrow_at(6 + hour))
        for bitrate in (600, 700, 800):
            time.sleep(0.02)
            answer = client.patch(f"/api/v1/lessons/{lesson.pk}/", {"bitrate": bitrate}, format="json")
            assert answer.status_code == 200
    over.set()
    worker.thread.join()
    relay.drain()
    assert len(effects_of(iclass, "class/create")) - before == hours
    assert set(Lesson.objects.values_list("sync_state", "bitrate")) == {("in_sync", 800)}


def test_an_edit_keeps_what_the_relay_wrote_since_it_was_read(lesson: Lesson, alice: User) -> None:
    old = read(lesson)
    theirs = {"remote_id": "77", "teacher_url": "https://room.example/0", "observed": {"topic": "x"}}
    Lesson.objects.filter(pk=lesson.pk).update(**theirs)
    told = edit_lesson(lesson=old, by=alice, topic="Flamingos")
    assert told.remote_id == "77"
    assert Lesson.objects.filter(pk=lesson.pk, topic="Flamingos", **theirs).exists()
    kinds = Operation.objects.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["class.create", "class.modify"]


def test_edits_of_different_fields_merge(lesson: Lesson, alice: User, bob: User) -> None:
    one, other = read(lesson), read(lesson)
    edit_lesson(lesson=one, by=alice, topic="Flamingos", bitrate=one.bitrate)
    edit_lesson(lesson=other, by=bob, topic=other.topic, bitrate=1200)
    stored = read(lesson)
    assert (stored.topic, stored.bitrate) == ("Flamingos", 1200)


def test_the_second_who_changes_the_same_field_is_told_and_nothing_is_saved(
    lesson: Lesson, alice: User, bob: User
) -> None:
    one, other = read(lesson), read(lesson)
    edit_lesson(lesson=one, by=alice, topic="Flamingos")
    with pytest.raises(EditConflict) as told:
        edit_lesson(lesson=other, by=bob, topic="Hedgehogs", bitrate=1200)
    assert told.value.fields == {"topic": "Flamingos"}
    stored = read(lesson)
    assert (stored.topic, stored.bitrate) == ("Flamingos", 850)
    assert other.topic not in ("Flamingos", "Hedgehogs"), "the row that was given is left as it was"


def test_rest_tells_the_second_by_409_and_by_412_where_a_tag_was_given(lesson: Lesson, alice: User) -> None:
    client, address = rest_client(alice), f"/api/v1/lessons/{lesson.pk}/"
    tag = client.get(address)["ETag"]
    first = client.patch(address, {"topic": "Flamingos"}, format="json", HTTP_IF_MATCH=tag)
    assert first.status_code == 200
    assert first["ETag"] not in ("", tag)
    second = client.patch(address, {"topic": "Hedgehogs"}, format="json", HTTP_IF_MATCH=tag)
    assert second.status_code == 412
    assert second.json()["detail"]
    third = client.patch(address, {"topic": "Hedgehogs"}, format="json", HTTP_IF_MATCH=first["ETag"])
    assert third.status_code == 200

    def other() -> None:
        edit_lesson(lesson=read(lesson), by=alice, topic="Croquet")

    late = call_while_other_waits(
        other, lambda: rest_client(alice).patch(address, {"topic": "Mallets"}, format="json")
    )
    assert late.value.status_code == 409, late.value.content
    assert late.value.json()["code"] == "changed_meanwhile"
    assert list(late.value.json()["fields"]) == ["topic"]
    assert read(lesson).topic == "Croquet"


def test_the_tag_follows_the_people(lesson: Lesson, alice: User, dina: User) -> None:
    client, address = rest_client(alice), f"/api/v1/lessons/{lesson.pk}/"
    tag = client.get(address)["ETag"]
    edit_lesson(lesson=read(lesson), by=alice, students=[dina])
    assert client.get(address)["ETag"] != tag


def test_rest_names_the_people_that_somebody_changed_meanwhile(
    lesson: Lesson, alice: User, school: Enterprise, dina: User
) -> None:
    create_person(school, "dodo", Role.STUDENT)
    address = f"/api/v1/lessons/{lesson.pk}/"

    def other() -> None:
        edit_lesson(lesson=read(lesson), by=alice, students=[dina])

    late = call_while_other_waits(
        other, lambda: rest_client(alice).patch(address, {"members": ["dodo"]}, format="json")
    )
    assert late.value.status_code == 409, late.value.content
    assert list(late.value.json()["fields"]) == ["members"]
    assert list(lesson.members.values_list("user__user_id", flat=True)) == ["dina"]


def test_a_lesson_that_is_cancelled_meanwhile_is_not_started(lesson: Lesson, alice: User) -> None:
    old = read(lesson)
    cancel_lesson(lesson=lesson, by=alice)
    for act in (start_lesson, stop_lesson, push_lesson):
        with pytest.raises(ValidationError):
            act(lesson=old, by=alice)
    assert not Operation.objects.filter(kind__in=("class.start", "class.stop")).exists()


def test_nobody_is_put_into_a_lesson_that_is_over_meanwhile(lesson: Lesson, alice: User, dina: User) -> None:
    old = read(lesson)
    Lesson.objects.filter(pk=lesson.pk).update(status=Status.END)
    with pytest.raises(ValidationError):
        add_to_room(lesson=old, person=dina, by=alice)


def test_a_push_sees_the_id_that_came_meanwhile(lesson: Lesson, alice: User) -> None:
    old = read(lesson)
    Operation.objects.update(state="superseded")
    Lesson.objects.filter(pk=lesson.pk).update(remote_id="77")
    assert push_lesson(lesson=old, by=alice).kind == "class.modify"


def acts_on(lesson: Lesson, by: User) -> dict[str, Any]:
    client = rest_client(by)
    address = f"/api/v1/lessons/{lesson.pk}/"
    return {
        "start": lambda: client.post(f"{address}start/", {"confirm": True}),
        "stop": lambda: client.post(f"{address}stop/"),
        "cancel": lambda: client.post(f"{address}cancel/"),
        "patch": lambda: client.patch(address, {"bitrate": 900}, format="json"),
        "members": lambda: client.patch(address, {"members": ["dina"], **REASON}, format="json"),
        "pull": lambda: pull_lesson(lesson=read(lesson), by=by),
        "push": lambda: push_lesson(lesson=read(lesson), by=by),
    }


@pytest.mark.faults
@pytest.mark.parametrize(
    ("one", "other"), list(itertools.combinations(["start", "stop", "cancel", "patch", "members"], 2))
)
def test_no_two_acts_on_a_lesson_end_in_a_deadlock(
    alice: User, bob: User, dina: User, one: str, other: str
) -> None:
    for _ in range(ROUNDS):
        lesson = create_lesson(bob, alice)
        acts = acts_on(lesson, alice)
        for kind in ("class.start", "class.modify", "class.stop"):
            enqueue_for(lesson, kind)
        told = [outcome.value for outcome in call_concurrently(acts[one], acts[other])]
        assert {answer.status_code for answer in told} <= {200, 400}, [one.content for one in told]


@pytest.mark.faults
@pytest.mark.parametrize("act", ["pull", "push", "stop"])
def test_what_is_asked_by_a_button_does_not_meet_a_cancel_in_a_deadlock(
    alice: User, bob: User, act: str
) -> None:
    for _ in range(ROUNDS):
        lesson = create_lesson(bob, alice)
        acts = acts_on(lesson, alice)
        enqueue_for(lesson, "class.start")
        for outcome in call_concurrently(acts[act], acts["cancel"]):
            assert outcome.error is None or isinstance(outcome.error, ValidationError), outcome.error


def enqueue_for(lesson: Lesson, kind: str) -> None:
    """An operation that waits, for the acts to take back."""
    with transaction.atomic():
        enqueue(kind, lesson)


def test_the_groups_of_a_lesson_may_change_while_it_is_edited(
    lesson: Lesson, alice: User, school: Enterprise, dina: User
) -> None:
    group = StudentGroup.objects.create(enterprise=school, name="Year 7")
    group.students.set([dina])
    stale = read(lesson)
    edit_lesson(lesson=read(lesson), by=alice, groups=[group], students=[dina])
    edit_lesson(lesson=stale, by=alice, topic="Flamingos")
    assert list(lesson.groups.all()) == [group]
    assert Member.objects.get(lesson=lesson).via == group


def test_people_and_times_that_two_change_merge(lesson: Lesson, alice: User, bob: User, dina: User) -> None:
    address = f"/api/v1/lessons/{lesson.pk}/"
    later = (lesson.ends_at + timedelta(minutes=15)).isoformat()

    def other() -> None:
        edit_lesson(lesson=read(lesson), by=bob, students=[dina])

    late = call_while_other_waits(
        other, lambda: rest_client(alice).patch(address, {"ends_at": later}, format="json")
    )
    assert late.value.status_code == 200, late.value.content
    assert late.value.json()["members"] == ["dina"]


def test_a_list_that_is_replaced_keeps_what_was_changed_meanwhile(
    lesson: Lesson, alice: User, dina: User
) -> None:
    old = read(lesson)
    edit_lesson(lesson=read(lesson), by=alice, topic="Flamingos")
    Lesson.objects.filter(pk=lesson.pk).update(remote_id="77")
    replace_members(lesson=old, students=[dina], by=alice)
    stored = read(lesson)
    assert (stored.topic, stored.remote_id) == ("Flamingos", "77")


def test_two_who_set_a_password_leave_one(lesson: Lesson, alice: User, bob: User) -> None:
    outcomes = call_concurrently(
        lambda: edit_lesson(lesson=read(lesson), by=alice, password="queen-1"),
        lambda: edit_lesson(lesson=read(lesson), by=bob, password="queen-2"),
    )
    assert [one.error for one in outcomes] == [None, None]
    key = LessonKey.objects.get(lesson=lesson)
    assert key.version == 2
    assert key.password.reveal() in ("queen-1", "queen-2")


@pytest.mark.parametrize("whole", [False, True])
def test_a_lesson_over_which_another_was_booked_with_a_reason_may_be_changed(
    alice: User, bob: User, dina: User, whole: bool
) -> None:
    """The conflict was allowed when the other one was booked: the first needs no reason of its own."""
    first = create_lesson(bob, alice, conflict_reason="")
    create_lesson(bob, alice, conflict_reason="The Queen wishes it.")
    told = edit_lesson(lesson=read(first), by=alice, ends_at=first.ends_at + timedelta(minutes=5))
    assert told.ends_at == first.ends_at + timedelta(minutes=5)
    if whole:
        replace_members(lesson=read(first), students=[dina], by=alice)
        assert first.members.get().user == dina


def test_rest_changes_a_lesson_over_which_another_was_booked_with_a_reason(alice: User, bob: User) -> None:
    first = create_lesson(bob, alice, conflict_reason="")
    create_lesson(bob, alice, conflict_reason="The Queen wishes it.")
    later = (first.ends_at + timedelta(minutes=5)).isoformat()
    answer = rest_client(alice).patch(f"/api/v1/lessons/{first.pk}/", {"ends_at": later}, format="json")
    assert answer.status_code == 200, answer.content


def test_a_look_goes_on_with_the_lesson_as_it_stands_and_leaves_a_cancelled_one_alone(
    lesson: Lesson, alice: User
) -> None:
    Lesson.objects.filter(pk=lesson.pk).update(remote_id="77", look_at=timezone.now())
    (looked,) = lease_due_rows(Lesson, 1)
    cancel_lesson(lesson=lesson, by=alice)
    with transaction.atomic():
        assert lock_leased_row(looked)
        assert looked.cancelled_at
        release_lease(looked, next_poll_at(looked))
    assert read(lesson).look_at is None
