"""A lesson that Bob teaches now."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.people.services import register_person
from classes.lessons.services import start_lesson
from console.outbox import relay
from tests.support.iclass_service import create_lesson


@pytest.fixture
def mouse(connected, alice):
    return register_person(enterprise=connected, by=alice, user_id="mouse", nickname="Mouse", role="student")


@pytest.fixture
def running(connected, alice, bob, mouse):
    """A lesson that Bob teaches now, with Mouse expected."""
    lesson = create_lesson(bob, alice, students=[mouse], starts_at=timezone.now() - timedelta(minutes=1))
    start_lesson(lesson=lesson, by=alice)
    relay.drain()
    lesson.refresh_from_db()
    return lesson
