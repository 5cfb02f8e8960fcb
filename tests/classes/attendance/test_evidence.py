"""Evidence as it is written and read back."""

import pytest
from django.db import DatabaseError, transaction

from classes.attendance.evidence import (
    CallbackEvent,
    count_row,
    last_poll_time,
    late_poll_row,
    people_in_room,
    record_callbacks,
    record_failed_poll,
    record_history,
    record_runtime,
)
from classes.models import Observation
from console.iclass import HistoryMember, RuntimeMember
from tests.classes.attendance.service_rows import history_member, moment, runtime_member
from tests.classes.attendance.simulated_lessons import at
from tests.support.iclass_service import create_lesson


def told(lesson) -> list[tuple[str, str, bool | None]]:
    return list(lesson.observations.values_list("source", "user_id", "present"))


def test_who_newly_appears_gets_a_row_with_all_that_the_service_said(lesson):
    assert record_runtime(
        lesson, [runtime_member("ann", "8:01:07", camera=1, hand_up=0)], seen_at=moment("8:01:20")
    )
    row = lesson.observations.get()
    assert (row.source, row.present, row.entered_at) == ("poll", True, moment("8:01:07"))
    assert (row.nickname, row.role, row.raw["status"]["camera"]) == ("Ann", "student", 1)


def test_a_poll_without_change_is_one_tick(lesson):
    room = [runtime_member("ann", "8:00"), runtime_member("ben", "8:00")]
    record_runtime(lesson, room, seen_at=moment("8:00:20"))
    assert not record_runtime(lesson, room, seen_at=moment("8:00:40"))
    assert told(lesson)[2:] == [("tick", "", None)]
    assert last_poll_time(lesson) == moment("8:00:40")


def test_an_empty_room_is_a_tick_too(lesson):
    assert not record_runtime(lesson, [], seen_at=moment("8:00:20"))
    assert told(lesson) == [("tick", "", None)]


def test_who_vanishes_gets_a_row_once(lesson):
    record_runtime(lesson, [runtime_member("ann", "8:00")], seen_at=moment("8:00:20"))
    assert record_runtime(lesson, [], seen_at=moment("8:00:40"))
    assert not record_runtime(lesson, [], seen_at=moment("8:01"))
    assert told(lesson)[1:] == [("poll", "ann", False), ("tick", "", None)]


@pytest.mark.parametrize(
    "after", [runtime_member("ann", "8:00", hand_up=1), runtime_member("ann", "8:00:30")]
)
def test_a_device_or_a_new_entry_is_a_change(lesson, after):
    record_runtime(lesson, [runtime_member("ann", "8:00")], seen_at=moment("8:00:20"))
    assert record_runtime(lesson, [after], seen_at=moment("8:00:40"))
    assert told(lesson) == [("poll", "ann", True)] * 2


def test_text_that_no_column_takes_is_made_to_fit(lesson):
    odd = RuntimeMember(user_id="x" * 90, nickname="a\x00b" * 60, enter_time=1550546356000)
    record_runtime(lesson, [odd], seen_at=moment("8:00:20"))
    row = lesson.observations.get()
    assert (len(row.user_id), len(row.nickname), row.entered_at) == (64, 120, None)
    assert not record_runtime(lesson, [odd], seen_at=moment("8:00:40"))


def test_a_line_of_history_is_kept_once_and_again_when_it_changes(lesson):
    assert record_history(lesson, [history_member("ann", "8:00", None)] * 2, seen_at=moment("8:20")) == 1
    assert record_history(lesson, [history_member("ann", "8:00", None)], seen_at=moment("8:21")) == 0
    again = [
        history_member("ann", "8:00", "8:10"),
        history_member("ann", "8:20", "8:45"),
        history_member("ben", "8:00", "8:10"),
    ]
    assert record_history(lesson, again, seen_at=moment("8:46")) == 3
    assert record_history(lesson, again, seen_at=moment("8:47")) == 0


def test_history_keeps_the_last_states_of_the_devices(lesson):
    line = HistoryMember(user_id="ann", enter_time=at("8:00"), quit_time=at("8:45"), history_camera=1)
    record_history(lesson, [line], seen_at=moment("8:46"))
    assert lesson.observations.get().raw["history_camera"] == 1


def test_a_failed_poll_says_why(lesson):
    record_failed_poll(lesson, seen_at=moment("8:10"), why="NotReached")
    row = lesson.observations.get()
    assert (row.source, row.raw) == ("failed", {"why": "NotReached"})
    assert last_poll_time(lesson) is None


