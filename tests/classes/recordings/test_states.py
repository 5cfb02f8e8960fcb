"""How a recording stands: whatever came in whatever order, and what the clock makes of it."""

import itertools
from datetime import timedelta

import pytest
from django.utils import timezone

from classes.models import Lesson, LessonRecording, Recording
from classes.recordings.library import library_lessons
from classes.recordings.states import (
    READY_WITHIN,
    START_WITHIN,
    recording_state,
    recording_state_filter,
    recording_states,
    with_recording_facts,
)
from console.inbox import processing
from console.inbox.models import Callback
from tests.classes.factories import create_finished_lesson, create_planned_lesson, create_running_lesson
from tests.faults.sizes import size

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def start(code=0, at=1000, **more):
    return "online_record_start", {
        "error_code": code,
        "error_msg": "no room" if code else "",
        "timestamp": at,
    } | more


def stop(*tracks, code=0, at=5000):
    told = {"error_code": code, "error_msg": "disk full" if code else "", "timestamp": at}
    named = [
        {"video_id": name, "video_type": kind, "user_id": who, "video_url": f"https://v.example/{name}.mp4"}
        for name, kind, who in tracks
    ]
    return "online_record_stop", told | {"start_time": 1000, "stop_time": 4000, "video_info": named}


def hear(school, class_id, *events):
    for number, (event, data) in enumerate(events):
        Callback.objects.create(
            enterprise=school,
            event=event,
            class_id=class_id,
            body={"event": event, "data": {"class_id": int(class_id), **data}},
            fingerprint=f"{class_id}-{number}-{Callback.objects.count()}",
        )
        processing.process_due_callbacks()


def state(lesson):
    return recording_states([Lesson.objects.get(pk=lesson.pk)])[lesson.pk]


def test_asked_started_stopped_and_ready_each_with_its_clock(school, bob):
    lesson = create_running_lesson(bob, minutes=2, record_types=["remote"])
    assert state(lesson).name == "asked"
    hear(school, lesson.remote_id, start(at=int(timezone.now().timestamp())))
    assert state(lesson).name == "started"
    ended = timezone.now()
    Lesson.objects.filter(pk=lesson.pk).update(status="end", real_ended_at=ended)
    assert (state(lesson).name, state(lesson).since) == ("stopped", ended)
    hear(school, lesson.remote_id, stop(("a", 0, "bob"), ("b", 2, "bob")))
    assert (state(lesson).name, state(lesson).tracks) == ("ready", 2)
    board = Recording.objects.get(video_id="b")
    assert (board.user_id, board.lesson_id) == ("", lesson.pk)


