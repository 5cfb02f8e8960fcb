"""A callback is a hint: it makes a lesson due for a look, and no look that is on its way may swallow it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from classes.models import Lesson
from console.inbox import processing
from console.inbox.models import Callback
from console.mirror.leases import lease_due_rows, release_lease
from tests.support.iclass_service import create_lesson

pytestmark = pytest.mark.django_db


def begun(school, number=1):
    return Callback.objects.create(
        enterprise=school,
        event="class_begin",
        class_id="77",
        body={"event": "class_begin", "data": {"class_id": 77, "real_start_time": number}},
        fingerprint=str(number),
    )


@pytest.fixture
def lesson(school, alice, bob):
    lesson = create_lesson(bob, alice)
    Lesson.objects.filter(pk=lesson.pk).update(remote_id="77", look_at=timezone.now())
    lesson.refresh_from_db()
    return lesson


@pytest.mark.parametrize("later", [timedelta(days=1), None])
def test_news_that_comes_while_a_look_is_on_its_way_asks_for_another(school, lesson, later):
    [taken] = lease_due_rows(Lesson, 10)
    begun(school)
    processing.process_due_callbacks()
    release_lease(taken, timezone.now() + later if later else None)
    lesson.refresh_from_db()
    assert lesson.look_at <= timezone.now()


@pytest.mark.parametrize("later", [timedelta(days=1), None])
def test_without_news_the_next_look_is_when_the_last_one_said(lesson, later):
    [taken] = lease_due_rows(Lesson, 10)
    moment = timezone.now() + later if later else None
    release_lease(taken, moment)
    lesson.refresh_from_db()
    assert lesson.look_at == moment


def test_an_event_of_a_final_lesson_asks_for_nothing(school, lesson):
    Lesson.objects.filter(pk=lesson.pk).update(final_at=timezone.now(), look_at=None)
    begun(school)
    processing.process_due_callbacks()
    lesson.refresh_from_db()
    assert lesson.look_at is None
