"""Looks at many rooms written at once, and whose marks are reckoned with them."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from classes.inbound import handlers
from classes.lessons.services import start_lesson
from classes.mirror import polling
from classes.mirror.poll_policy import RECALCULATE_EVERY_S
from classes.models import Attendance, Lesson
from console.inbox.models import Callback
from console.mirror import registry
from console.outbox import relay
from console.outbox.states import SyncState
from tests.classes.mirror.poll_helpers import join_remotely, observation_words, poll_now
from tests.support.iclass_service import create_lesson

pytestmark = pytest.mark.django_db(transaction=True)


def test_many_quiet_lessons_are_written_with_as_many_statements_as_one(
    connected, alice, bob, mouse, django_assert_max_num_queries
):
    lessons = [create_lesson(bob, alice, students=[mouse], starts_at=timezone.now()) for _ in range(4)]
    for lesson in lessons:
        start_lesson(lesson=lesson, by=alice)
    relay.drain()
    mine = Lesson.objects.filter(pk__in=[lesson.pk for lesson in lessons])
    for _ in range(2):  # the first news of the room, then nothing new
        mine.update(look_at=timezone.now())
        registry.poll_due_rows()
    mine.update(look_at=timezone.now(), room_total=None)
    with django_assert_max_num_queries(24):
        assert polling.poll_lessons(100) == 4
    assert all(observation_words(lesson)[-1] == "tick" for lesson in mine)
    assert mine.filter(look_owner="", look_until=None, look_at__gt=timezone.now()).count() == 4
    mine.update(look_at=timezone.now())
    registry.poll_due_rows(1, within_s=0)  # time for no more than one batch of each sort
    assert mine.filter(look_at__lte=timezone.now()).count() == 3


def test_lessons_that_all_begin_at_once_are_written_together_with_their_news(
    connected, alice, bob, mouse, iclass
):
    def cost(many):
        lessons = [create_lesson(bob, alice, students=[mouse], starts_at=timezone.now()) for _ in range(many)]
        relay.drain()
        mine = Lesson.objects.filter(pk__in=[lesson.pk for lesson in lessons])
        changed = mine.last()
        iclass.call("class/modify", {"class_id": changed.class_id, "class_topic": "Changed outside"})
        for lesson in mine:
            assert iclass.call("class/start", {"class_id": lesson.class_id})["error_code"] == 0
            join_remotely(iclass, lesson, "mouse")
        mine.update(look_at=timezone.now())
        with CaptureQueriesContext(connection) as asked:
            assert polling.poll_lessons(100) == many
        assert mine.filter(status="ing", real_started_at__isnull=False).count() == many
        drifted = mine.filter(sync_state=SyncState.CHANGED_OUTSIDE, observed__topic="Changed outside")
        assert [lesson.pk for lesson in drifted] == [changed.pk]
        assert mine.exclude(pk=changed.pk).filter(sync_state=SyncState.IN_SYNC).count() == many - 1
        assert all(
            ("poll", "mouse") in list(one.observations.values_list("source", "user_id")) for one in mine
        )
        marks = Attendance.objects.filter(lesson__in=mine, user_id="mouse", first_entered_at__isnull=False)
        assert marks.count() == many
        return len(asked)

    assert cost(4) == cost(2)


def test_a_lesson_with_an_operation_under_way_keeps_the_state_that_this_gave_it(
    connected, alice, bob, iclass
):
    lesson = create_lesson(bob, alice, starts_at=timezone.now())
    relay.drain()
    lesson.refresh_from_db()
    iclass.call("class/modify", {"class_id": lesson.class_id, "class_topic": "Changed outside"})
    iclass.call("class/start", {"class_id": lesson.class_id})
    start_lesson(lesson=lesson, by=alice)  # owed, not sent
    before = Lesson.objects.get(pk=lesson.pk).sync_state
    poll_now(lesson)
    assert (lesson.status, lesson.observed["topic"]) == ("ing", "Changed outside")
    assert lesson.sync_state == before != SyncState.CHANGED_OUTSIDE


@pytest.mark.parametrize("listed", [0, 1])
def test_a_number_and_a_list_written_together_keep_what_each_needs_next(
    connected, alice, bob, mouse, iclass, listed
):
    lessons = [create_lesson(bob, alice, students=[mouse], starts_at=timezone.now()) for _ in range(2)]
    for lesson in lessons:
        start_lesson(lesson=lesson, by=alice)
    relay.drain()
    mine = Lesson.objects.filter(pk__in=[lesson.pk for lesson in lessons]).order_by("pk")
    mine.update(look_at=timezone.now())
    registry.poll_due_rows()
    join_remotely(iclass, mine[listed], "mouse")
    mine.update(look_at=timezone.now())
    registry.poll_due_rows()
    assert mine[listed].room_total is None  # after a change the next list is wanted whole
    assert (mine[1 - listed].room_total, mine[1 - listed].room_counts) == (0, 1)


def seconds_until_all(lesson):
    """Until the marks of all are reckoned again, whoever comes."""
    return RECALCULATE_EVERY_S - (int(timezone.now().timestamp()) + lesson.pk) % RECALCULATE_EVERY_S


def reckonings(lesson):
    return set(Attendance.objects.filter(lesson=lesson).values_list("reckoned_at", flat=True))


def test_the_marks_of_a_room_without_change_are_reckoned_again_after_minutes(running, iclass):
    join_remotely(iclass, running, "mouse")
    Lesson.objects.filter(pk=running.pk).update(rules={"late_after_s": 3600})
    due = timezone.now() + timedelta(seconds=RECALCULATE_EVERY_S + seconds_until_all(running))
    reckoned = []
    # The looks between, 20 seconds apart like these, are left out: the first one after them comes late.
    for seconds in (-50, -30, -10, 10, 30, 250, 270, 290, 310, 330):
        before = reckonings(running)
        with time_machine.travel(due + timedelta(seconds=seconds)):
            poll_now(running)
        if reckonings(running) != before:
            reckoned.append(seconds)
    assert [seconds for seconds in reckoned if seconds not in (-50, 250)] == [10, 310]


def test_who_has_not_come_by_the_limit_is_absent_at_the_next_look(running):
    marks = []
    Lesson.objects.filter(pk=running.pk).update(rules={"late_after_s": 70})
    for seconds in (20, 40, 60, 80):
        with time_machine.travel(running.real_started_at + timedelta(seconds=seconds)):
            poll_now(running)
            marks.append(Attendance.objects.get(lesson=running, user_id="mouse").mark)
    assert marks == ["unknown", "unknown", "unknown", "absent"]


def test_an_entry_that_was_called_back_has_the_marks_reckoned_though_the_list_shows_no_change(
    running,
):
    begun = running.real_started_at
    for seconds in (20, 40, 60):
        with time_machine.travel(begun + timedelta(seconds=seconds)):
            poll_now(running)
    before = reckonings(running)
    with time_machine.travel(begun + timedelta(seconds=70)):
        handlers.schedule_polls([came_back(running, "mouse", begun + timedelta(seconds=65))])
    with time_machine.travel(begun + timedelta(seconds=80)):
        poll_now(running)
    assert observation_words(running)[-1] == "tick"
    assert reckonings(running) != before
    mouse = Attendance.objects.get(lesson=running, user_id="mouse")
    assert (mouse.first_entered_at, mouse.evidence) == (None, "unconfirmed"), "no list has confirmed it"


def test_of_a_lesson_in_which_somebody_comes_only_their_mark_is_reckoned(running, iclass, settings):
    Lesson.objects.filter(pk=running.pk).update(rules={"late_after_s": 3600})
    begins = timezone.now() + timedelta(seconds=seconds_until_all(running) + 1)

    def looked_after(seconds):
        with time_machine.travel(begins + timedelta(seconds=seconds)):
            began = timezone.now()
            poll_now(running)
        rows = Attendance.objects.filter(lesson=running, reckoned_at__gte=began)
        return set(rows.values_list("user_id", flat=True))

    looked_after(0)
    join_remotely(iclass, running, "mouse")
    assert looked_after(20) == {"mouse"}
    handlers.schedule_polls([came_back(running, "hare", begins + timedelta(seconds=30))])
    assert looked_after(40) == {"hare"}
    assert looked_after(60) == set()
    address, settings.ICLASS_BASE_URL = settings.ICLASS_BASE_URL, "http://127.0.0.1:9"
    looked_after(80)
    settings.ICLASS_BASE_URL = address
    handlers.schedule_polls([came_back(running, "hare", begins + timedelta(seconds=90))])
    assert looked_after(100) == {"bob", "hare", "mouse"}, "nobody knows what happened meanwhile"


def came_back(lesson, user_id, at):
    callback = Callback(enterprise=lesson.enterprise, event="join_class", class_id=lesson.remote_id)
    data = {"class_id": lesson.class_id, "user_id": user_id, "join_time": int(at.timestamp())}
    callback.body, callback.received_at = {"event": "join_class", "data": data}, at
    return callback