def test_silence_becomes_missing_while_something_can_be_done(school, bob):
    early = create_running_lesson(bob, minutes=START_WITHIN.seconds // 60 - 1, record_types=["remote"])
    late = create_running_lesson(bob, minutes=START_WITHIN.seconds // 60 + 1, record_types=["remote"])
    assert [state(early).name, state(late).name] == ["asked", "missing"]
    assert state(late).alarm
    done = create_finished_lesson(bob, record_types=["remote"])
    Lesson.objects.filter(pk=done.pk).update(real_ended_at=timezone.now() - READY_WITHIN + MINUTE)
    assert state(done).name == "stopped"
    Lesson.objects.filter(pk=done.pk).update(real_ended_at=timezone.now() - READY_WITHIN - MINUTE)
    assert state(done).name == "missing"


def test_what_iclass_said_of_a_failure_is_told_for_both_events(school, bob):
    lesson = create_running_lesson(bob, record_types=["remote"])
    hear(school, lesson.remote_id, start(code=10250))
    assert (state(lesson).name, state(lesson).code, state(lesson).message) == ("failed", 10250, "no room")
    hear(school, lesson.remote_id, stop(code=7))
    assert (state(lesson).name, state(lesson).code, state(lesson).message) == ("failed", 7, "disk full")
    told = LessonRecording.objects.get(lesson=lesson)
    assert (told.begin_code, told.begin_message) == (10250, "no room")


def test_a_recording_on_the_teachers_computer_is_not_waited_for(school, bob):
    lesson = create_finished_lesson(bob, record_types=["local"])
    assert (state(lesson).name, state(lesson).alarm) == ("local", False)
    assert lesson not in library_lessons(bob)


@pytest.mark.faults
def test_the_end_comes_before_the_beginning_twice_and_for_an_unknown_lesson(school, bob):
    """Every order of the callback_bodies, the lesson known before, between or after: one end, no track
    lost. Without FAULTS=full every fourth order; each body is the first in one of them."""
    told = [start(at=1000), start(code=5, at=900), stop(("a", 0, "bob"), at=5000),
            stop(("a", 0, "bob"), ("b", 1, "bob"), at=5100)]  # fmt: skip
    found = set()
    for number, order in list(enumerate(itertools.permutations(told)))[:: size(full=1, ci=4)]:
        class_id, known_after = str(900_000 + number), number % 5
        hear(school, class_id, *order[:known_after], *order[:1])
        lesson = create_finished_lesson(bob, remote_id=class_id, record_types=["remote"])
        hear(school, class_id, *order[known_after:], *order[-1:])
        Callback.objects.filter(class_id=class_id).update(state="waiting", due_at=timezone.now())
        processing.process_due_callbacks()
        footage = LessonRecording.objects.get(class_id=class_id)
        rows = Recording.objects.filter(class_id=class_id).order_by("video_id")
        tracks = tuple(rows.values_list("video_id", "user_id"))
        names = {row.lesson_id == lesson.pk for row in rows}
        found.add(
            (state(lesson).name, footage.begin_code, footage.begin_at, footage.end_at, tracks)
            + (tuple(names), footage.lesson_id == lesson.pk)
        )
    assert len(found) == 1, found
    assert next(iter(found))[0] == "ready"
    assert len(next(iter(found))[4]) == 2


def test_the_filter_of_the_library_and_the_state_of_a_row_always_agree(school, bob):
    """Every combination of what a lesson may be and what may have been told of it."""
    now = timezone.now()
    lessons, footage, tracks = [], [], []
    facts = itertools.product(
        ("will", "ing", "end"),
        (["remote"], ["local"], []),
        (None, 0, 5),
        (None, 0, 5),
        (False, True),
        (1, 400),
    )
    for number, (status, types, begin, end, track, minutes) in enumerate(facts):
        at = now - minutes * MINUTE
        lesson = Lesson(
            enterprise=school, teacher=bob, topic=str(number), status=status, record_types=types,
            starts_at=at, ends_at=at + MINUTE, remote_id=str(number + 1),
            real_started_at=at if status != "will" else None, real_ended_at=at if status == "end" else None,
            cancelled_at=now if number % 7 == 0 else None,
            conflict_allowed=True, conflict_reason="Many at once, on purpose.",
        )  # fmt: skip
        lessons.append(lesson)
        if begin is not None or end is not None or number % 11 == 0:
            footage.append(LessonRecording(
                enterprise=school, lesson=lesson, class_id=lesson.remote_id,
                begin_rank="" if begin is None else "1", begin_code=begin or 0,
                end_rank="" if end is None else "1", end_code=end or 0,
                binned_at=now if number % 13 == 0 else None,
            ))  # fmt: skip
        if track:
            tracks.append(Recording(
                enterprise=school, lesson=lesson, class_id=lesson.remote_id, video_id="1", video_type=0
            ))  # fmt: skip
    Lesson.objects.bulk_create(lessons)
    LessonRecording.objects.bulk_create(footage)
    Recording.objects.bulk_create(tracks)
    told = {one.lesson_id: one for one in footage}
    with_tracks = {one.lesson_id for one in tracks}
    expected = {
        one.pk: recording_state(one, told.get(one.pk), int(one.pk in with_tracks), now).name
        for one in lessons
    }
    assert recording_states(lessons, now)[lessons[5].pk].name == expected[lessons[5].pk]
    for name in ("ready", "asked", "started", "stopped", "failed", "missing", "binned"):
        rows = with_recording_facts(Lesson.objects.all()).filter(recording_state_filter(name, now))
        wanted = {pk for pk, told_name in expected.items() if told_name == name}
        assert set(rows.values_list("pk", flat=True)) == wanted, name
        assert wanted, name


def test_a_planned_lesson_is_in_no_library_and_raises_no_alarm(bob):
    lesson = create_planned_lesson(bob, record_types=["remote"])
    assert (state(lesson).name, lesson in library_lessons(bob)) == ("planned", False)
