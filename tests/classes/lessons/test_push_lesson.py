"""Sending a lesson again while its creation waits."""

import pytest

from accounts.models import User
from classes.lessons.remote_fields import natural_key
from classes.lessons.services import push_lesson
from classes.models import Lesson
from console.audit.models import AuditEntry
from console.outbox.models import Operation
from tests.support.iclass_service import create_lesson

pytestmark = pytest.mark.django_db


@pytest.fixture
def renamed(alice: User, bob: User) -> Lesson:
    """A lesson whose creation waits under its former topic."""
    lesson = create_lesson(bob, alice)
    Lesson.objects.filter(pk=lesson.pk).update(topic="Tea")
    return Lesson.objects.get(pk=lesson.pk)


def test_a_creation_that_was_not_tried_is_enough(renamed: Lesson, alice: User) -> None:
    waiting = Operation.objects.get(kind="class.create")
    assert push_lesson(lesson=renamed, by=alice) == waiting
    waiting.refresh_from_db()
    assert waiting.lane == natural_key(renamed)
    assert not Operation.objects.filter(kind="class.modify").exists()
    assert AuditEntry.objects.get(action="lesson.push").actor == alice


def test_a_creation_that_was_tried_is_followed_by_a_change(renamed: Lesson, alice: User) -> None:
    Operation.objects.filter(kind="class.create").update(attempts=1)
    assert push_lesson(lesson=renamed, by=alice).kind == "class.modify"