def test_a_callback_is_kept_once(lesson):
    data = {"class_id": 1001, "user_id": "ann", "role": "student", "join_time": at("8:00:03")}
    entered = CallbackEvent(lesson.pk, "join_class", data, moment("8:00:05"))
    assert record_callbacks([entered, entered._replace(seen_at=moment("8:00:06"))]) == 1
    assert record_callbacks([entered._replace(seen_at=moment("8:01:05"))]) == 0
    left = {"user_id": "ann", "quit_time": str(at("8:20"))}
    assert record_callbacks([CallbackEvent(lesson.pk, "quit_class", left, moment("8:20:01"))]) == 1
    rows = lesson.observations.values_list("present", "entered_at", "left_at")
    assert list(rows) == [(True, moment("8:00:03"), None), (False, None, moment("8:20"))]


def test_callbacks_that_differ_in_anything_are_both_kept_and_those_of_another_lesson(lesson, alice, bob):
    data = {"user_id": "ann", "join_time": at("8:00:03")}
    other = create_lesson(bob, alice, topic="Another")
    told = [
        CallbackEvent(lesson.pk, "join_class", data, moment("8:00:05")),
        CallbackEvent(lesson.pk, "join_class", data | {"role": "student"}, moment("8:00:05")),
        CallbackEvent(lesson.pk, "join_class", data | {"platform": 1}, moment("8:00:05")),
        CallbackEvent(other.pk, "join_class", data, moment("8:00:05")),
    ]
    assert record_callbacks(told) == 4
    assert record_callbacks(reversed(told)) == 0
    assert (lesson.observations.count(), other.observations.count()) == (3, 1)


@pytest.mark.parametrize(
    ("event", "data"),
    [
        ("class_begin", {"user_id": "ann", "join_time": 1790035200}),
        ("join_class", {"join_time": 1790035200}),
        ("join_class", {"user_id": "ann", "join_time": "soon"}),
        ("quit_class", {"user_id": "ann", "join_time": 1790035200}),
    ],
)
def test_a_callback_without_person_or_time_adds_nothing(lesson, event, data):
    assert record_callbacks([CallbackEvent(lesson.pk, event, data, moment("8:00:05"))]) == 0
    assert not lesson.observations.exists()


def test_present_now_is_who_the_last_poll_saw(lesson):
    record_runtime(
        lesson, [runtime_member("ann", "8:00"), runtime_member("ben", "7:59")], seen_at=moment("8:00:20")
    )
    record_runtime(
        lesson,
        [runtime_member("ben", "7:59", mic=1), runtime_member("cid", "8:01")],
        seen_at=moment("8:01:20"),
    )
    people = people_in_room(lesson)
    assert [(one.user_id, one.nickname, one.entered_at) for one in people] == [
        ("ben", "Ben", moment("7:59")),
        ("cid", "Cid", moment("8:01")),
    ]
    assert people[0].devices == {"camera": -1, "mic": 1, "speaker": -1, "silence": -1, "hand_up": -1}


def test_evidence_is_never_changed(lesson):
    record_runtime(lesson, [runtime_member("ann", "8:00")], seen_at=moment("8:00:20"))
    with pytest.raises(DatabaseError), transaction.atomic():
        Observation.objects.update(present=False)


def test_five_hundred_people_are_a_few_queries(lesson, django_assert_max_num_queries):
    room = [runtime_member(f"s{number}", "8:00") for number in range(500)]
    with django_assert_max_num_queries(4):
        record_runtime(lesson, room, seen_at=moment("8:00:20"))
    with django_assert_max_num_queries(4):
        record_runtime(lesson, room[:250], seen_at=moment("8:00:40"))
    with django_assert_max_num_queries(4):
        record_history(
            lesson, [history_member(f"s{n}", "8:00", "8:45") for n in range(500)], seen_at=moment("8:46")
        )
    assert len(people_in_room(lesson)) == 250


def test_evidence_is_neither_changed_nor_taken_away(lesson):
    record_runtime(lesson, [runtime_member("ann", "8:00")], seen_at=moment("8:00:20"))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        lesson.observations.all().delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        lesson.observations.update(present=False)
    assert lesson.observations.count() == 1


def test_a_count_of_the_room_is_the_age_of_what_we_know(lesson):
    record_runtime(lesson, [], seen_at=moment("8:00:20"))
    count_row(lesson, 0, seen_at=moment("8:00:40")).save()
    late_poll_row(lesson, seen_at=moment("8:05"), since=moment("8:00:40")).save()
    assert last_poll_time(lesson) == moment("8:00:40")
    assert [row.raw for row in lesson.observations.order_by("id")] == [{}, {"total": 0}, {"after_s": 260}]
