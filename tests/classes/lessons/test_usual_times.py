"""A lesson is started long before its time, or ended while people are in it, only after a question."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext, override

from classes.attendance.register import recompute_register
from classes.choices import RecordType
from classes.lessons.services import start_lesson, stop_lesson
from classes.models import Lesson
from console.audit.models import AuditEntry
from console.confirmation import ConfirmationNeeded
from console.outbox.models import Operation
from tests.classes.factories import (
    MINUTE,
    add_members,
    create_finished_lesson,
    create_planned_lesson,
    create_running_lesson,
    record_poll,
)
from tests.support.admin_forms import messages_on, run_action, signed_in_client
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.django_db
HOUR, DAY = 60 * MINUTE, timedelta(days=1)
FINAL = "It can then no longer be moved or cancelled, and once it has ended, it cannot be started again."


@pytest.fixture
def far(bob, kids):
    """A lesson of three students in six weeks."""
    lesson = create_planned_lesson(bob, 43 * DAY)
    add_members(lesson, *kids)
    return lesson


@pytest.fixture
def occupied(bob, kids):
    """A lesson that runs for another 35 minutes, with its teacher and two students in the room."""
    lesson = create_running_lesson(bob)
    add_members(lesson, *kids)
    record_poll(lesson, [bob, *kids[:2]])
    recompute_register(lesson)
    return lesson


def test_a_start_six_weeks_early_is_asked_on_a_page_before_anything_happens(browse, alice, far):
    address = f"/lessons/{far.pk}/start/"
    asked = browse(alice, address, {}).content.decode()
    assert "Start this lesson now?" in asked
    assert "in 43 days." in asked
    assert "the teacher and 3 students can enter." in asked
    assert FINAL in asked
    assert "The recording starts with it." not in asked
    assert not Operation.objects.exists()
    assert not AuditEntry.objects.filter(action="lesson.start").exists()

    assert browse(alice, address, {"confirmed": "True"}).url == f"/lessons/{far.pk}/"
    assert Operation.objects.get().kind == "class.start"


def test_the_button_of_a_lesson_long_before_its_time_leads_to_the_question(browse, alice, far):
    page = browse(alice, f"/lessons/{far.pk}/").content.decode()
    assert f'href="/lessons/{far.pk}/start/"' in page
    assert f'action="/lessons/{far.pk}/start/"' not in page
    asked = browse(alice, f"/lessons/{far.pk}/start/").content.decode()
    assert "in 43 days." in asked
    assert '<input type="hidden" name="confirmed" value="True"' in asked


def test_a_lesson_of_the_next_half_hour_starts_at_once(browse, bob):
    lesson = create_planned_lesson(bob, 29 * MINUTE)
    page = browse(bob, f"/lessons/{lesson.pk}/").content.decode()
    assert f'action="/lessons/{lesson.pk}/start/"' in page
    assert browse(bob, f"/lessons/{lesson.pk}/start/", {}).url == f"/lessons/{lesson.pk}/"
    assert Operation.objects.get().kind == "class.start"


def test_a_start_on_the_same_day_says_in_how_many_hours_it_is_planned_and_that_it_is_recorded(bob, alice):
    lesson = create_planned_lesson(bob, 3 * HOUR + MINUTE, record_types=[RecordType.REMOTE])
    with override("en"), pytest.raises(ConfirmationNeeded) as asked:
        start_lesson(lesson=lesson, by=alice)
    planned, entering, recording, final = asked.value.messages
    assert planned.endswith(("in 3 h.", "in 3 h 0 min."))
    assert "0 students" in entering
    assert recording == "The recording starts with it."
    assert final == FINAL


def test_a_question_is_asked_in_the_language_of_the_reader(browse, alice, far):
    asked = browse(alice, f"/lessons/{far.pk}/start/", {}, language="zh-hans").content.decode()
    assert "还有 43 天。" in asked
    assert "3 名学生可以进入课堂" in asked


def test_what_is_refused_is_refused_without_a_question(alice, bob):
    lesson = create_planned_lesson(bob, 43 * DAY, cancelled_at=timezone.now())
    with pytest.raises(ValidationError) as refused:
        start_lesson(lesson=lesson, by=alice, confirmed=True)
    assert not isinstance(refused.value, ConfirmationNeeded)


def test_an_end_while_people_are_in_the_room_is_asked_with_their_number(browse, bob, occupied):
    address = f"/lessons/{occupied.pk}/stop/"
    page = browse(bob, f"/lessons/{occupied.pk}/").content.decode()
    assert f'href="{address}"' in page
    assert 'id="ask-stop"' not in page
    asked = browse(bob, address, {}).content.decode()
    assert "3 people are in the classroom and leave it at once." in asked
    assert "for another 3" in asked
    assert not Operation.objects.exists()

    browse(bob, address, {"confirmed": "True"})
    assert Operation.objects.get().kind == "class.stop"


def test_an_empty_room_and_the_last_ten_minutes_end_without_a_page(browse, alice, bob, occupied):
    empty = create_running_lesson(bob)
    assert 'id="ask-stop"' in browse(alice, f"/lessons/{empty.pk}/").content.decode()
    stop_lesson(lesson=empty, by=alice)
    Lesson.objects.filter(pk=occupied.pk).update(ends_at=timezone.now() + 9 * MINUTE)
    stop_lesson(lesson=occupied, by=alice)
    assert Operation.objects.count() == 2


def test_rest_acts_at_once_as_programs_ask_for_what_they_want(alice, far, occupied):
    client = rest_client(alice)
    for lesson, act in ((far, "start"), (occupied, "stop")):
        assert client.post(f"/api/v1/lessons/{lesson.pk}/{act}/").status_code == 200
        assert (
            Operation.objects.get(subject_type="classes.lesson", subject_id=lesson.pk).kind == f"class.{act}"
        )


def test_the_admin_says_where_a_start_long_before_its_time_is_confirmed(alice, far):
    told = messages_on(run_action(signed_in_client(alice), [far], "start"))
    assert gettext(FINAL) in told
    assert gettext("To do it anyway, confirm it on its page in the console.") in told
    assert not Operation.objects.exists()


def test_a_finished_lesson_has_nothing_to_confirm(bob, alice):
    with pytest.raises(ValidationError) as refused:
        stop_lesson(lesson=create_finished_lesson(bob), by=alice)
    assert not isinstance(refused.value, ConfirmationNeeded)
