"""A recording that was moved to the recycle bin is taken out of it by the button of the message."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from classes.models import Lesson, LessonRecording, Recording
from classes.recordings import services
from console.audit.models import AuditEntry
from tests.classes.factories import create_finished_lesson
from tests.support.page_client import client_for, page_text
from tests.support.undo_button import press_undo, ticket_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ten_seconds")]


@pytest.fixture
def ten_seconds(settings):
    settings.UNDO_S = 10


@pytest.fixture
def lesson(bob: User) -> Lesson:
    """Bob's, with one track, kept for ten more days."""
    lesson = create_finished_lesson(bob, topic="Flamingos", record_types=["remote"])
    Recording.objects.create(
        enterprise=lesson.enterprise, lesson=lesson, class_id=lesson.remote_id, video_type=0, video_id="v1"
    )
    day = timezone.localdate() + timedelta(days=10)
    services.update_recording(lesson=lesson, by=bob, keep_until=day)
    return lesson


def test_it_is_kept_as_long_as_before(alice: User, lesson: Lesson) -> None:
    before = LessonRecording.objects.values().get()
    client, page = client_for(alice), f"/recordings/{lesson.pk}/"
    client.post(f"{page}bin/")
    assert LessonRecording.objects.get().binned_at
    press_undo(client, page)
    assert LessonRecording.objects.values().get() == before
    assert "Taken back." in page_text(client.get(page, headers={"accept-language": "en"}))
    acts = AuditEntry.objects.filter(action__startswith="recording.").order_by("pk")
    assert list(acts.values_list("action", flat=True))[-2:] == ["recording.delete", "recording.restore"]


def test_what_somebody_restored_since_stays_as_it_is(alice: User, lesson: Lesson) -> None:
    client, page = client_for(alice), f"/recordings/{lesson.pk}/"
    client.post(f"{page}bin/")
    ticket = ticket_on(client, page)
    services.restore_recording(lesson=lesson, by=alice)
    client.post("/undo/", {"ticket": ticket, "next": page})
    assert "Someone changed this recording since." in page_text(
        client.get(page, headers={"accept-language": "en"})
    )
    assert LessonRecording.objects.get().keep_for_good


def test_what_was_in_the_bin_before_offers_no_undo(alice: User, lesson: Lesson) -> None:
    services.bin_recording(lesson=lesson, by=alice)
    client, page = client_for(alice), f"/recordings/{lesson.pk}/"
    client.post(f"{page}bin/")
    assert b"/undo/" not in client.get(page).content


def test_without_the_right_nothing_is_taken_back(alice: User, charlie: User, lesson: Lesson) -> None:
    client, page = client_for(alice), f"/recordings/{lesson.pk}/"
    client.post(f"{page}bin/")
    ticket = ticket_on(client, page)
    client_for(charlie).post("/undo/", {"ticket": ticket})
    User.objects.filter(pk=alice.pk).update(role="teacher")
    client.post("/undo/", {"ticket": ticket})
    assert LessonRecording.objects.get().binned_at
