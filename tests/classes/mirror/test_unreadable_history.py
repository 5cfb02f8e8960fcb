"""Lessons that are over while their history cannot be read: they close with what is known."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from classes.lessons.services import stop_lesson
from classes.models import Attendance, Lesson
from console.mirror import registry
from console.outbox import relay
from tests.classes.mirror.poll_helpers import join_remotely, poll_now

pytestmark = pytest.mark.django_db(transaction=True)


def fail(iclass, *endpoints, kind="status"):
    for endpoint in endpoints:
        iclass.control("faults", {"arm": {"kind": kind, "match": endpoint, "times": 0}})


def mark_of_mouse(lesson):
    return Attendance.objects.get(lesson=lesson, user_id="mouse")


@pytest.fixture
def attended(running, iclass):
    """Mouse is in the room and was seen there."""
    join_remotely(iclass, running, "mouse")
    poll_now(running)
    assert mark_of_mouse(running).last_left_at is None
    return running


@pytest.mark.parametrize(
    ("endpoint", "kind"),
    [
        ("member/history/list", "status"),
        ("member/history/list", "refuse"),
        ("member/history/list", "drop_before"),
        ("member/history/list", "bad_json"),
        ("member/history/total", "html"),
    ],
)
def test_a_lesson_is_over_though_its_history_cannot_be_read(attended, iclass, endpoint, kind):
    fail(iclass, endpoint, kind=kind)
    iclass.call("class/stop", {"class_id": attended.class_id})
    poll_now(attended)
    assert attended.status == "end"
    assert attended.real_ended_at is not None
    assert attended.final_at is None
    mark = mark_of_mouse(attended)
    assert (mark.provisional, mark.reason["running"]) == (True, False)
    assert mark.last_left_at is not None
    assert attended.look_failures == 1
    assert attended.look_at > timezone.now()


def test_who_was_last_seen_before_polls_failed_to_the_very_end_is_unknown(attended, iclass):
    Lesson.objects.filter(pk=attended.pk).update(real_started_at=timezone.now())
    fail(iclass, "member/runtime/list", "member/runtime/total", "member/history/list")
    minutes = timedelta(minutes=20)
    iclass.control("clock", {"move": int(minutes.total_seconds())})
    try:
        with time_machine.travel(timezone.now() + minutes):
            poll_now(attended)
            assert attended.status == "ing"
            assert attended.observations.filter(source="failed").count() == 1
            iclass.call("class/stop", {"class_id": attended.class_id})
            poll_now(attended)
            mark = mark_of_mouse(attended)
            assert (attended.status, mark.mark, mark.reason["rule"]) == ("end", "unknown", "no_data")
            assert mark.share < 1
    finally:
        iclass.control("clock", {"reset": True})


def test_reconcile_that_sees_the_end_calculates_the_marks(attended, connected, iclass):
    iclass.call("class/stop", {"class_id": attended.class_id})
    fail(iclass, "member/history/list")
    registry.reconcile(connected)
    attended.refresh_from_db()
    assert attended.status == "end"
    assert mark_of_mouse(attended).reason["running"] is False
    assert mark_of_mouse(attended).last_left_at is not None


def test_our_own_stop_calculates_the_marks(attended, iclass):
    fail(iclass, "member/history/list")
    stop_lesson(lesson=attended, by=None, confirmed=True)
    relay.drain()
    attended.refresh_from_db()
    assert (attended.status, mark_of_mouse(attended).reason["running"]) == ("end", False)


def test_the_history_that_comes_back_makes_the_register_final(attended, iclass):
    fail(iclass, "member/history/list")
    iclass.call("class/stop", {"class_id": attended.class_id})
    poll_now(attended)
    iclass.control("faults", {"clear": True})
    poll_now(attended)
    poll_now(attended)
    assert attended.final_at is not None
    assert attended.look_failures == 0
    assert not mark_of_mouse(attended).provisional


def test_a_room_that_cannot_be_listed_still_tells_how_the_lesson_stands(running, iclass):
    fail(iclass, "member/runtime/list")
    poll_now(running)
    assert running.observations.filter(source="failed").count() == 1
    assert (running.status, running.look_failures) == ("ing", 1)


def test_a_number_that_was_read_before_the_list_failed_is_no_look_into_the_room(attended, iclass):
    poll_now(attended)
    poll_now(attended)
    before = attended.observations.filter(source="count").count()
    join_remotely(iclass, attended, "bob")
    fail(iclass, "member/runtime/list")
    poll_now(attended)
    assert attended.observations.filter(source="count").count() == before
    assert attended.observations.filter(source="failed").count() == 1
