"""A callback is a hint: it makes a lesson due for a look, and no look that is on its way may swallow it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from classes.models import Lesson
from console.inbox import process
from console.inbox.models import Callback
from console.mirror.leases import let_go, take_due
from tests.support.service import lesson_of

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
    lesson = lesson_of(bob, alice)
    Lesson.objects.filter(pk=lesson.pk).update(remote_id="77", look_at=timezone.now())
    lesson.refresh_from_db()
    return lesson


@pytest.mark.parametrize("later", [timedelta(days=1), None])
def test_news_that_comes_while_a_look_is_on_its_way_asks_for_another(school, lesson, later):
    [taken] = take_due(Lesson, 10)
    begun(school)
    process.drain()
    let_go(taken, timezone.now() + later if later else None)
    lesson.refresh_from_db()
    assert lesson.look_at <= timezone.now()


@pytest.mark.parametrize("later", [timedelta(days=1), None])
def test_without_news_the_next_look_is_when_the_last_one_said(lesson, later):
    [taken] = take_due(Lesson, 10)
    moment = timezone.now() + later if later else None
    let_go(taken, moment)
    lesson.refresh_from_db()
    assert lesson.look_at == moment


def test_an_event_of_a_final_lesson_asks_for_nothing(school, lesson):
    Lesson.objects.filter(pk=lesson.pk).update(final_at=timezone.now(), look_at=None)
    begun(school)
    process.drain()
    lesson.refresh_from_db()
    assert lesson.look_at is None
