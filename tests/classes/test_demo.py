"""The demo school: what a newcomer finds in the first ten minutes, made through the services."""

import io
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import Enterprise
from classes.courseware.attaching import decks_of
from classes.demo import cast
from classes.models import Course, Lesson
from console.outbox.models import Operation
from documents.models import Document
from tests.support.sandbox import Sandbox

pytestmark = pytest.mark.django_db(transaction=True)


def demo() -> str:
    said = io.StringIO()
    call_command("demo", stdout=said)
    return said.getvalue()


def test_the_demo_has_lessons_courseware_and_a_series_and_twice_is_once(
    iclass: Sandbox, live_server: Any, settings: Any
) -> None:
    settings.PUBLIC_URL = live_server.url
    logins = demo()
    school = Enterprise.objects.get(sdkappid=cast.SDKAPPID)
    assert all(f"{part.user_id}@{cast.SDKAPPID}" in logins for part in (cast.ADMIN, cast.TEACHERS[0]))
    assert not Operation.objects.exclude(state="done").exists(), "all that was sent has arrived"

    runs = Lesson.objects.get(enterprise=school, status="ing")
    shown = decks_of(runs)
    assert [deck.document.name for deck in shown] == ["函数的图像", "课前预习", "课堂约定"]
    assert not any(deck.hidden_from for deck in shown), "the teacher of the lesson may show each"
    assert Document.objects.filter(enterprise=school, transcode_wanted=True).count() == 1
    course = Course.objects.get(enterprise=school)
    assert course.lessons.exclude(remote_id="").count() == 6
    assert Lesson.objects.filter(enterprise=school, status="end").exists()

    before = [model.objects.filter(enterprise=school).count() for model in (Lesson, Document, Course)]
    demo()
    assert [model.objects.filter(enterprise=school).count() for model in (Lesson, Document, Course)] == before
