"""Each event is written by the change itself, in its transaction, for those who want it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.people.services import edit_person
from classes.live.alarms.detection import detect_alarms
from classes.models import Alarm, Correction, Lesson, Recording
from console.outbox.models import Operation
from console.webhooks.events import all_events, event_of
from console.webhooks.models import WebhookDelivery
from console.webhooks.services import add_endpoint
from tests.classes.factories import (
    create_finished_lesson,
    create_planned_lesson,
    create_refused_operation,
    create_running_lesson,
)
from tests.support.cast import create_person

pytestmark = pytest.mark.django_db
Act = Callable[[User], Any]


def change(lesson: Lesson, **values: Any) -> Lesson:
    Lesson.objects.filter(pk=lesson.pk).update(**values)
    return lesson


def alarm(bob: User, **values: Any) -> Alarm:
    return Alarm.objects.create(enterprise=bob.enterprise, kind="poll_outage", **values)


def person(bob: User) -> User:
    return create_person(bob.enterprise, "dodo", "student")


def recording(bob: User) -> Recording:
    return Recording.objects.create(
        enterprise=bob.enterprise, class_id="1", video_id="7", video_type=0, url="https://v.example/7"
    )


def set_active(who: User, active: bool) -> User:
    User.objects.filter(pk=who.pk).update(is_active=active)
    return who


def needs_you(bob: User) -> Any:
    operation = create_refused_operation(create_planned_lesson(bob))
    Operation.objects.filter(pk=operation.pk).update(state="ready")
    Operation.objects.filter(pk=operation.pk).update(state="sending")
    return Operation.objects.filter(pk=operation.pk).update(state="refused")


ACTS: dict[str, Act] = {
    "lesson.scheduled": create_planned_lesson,
    "lesson.changed": lambda bob: change(create_planned_lesson(bob), topic="Other"),
    "lesson.cancelled": lambda bob: change(create_planned_lesson(bob), cancelled_at=timezone.now()),
    "lesson.started": lambda bob: change(create_planned_lesson(bob), status="ing"),
    "lesson.ended": lambda bob: change(create_running_lesson(bob), status="end"),
    "attendance.final": lambda bob: change(create_running_lesson(bob), final_at=timezone.now()),
    "attendance.corrected": lambda bob: Correction.objects.create(
        lesson=create_finished_lesson(bob), user_id="dina", mark="present", by=bob
    ),
    "register.closed": lambda bob: change(create_finished_lesson(bob), register_closed_at=timezone.now()),
    "recording.ready": recording,
    "recording.missing": lambda bob: Alarm.objects.create(
        enterprise=bob.enterprise, lesson=create_running_lesson(bob), kind="recording_missing"
    ),
    "person.added": person,
    "person.changed": lambda bob: User.objects.filter(pk=person(bob).pk).update(nickname="The Dodo"),
    "person.left": lambda bob: set_active(person(bob), False),
    "alarm.raised": alarm,
    "alarm.cleared": lambda bob: Alarm.objects.filter(pk=alarm(bob).pk).update(resolved_at=timezone.now()),
    "sync.needs_you": needs_you,
}


def told(event: str = "") -> list[WebhookDelivery]:
    rows = WebhookDelivery.objects.filter(**({"event": event} if event else {}))
    return list(rows.order_by("id"))


def test_each_event_has_its_case():
    assert set(ACTS) == {event.name for event in all_events()}


@pytest.mark.parametrize("event", ACTS)
def test_a_change_writes_its_event_with_the_fields_that_are_described(endpoint, bob, event):
    ACTS[event](bob)
    [delivery] = told(event)
    known = event_of(event)
    assert known is not None
    assert set(delivery.data) == set(known.fields)
    assert delivery.object.split(":")[0] == known.subject
    assert delivery.enterprise_id == bob.enterprise_id


@pytest.mark.parametrize("event", ACTS)
def test_nothing_is_written_for_a_webhook_that_did_not_ask_for_it(make_endpoint, bob, event):
    make_endpoint(events=[one for one in ACTS if one != event])
    ACTS[event](bob)
    assert told(event) == []


def test_a_change_that_is_rolled_back_tells_nobody(endpoint, bob):
    with transaction.atomic():
        create_planned_lesson(bob)
        assert len(told()) == 1
        transaction.set_rollback(True)
    assert told() == []


def test_a_school_hears_nothing_of_another(endpoint, charlie):
    create_planned_lesson(charlie)
    person(charlie)
    alarm(charlie)
    assert told() == []


def test_each_webhook_of_a_school_is_told_with_an_id_of_its_own(make_endpoint, bob):
    make_endpoint()
    make_endpoint(name="Archive")
    create_planned_lesson(bob)
    assert len({one.uid for one in told("lesson.scheduled")}) == 2


def test_an_edit_through_the_service_is_told_once(endpoint, alice, bob):
    edit_person(person=bob, by=alice, nickname="Robert")
    assert len(told("person.changed")) == 1


def test_a_save_that_changes_nothing_is_no_event(endpoint, bob):
    lesson = create_planned_lesson(bob)
    lesson.save(update_fields=["topic", "starts_at", "ends_at"])
    change(lesson, looked_at=timezone.now())
    assert told("lesson.changed") == []


def test_what_a_school_wants_back_is_told_as_new(endpoint, bob):
    lesson = change(create_planned_lesson(bob), cancelled_at=timezone.now())
    change(lesson, cancelled_at=None)
    assert [one.event for one in told()] == ["lesson.scheduled", "lesson.cancelled", "lesson.scheduled"]
    set_active(set_active(bob, False), True)
    assert [one.event for one in told()][3:] == ["person.left", "person.added"]


def test_alarms_that_are_detected_are_events_like_others(make_endpoint, bob, settings):
    make_endpoint(events=["alarm.raised", "alarm.cleared"])
    settings.ALARM_TEACHER_S = 0
    lesson = create_running_lesson(bob, minutes=30)
    change(lesson, looked_at=timezone.now())
    detect_alarms()
    raised = {one.data["kind"] for one in told("alarm.raised")}
    change(lesson, status="end", real_ended_at=timezone.now())
    detect_alarms()
    assert raised
    assert {one.data["kind"] for one in told("alarm.cleared")} == raised


def test_no_event_holds_a_name_or_a_contact(endpoint, bob):
    names = {"nickname": "Robert the Builder", "phone_no": "13800000001", "e_mail": "bob@school.example"}
    User.objects.filter(pk=bob.pk).update(**names)
    for act in ACTS.values():
        if act is not person:
            with transaction.atomic():
                act(bob)
                written = str([one.data for one in told()])
                transaction.set_rollback(True)
            assert not any(name in written for name in (*names.values(), "Croquet", "The Dodo"))


def test_a_webhook_of_one_school_is_no_webhook_of_the_other(endpoint, charlie):
    other = add_endpoint(
        school=charlie.enterprise, by=charlie, name="Portal", url=endpoint.url, events=["lesson.scheduled"]
    )
    create_planned_lesson(charlie)
    assert [one.endpoint for one in told()] == [other]
