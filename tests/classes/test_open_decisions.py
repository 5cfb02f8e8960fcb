"""What a decision needs that nobody has made is kept, however short the periods of retention are."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import Enterprise, Role, User
from accounts.school.retention import clear_school
from classes.models import (
    Appeal,
    EngagementSample,
    Leave,
    LeaveFile,
    Lesson,
    Observation,
    Recording,
)
from classes.models.leave_file import leave_file_storage
from tests.classes.factories import create_finished_lesson
from tests.support.cast import create_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
LONG_AGO = timedelta(days=400)
SHORTEST = {
    "keep_evidence_days": 90,
    "keep_samples_days": 1,
    "keep_leave_files_days": 30,
    "keep_recordings_days": 7,
}


@pytest.fixture
def dina(school: Enterprise) -> User:
    return create_person(school, "dina", Role.STUDENT)


@pytest.fixture
def lesson(school: Enterprise, bob: User, dina: User) -> Lesson:
    """A lesson of last year with all its evidence; the school keeps everything as short as it may."""
    ended = timezone.now() - LONG_AGO
    lesson = create_finished_lesson(bob, starts_at=ended - timedelta(hours=1), ends_at=ended)
    Lesson.objects.filter(pk=lesson.pk).update(final_at=ended, real_ended_at=ended)
    Observation.objects.create(lesson=lesson, source="poll", user_id="dina", raw={"user_id": "dina"})
    EngagementSample.objects.create(lesson=lesson, person=dina, checks=3)
    Recording.objects.create(enterprise=school, lesson=lesson, class_id="1", video_id="1", video_type=1)
    Enterprise.objects.filter(pk=school.pk).update(samples_on=True, leave_request_days=0, **SHORTEST)
    school.refresh_from_db()
    return lesson


def request_of(dina: User) -> Leave:
    """A request of last year, with an attachment, that nobody has answered."""
    ended = timezone.now() - LONG_AGO
    school: Any = dina.enterprise
    leave = Leave.objects.create(
        enterprise=school, person=dina, begins_at=ended - timedelta(hours=1), ends_at=ended, state="requested"
    )
    file = leave_file_storage().save("note.pdf", ContentFile(b"%PDF-1.4\n"))
    LeaveFile.objects.create(enterprise=school, leave=leave, name="note", ext="pdf", bytes=9, file=file)
    return leave


def test_nothing_that_an_open_decision_needs_is_cleared(
    school: Enterprise, lesson: Lesson, dina: User, django_capture_on_commit_callbacks: Any
) -> None:
    Appeal.objects.create(lesson=lesson, person=dina, mark="absent", evidence={})
    request_of(dina)
    assert clear_school(school) == {}
    Appeal.objects.update(state=Appeal.State.REFUSED)
    Leave.objects.update(state=Leave.State.APPROVED)
    with django_capture_on_commit_callbacks(execute=True):
        assert clear_school(school).keys() == SHORTEST.keys()
