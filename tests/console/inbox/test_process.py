"""Handling stored events: in any order, as often as need be, never losing a track."""

import itertools

import pytest

from classes.mirror.seen import made
from classes.models import Lesson, Recording
from console.inbox import process
from console.inbox.models import Callback
from console.inbox.replay import replay
from tests.support.service import lesson_of

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
    lesson = lesson_of(bob, alice)
    Lesson.objects.filter(pk=lesson.pk).update(remote_id="77")
    row = event(school, "class_begin", {"class_id": 77, "real_start_time": 1})
    process.drain()
    lesson.refresh_from_db()
    row.refresh_from_db()
    assert row.state == "done"
    assert lesson.look_at is not None
    assert (lesson.status, lesson.real_started_at) == ("will", None)


def test_the_tracks_of_a_recording_are_kept_and_the_board_belongs_to_nobody(school, alice, bob):
    lesson = lesson_of(bob, alice)
    Lesson.objects.filter(pk=lesson.pk).update(remote_id="77")
    event(school, "online_record_stop", STOP)
    process.drain()
    tracks = {track.video_id: track for track in Recording.objects.all()}
    assert tracks["5285890781570653827"].lesson == lesson
    assert tracks["5285890781570653827"].seconds == 3600
    assert tracks["board"].user_id == ""


def test_tracks_of_a_lesson_that_we_do_not_know_yet_wait_for_it(school, alice, bob):
    row = event(school, "online_record_stop", STOP)
    process.drain()
    row.refresh_from_db()
    assert row.state == "parked"
    assert Recording.objects.filter(lesson=None).count() == 2
    lesson = lesson_of(bob, alice)
    made(lesson, 77)
    process.drain()
    row.refresh_from_db()
    assert row.state == "done"
    assert set(Recording.objects.values_list("lesson", flat=True)) == {lesson.pk}


def test_an_unknown_event_of_the_right_sender_is_kept(school):
    row = event(school, "a_later_event", {"class_id": 5})
    process.drain()
    row.refresh_from_db()
    assert (row.state, row.reason) == ("done", "unknown_event")


def test_a_handler_that_fails_leaves_its_row_and_does_not_stop_the_rest(school, alice, bob):
    lesson = lesson_of(bob, alice)
    Lesson.objects.filter(pk=lesson.pk).update(remote_id="77")
    broken = event(school, "online_record_stop", {"class_id": 77, "video_info": [{"no": "id"}]})
    good = event(school, "class_begin", {"class_id": 77})
    process.drain()
    broken.refresh_from_db()
    good.refresh_from_db()
    assert (broken.state, broken.reason, broken.attempts) == ("waiting", "handler_failed", 1)
    assert good.state == "done"


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_neither_order_nor_repeats_change_the_end(school, alice, bob, order):
    lesson = lesson_of(bob, alice)
    Lesson.objects.filter(pk=lesson.pk).update(remote_id="77")
    rows = [
        event(school, "class_begin", {"class_id": 77}),
        event(school, "online_record_stop", STOP),
        event(school, "class_over", {"class_id": 77}),
    ]
    for place in (*order, *order):
        replay(callback=rows[place], by=None)
        process.drain()
    assert Recording.objects.count() == 2
    assert not Callback.objects.exclude(state="done").exists()
