"""Two people, or a person and a task, at one recording at once."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from classes.models import Lesson, LessonRecording, Recording
from classes.recordings.copy_job import start_copy
from classes.recordings.retention import bin_recordings
from classes.recordings.services import (
    BIN_RETENTION,
    bin_recording,
    empty_bin,
    expire_recordings,
    restore_recording,
    update_recording,
)
from console.audit.models import AuditEntry
from console.concurrency import EditConflict, value_digests
from console.inbox.models import Callback
from console.inbox.processing import process_due_callbacks
from console.jobs.models import Job
from tests.classes.factories import create_finished_lesson
from tests.classes.recordings.test_states import stop
from tests.classes.recordings.test_views import track
from tests.support.concurrent_calls import call_concurrently, call_while_other_waits
from tests.support.page_client import client_for
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lesson(bob: User) -> Lesson:
    return create_finished_lesson(bob, topic="Flamingos", record_types=["remote"])


def test_what_two_change_of_a_recording_merges_and_the_same_is_told(
    lesson: Lesson, alice: User, bob: User
) -> None:
    update_recording(lesson=lesson, title="", by=bob)
    seen = value_digests(LessonRecording.objects.get(), ("title", "tags"))
    update_recording(lesson=lesson, title="Long necks", by=bob, seen=seen)
    update_recording(lesson=lesson, title="", tags=["birds"], by=alice, seen=seen)
    kept = LessonRecording.objects.get()
    assert (kept.title, kept.tags) == ("Long necks", ["birds"])
    with pytest.raises(EditConflict):
        update_recording(lesson=lesson, title="Short necks", by=alice, seen=seen)


def test_two_tracks_that_are_opened_at_once_are_one_viewing(
    lesson: Lesson, alice: User, bob: User, time_machine: Any
) -> None:
    plays = [f"/recordings/tracks/{track(lesson, video_type=kind).pk}/play/" for kind in (0, 2)]
    clients = [client_for(bob) for _play in plays]
    call_concurrently(*(partial(client.get, play) for client, play in zip(clients, plays, strict=True)))

    views = AuditEntry.objects.filter(action="recording.view")
    assert [entry.actor for entry in views] == [bob]

    client_for(alice).get(plays[0])
    assert views.all().count() == 2, "another reader"
    time_machine.move_to(timezone.now() + timedelta(minutes=31), tick=True)
    client_for(bob).get(plays[1])
    assert views.filter(actor=bob).count() == 2, "half an hour later"


def test_rest_changes_what_is_named_and_nothing_else(lesson: Lesson, alice: User, bob: User) -> None:
    path = f"/api/v1/lessons/{lesson.pk}/recording/"
    told = call_while_other_waits(
        lambda: update_recording(lesson=lesson, title="Long necks", by=bob),
        lambda: rest_client(alice).patch(path, {"tags": ["birds"]}, format="json"),
    )
    assert told.value.status_code == 200, told.value.content
    assert (told.value.json()["title"], told.value.json()["tags"]) == ("Long necks", ["birds"])


def test_two_who_put_it_into_the_bin_and_take_it_out_do_each_once(
    lesson: Lesson, alice: User, bob: User
) -> None:
    outcomes = call_concurrently(
        lambda: bin_recording(lesson=lesson, by=alice), lambda: bin_recording(lesson=lesson, by=bob)
    )
    outcomes += call_concurrently(
        lambda: restore_recording(lesson=lesson, by=alice), lambda: restore_recording(lesson=lesson, by=bob)
    )
    assert [one.error for one in outcomes] == [None] * 4
    for act in ("recording.delete", "recording.restore"):
        assert AuditEntry.objects.filter(action=act).count() == 1


def test_what_is_taken_out_of_the_bin_meanwhile_is_not_emptied(lesson: Lesson, alice: User) -> None:
    one = track(lesson)
    bin_recording(lesson=lesson, by=alice)
    LessonRecording.objects.update(binned_at=timezone.now() - BIN_RETENTION - timedelta(days=1))
    emptied = call_while_other_waits(lambda: restore_recording(lesson=lesson, by=alice), empty_bin)
    assert emptied.value == 0
    assert Recording.objects.get().url == one.url


def test_what_is_kept_for_good_meanwhile_does_not_go_into_the_bin(
    lesson: Lesson, alice: User, bob: User
) -> None:
    track(lesson)
    update_recording(lesson=lesson, keep_until=timezone.localdate(), by=bob)
    tomorrow = timezone.localdate() + timedelta(days=1)

    def keep(**said: Any) -> None:
        update_recording(lesson=lesson, keep_until=None, by=alice, **said)

    call_while_other_waits(lambda: keep(keep_for_good=True), lambda: expire_recordings(tomorrow))
    assert LessonRecording.objects.get().binned_at is None
    keep(keep_for_good=False)
    call_while_other_waits(lambda: keep(keep_for_good=True), lambda: bin_recordings(Lesson.objects.all()))
    assert LessonRecording.objects.get().binned_at is None


def test_a_callback_keeps_the_title_and_the_copy_that_came_meanwhile(lesson: Lesson, alice: User) -> None:
    one = track(lesson, video_id="a")
    update_recording(lesson=lesson, title="Long necks", by=alice)
    event, data = stop(("a", 0, "bob"))
    Callback.objects.create(
        enterprise=lesson.enterprise,
        event=event,
        class_id=lesson.remote_id,
        body={"event": event, "data": {"class_id": int(lesson.remote_id), **data}},
        fingerprint="one",
    )

    def keep() -> None:
        Recording.objects.filter(pk=one.pk).update(copy="a.mp4", copy_sha256="00")
        update_recording(lesson=lesson, title="Short necks", by=alice)

    call_while_other_waits(keep, process_due_callbacks)
    assert Recording.objects.get().copy.name == "a.mp4"
    kept = LessonRecording.objects.get()
    assert kept.title == "Short necks"
    assert kept.end_rank


def test_two_who_ask_for_copies_get_one_job(lesson: Lesson, alice: User) -> None:
    track(lesson)
    outcomes = call_concurrently(*[lambda: start_copy(lesson=lesson, by=alice)] * 3)
    assert [one.error for one in outcomes] == [None] * 3
    assert Job.objects.count() == 1
