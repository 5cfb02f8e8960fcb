"""Handling stored events: in any order, as often as need be, never losing a track."""

import itertools
from datetime import timedelta

import pytest
from django.utils import timezone

from classes.mirror.upsert import record_created
from classes.models import Lesson, Recording
from console.inbox import processing
from console.inbox.models import Callback
from console.inbox.replay import replay_callback
from tests.support.iclass_service import create_lesson

pytestmark = pytest.mark.django_db

TRACK = {
    "video_play_time": 0,
    "video_size": 1200,
    "video_format": "mp4",
    "video_duration": 3600,
    "video_url": "http://videos.example/a.mp4",
    "video_id": "5285890781570653827",
    "video_type": 0,
    "user_id": "bob",
}
STOP = {
    "error_code": 0,
    "error_msg": "",
    "timestamp": 1529908745,
    "start_time": 1529905145,
    "stop_time": 1529908745,
    "class_id": 77,
    "video_info": [TRACK, {**TRACK, "video_id": "board", "video_type": 2, "user_id": "pc_test1"}],
}


def event(school, name, data, fingerprint="f"):
    return Callback.objects.create(
        enterprise=school,
        event=name,
        class_id=str(data.get("class_id", "")),
        body={"event": name, "data": data},
        fingerprint=f"{name}{fingerprint}",
    )


def test_a_beginning_asks_for_a_look_and_changes_nothing_by_itself(school, alice, bob):
    lesson = create_lesson(bob, alice)
    Lesson.objects.filter(pk=lesson.pk).update(remote_id="77")
    row = event(school, "class_begin", {"class_id": 77, "real_start_time": 1})
    processing.process_due_callbacks()
    lesson.refresh_from_db()
    row.refresh_from_db()
    assert row.state == "done"
    assert lesson.look_at is not None
    assert (lesson.status, lesson.real_started_at) == ("will", None)


def test_the_tracks_of_a_recording_are_kept_and_the_board_belongs_to_nobody(school, alice, bob):
    lesson = create_lesson(bob, alice)
    Lesson.objects.filter(pk=lesson.pk).update(remote_id="77")
    event(school, "online_record_stop", STOP)
    processing.process_due_callbacks()
    tracks = {track.video_id: track for track in Recording.objects.all()}
    assert tracks["5285890781570653827"].lesson == lesson
    assert tracks["5285890781570653827"].seconds == 3600
    assert tracks["board"].user_id == ""


def test_tracks_of_a_lesson_that_we_do_not_know_yet_wait_for_it(school, alice, bob):
    row = event(school, "online_record_stop", STOP)
    processing.process_due_callbacks()
    row.refresh_from_db()
    assert row.state == "parked"
    assert Recording.objects.filter(lesson=None).count() == 2
    lesson = create_lesson(bob, alice)
    record_created(lesson, 77)
    processing.process_due_callbacks()
    row.refresh_from_db()
    assert row.state == "done"
    assert set(Recording.objects.values_list("lesson", flat=True)) == {lesson.pk}


def test_an_unknown_event_of_the_right_sender_is_kept(school):
    row = event(school, "a_later_event", {"class_id": 5})
    processing.process_due_callbacks()
    row.refresh_from_db()
    assert (row.state, row.reason) == ("done", "unknown_event")


def test_after_its_time_no_more_rows_are_taken_for_other_work_waits_too(school):
    for number in range(processing.BATCH_SIZE + 2):
        event(school, "unheard_of", {"n": number}, fingerprint=number)
    assert [processing.process_due_callbacks(within_s=0), processing.process_due_callbacks()] == [
        processing.BATCH_SIZE,
        2,
    ]


def test_a_handler_that_fails_leaves_its_row_and_does_not_stop_the_rest(school, alice, bob):
    lesson = known(alice, bob)
    broken = event(school, "a_failing_event", {"class_id": 77})
    good = event(school, "class_begin", {"class_id": 77})
    processing.process_due_callbacks()
    broken.refresh_from_db()
    good.refresh_from_db()
    assert (broken.state, broken.reason, broken.attempts) == ("waiting", "handler_failed", 1)
    assert broken.due_at > timezone.now()
    assert good.state == "done"
    assert not lesson.observations.exists()


