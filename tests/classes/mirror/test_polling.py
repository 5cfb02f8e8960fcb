"""Looking at lessons at the local service: live, afterwards, and when the service does not answer."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from classes.inbound import handlers
from classes.lessons.services import stop_lesson
from classes.mirror.poll_batch import write_batch
from classes.mirror.poll_policy import count_suffices
from classes.mirror.poll_request import PollResult, poll_lesson
from classes.mirror.polling import history_fields
from classes.mirror.upsert import next_poll_at
from classes.models import Attendance, Lesson, Observation
from console.iclass import HistoryMember, Walk
from console.inbox.models import Callback
from console.mirror import registry
from console.mirror.leases import lease_due_rows
from console.outbox import relay
from console.outbox.states import SyncState
from tests.classes.mirror.poll_helpers import join_remotely, observation_words, poll_now, requests_to_endpoint
from tests.support.iclass_service import create_lesson

pytestmark = pytest.mark.django_db(transaction=True)


def test_our_own_start_is_seen_at_once_for_no_callback_follows(running):
    assert running.status == "ing"
    assert running.real_started_at is not None


def test_a_person_who_enters_is_seen_by_the_next_look(running, iclass):
    join_remotely(iclass, running, "mouse")
    poll_now(running)
    seen = Observation.objects.get(lesson=running, user_id="mouse")
    assert seen.present
    assert seen.entered_at


def test_a_look_that_saw_no_change_adds_no_row_a_person(running, iclass):
    join_remotely(iclass, running, "mouse")
    for _ in range(3):
        poll_now(running)
    assert Observation.objects.filter(lesson=running, user_id="mouse").count() == 1
    assert Observation.objects.filter(lesson=running, source__in=("tick", "count")).count() == 2


def test_a_quiet_room_is_counted_and_listed_at_every_third_look(running, iclass):
    join_remotely(iclass, running, "mouse")
    before = len(requests_to_endpoint(iclass, "member/runtime/list"))
    for _ in range(5):
        poll_now(running)
    assert observation_words(running) == ["tick", "count", "count", "tick"]
    assert len(requests_to_endpoint(iclass, "member/runtime/list")) - before == 3


def test_a_number_that_moves_fetches_the_list_at_once(running, iclass):
    join_remotely(iclass, running, "mouse")
    poll_now(running)
    poll_now(running)
    join_remotely(iclass, running, "bob")
    poll_now(running)
    assert observation_words(running) == ["tick", "poll"]
    assert Observation.objects.filter(lesson=running, user_id="bob").count() == 1


def test_a_poll_that_came_late_is_evidence_of_the_gap(running):
    poll_now(running)
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        poll_now(running)
    late = Observation.objects.get(lesson=running, source="late")
    assert 299 <= late.raw["after_s"] <= 310


def test_a_history_that_is_shorter_than_its_total_leaves_the_register_provisional(running):
    line = HistoryMember(user_id="mouse", enter_time=1_790_000_000, quit_time=1_790_000_600)
    read = Walk([line], complete=True)
    short = PollResult(timezone.now(), history=read, history_total=2)
    for _ in range(3):
        told = history_fields(running, short)
    assert (told["history_lines"], told["history_total"], told["final_at"]) == (1, 2, None)
    whole = replace(short, history_total=1)
    assert history_fields(running, whole)["final_at"] is None
    assert history_fields(running, whole)["final_at"] == whole.seen_at


def test_a_lesson_that_ended_has_a_final_register_once_its_history_stands_still(running, iclass):
    join_remotely(iclass, running, "bob")
    join_remotely(iclass, running, "mouse")
    poll_now(running)
    iclass.call("member/quit", {"class_id": running.class_id, "user_id": "mouse"})
    stop_lesson(lesson=running, by=None, confirmed=True)
    relay.drain()
    registry.poll_due_rows()
    running.refresh_from_db()
    assert running.status == "end"
    assert running.final_at is not None
    mark = Attendance.objects.get(lesson=running, user_id="mouse")
    assert not mark.provisional
    assert mark.first_entered_at


def test_a_service_that_does_not_answer_leaves_evidence_of_it(running, settings):
    settings.ICLASS_BASE_URL = "http://127.0.0.1:9"
    poll_now(running)
    assert Observation.objects.filter(lesson=running, source="failed").count() == 1
    assert running.look_failures == 1
    assert running.look_at > timezone.now()


def test_a_lesson_made_outside_is_adopted_once_and_marked(connected, alice, bob, mouse, iclass):
    relay.drain()
    start = int(timezone.now().timestamp()) + 86400
    made = iclass.call(
        "class/create",
        {
            "teacher_id": "bob",
            "class_topic": "Made outside",
            "class_type": "1vN",
            "start_time": start,
            "stop_time": start + 2700,
            "admin_id": "administrator",
            "admin_sig": "x",
            "members": [{"role": "student", "user_id": "mouse"}],
        },
    )
    registry.reconcile(connected)
    lesson = Lesson.objects.get(remote_id=str(made["class_id"]))
    assert lesson.made_outside
    assert lesson.teacher == bob
    assert [member.user for member in lesson.members.all()] == [mouse]
    assert lesson.student_url.endswith(f"/{made['class_id']}/1")
    again = registry.reconcile(connected)["lessons"]
    assert (again.adopted, again.changed) == (0, 0)
    assert Lesson.objects.filter(remote_id=str(made["class_id"])).count() == 1


def test_a_change_made_outside_is_shown_and_ours_is_not_overwritten(connected, alice, bob, iclass):
    lesson = create_lesson(bob, alice)
    relay.drain()
    lesson.refresh_from_db()
    topic = lesson.topic
    iclass.call("class/modify", {"class_id": lesson.class_id, "class_topic": "Changed outside"})
    registry.reconcile(connected)
    poll_now(lesson)
    assert lesson.sync_state == SyncState.CHANGED_OUTSIDE
    assert (lesson.topic, lesson.observed["topic"]) == (topic, "Changed outside")


def test_reconciling_leaves_a_class_that_an_operation_of_ours_just_made_to_its_probe(
    connected, alice, bob, iclass, settings
):
    settings.PROBE_DELAY_S = 60
    iclass.control("faults", {"arm": {"kind": "drop_after", "match": "class/create"}})
    lesson = create_lesson(bob, alice)
    relay.drain()
    registry.reconcile(connected)
    assert Lesson.objects.filter(topic=lesson.topic).count() == 1


def test_a_lesson_is_watched_from_a_quarter_of_an_hour_before_its_start(connected, alice, bob):
    lesson = create_lesson(bob, alice)
    relay.drain()
    lesson.refresh_from_db()
    assert next_poll_at(lesson) == lesson.starts_at - timedelta(minutes=15)


def test_a_look_that_comes_to_its_turn_after_its_lease_asks_nothing(running, iclass, settings):
    poll_now(running)
    before = len(requests_to_endpoint(iclass, "class/info"))
    settings.LEASE_S = 0
    poll_now(running)
    assert len(requests_to_endpoint(iclass, "class/info")) == before
    assert observation_words(running)[-1] == "failed"


def test_a_look_whose_lease_went_to_another_writes_nothing(running):
    poll_now(running)
    mine = Lesson.objects.get(pk=running.pk)
    before = running.observations.count()
    seen = poll_lesson(running.enterprise.client(), mine)
    Lesson.objects.filter(pk=running.pk).update(look_fence=mine.look_fence + 1)
    assert write_batch([(mine, seen)]) == []
    assert running.observations.count() == before


def test_a_callback_has_the_list_fetched_though_the_number_is_the_same(running, iclass, connected):
    poll_now(running)
    poll_now(running)
    assert count_suffices(running)
    callback = Callback(enterprise=connected, event="join_class", class_id=running.remote_id)
    callback.body = {"event": "join_class", "data": {"class_id": running.class_id, "user_id": "mouse"}}
    callback.received_at = timezone.now()
    handlers.schedule_polls([callback])
    running.refresh_from_db()
    assert not count_suffices(running)


def test_a_lesson_that_waits_keeps_its_place_however_often_somebody_comes(running, connected):
    def somebody_comes():
        callback = Callback(enterprise=connected, event="join_class", class_id=running.remote_id)
        callback.body = {"event": "join_class", "data": {"class_id": running.class_id, "user_id": "mouse"}}
        callback.received_at = timezone.now()
        handlers.schedule_polls([callback])
        return Lesson.objects.get(pk=running.pk).look_at

    overdue = timezone.now() - timedelta(seconds=40)
    Lesson.objects.filter(pk=running.pk).update(look_at=overdue)
    assert [somebody_comes(), somebody_comes()] == [overdue, overdue]
    Lesson.objects.filter(pk=running.pk).update(look_at=timezone.now() + timedelta(minutes=5))
    assert somebody_comes() <= timezone.now()
    [taken] = lease_due_rows(Lesson, 1)
    assert somebody_comes() > taken.look_at, "it is being looked at: this is a new wish"