def test_after_enough_tries_a_failing_event_is_set_aside(school):
    broken = event(school, "a_failing_event", {"class_id": 77})
    Callback.objects.filter(pk=broken.pk).update(attempts=processing.MAX_ATTEMPTS - 1)
    processing.process_due_callbacks()
    broken.refresh_from_db()
    assert (broken.state, broken.reason) == ("quarantined", "handler_failed")


@processing.register_handler("a_failing_event")
def stumble(callback):
    lesson = Lesson.objects.filter(remote_id="77").first()
    if lesson:
        lesson.observations.create(source="callback", seen_at=timezone.now())
    raise ZeroDivisionError


def test_the_good_tracks_of_an_odd_event_are_kept_and_a_person_is_asked(school, alice, bob):
    known(alice, bob)
    odd = event(school, "online_record_stop", {**STOP, "video_info": [TRACK, {"no": "id"}, "none"]})
    processing.process_due_callbacks()
    odd.refresh_from_db()
    assert (odd.state, odd.reason) == ("quarantined", "odd_track")
    assert Recording.objects.get().video_id == TRACK["video_id"]


@pytest.mark.parametrize("data", [{}, {"class_id": None}, [], "x", None, {"class_id": True}])
def test_an_event_that_names_no_lesson_is_set_aside_at_once(school, data):
    row = Callback.objects.create(
        enterprise=school, event="class_begin", body={"event": "class_begin", "data": data}, fingerprint="f"
    )
    processing.process_due_callbacks()
    row.refresh_from_db()
    assert (row.state, row.reason) == ("quarantined", "no_class")


@pytest.mark.parametrize(
    "fields", [{"cancelled_at": timezone.now()}, {"sync_state": "gone"}], ids=["cancelled", "gone"]
)
def test_events_of_a_deleted_lesson_are_closed_and_its_tracks_and_entries_kept(school, alice, bob, fields):
    lesson = known(alice, bob, look_at=None, **fields)
    entered = {"class_id": 77, "user_id": "bob", "join_time": 1529905145}
    rows = [
        event(school, "class_over", {"class_id": 77}),
        event(school, "online_record_stop", STOP),
        event(school, "join_class", entered),
    ]
    processing.process_due_callbacks()
    for row in rows:
        row.refresh_from_db()
        assert (row.state, row.reason) == ("done", "lesson_deleted")
    lesson.refresh_from_db()
    assert lesson.look_at is None
    assert lesson.recordings.count() == 2
    assert lesson.observations.get().user_id == "bob"


def test_an_event_that_was_given_up_is_handled_once_its_lesson_is_found(school, alice, bob):
    row = event(school, "class_begin", {"class_id": 77})
    Callback.objects.filter(pk=row.pk).update(attempts=processing.MAX_PARKED_ATTEMPTS - 1)
    processing.process_due_callbacks()
    row.refresh_from_db()
    assert (row.state, row.reason) == ("quarantined", "unknown_class")
    record_created(create_lesson(bob, alice), 77)
    processing.process_due_callbacks()
    row.refresh_from_db()
    assert row.state == "done"


def test_a_parked_event_looks_for_its_lesson_at_least_every_five_minutes(school):
    row = event(school, "class_begin", {"class_id": 77})
    Callback.objects.filter(pk=row.pk).update(attempts=50)
    processing.process_due_callbacks()
    row.refresh_from_db()
    assert row.state == "parked"
    assert row.due_at <= timezone.now() + timedelta(seconds=300)


def known(alice, bob, **fields):
    lesson = create_lesson(bob, alice)
    Lesson.objects.filter(pk=lesson.pk).update(remote_id="77", **fields)
    lesson.refresh_from_db()
    return lesson


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_neither_order_nor_repeats_change_the_end(school, alice, bob, order):
    lesson = create_lesson(bob, alice)
    Lesson.objects.filter(pk=lesson.pk).update(remote_id="77")
    rows = [
        event(school, "class_begin", {"class_id": 77}),
        event(school, "online_record_stop", STOP),
        event(school, "class_over", {"class_id": 77}),
    ]
    for place in (*order, *order):
        replay_callback(callback=rows[place], by=None)
        processing.process_due_callbacks()
    assert Recording.objects.count() == 2
    assert not Callback.objects.exclude(state="done").exists()
