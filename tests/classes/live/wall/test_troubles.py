"""What is wrong with a lesson: judged from what is known of it, and from nothing else."""

from datetime import UTC, datetime, timedelta

import pytest

from classes.attendance.mass_drops import find_mass_drops
from classes.live.wall.queries import LiveLesson
from classes.live.wall.troubles import TROUBLE_TYPES, find_troubles
from classes.recordings.states import RECORDING_STATES, RecordingState

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def lesson(began=20, **fields):
    """Began so many minutes ago, with the teacher and all ten students in it, seen just now."""
    start = NOW - began * MINUTE
    values = {
        "pk": 1,
        "school": 1,
        "topic": "Croquet",
        "teacher": "Bob",
        "teacher_pk": 1,
        "status": "ing",
        "starts_at": start,
        "ends_at": start + 45 * MINUTE,
        "real_started_at": start,
        "looked_at": NOW,
        "late_after_s": 300,
        "recording": RecordingState(RECORDING_STATES["none"]),
        "teacher_since": start,
        "expected": 10,
        "here": 10,
        "inside": 11,
    }
    return LiveLesson(**values | fields)


def kinds(*args, **fields):
    return [one.kind for one in find_troubles(lesson(*args, **fields), NOW)]


def test_a_lesson_in_which_all_is_well_has_none():
    assert kinds() == []


@pytest.mark.parametrize(("minutes", "found"), [(5, []), (5.1, ["teacher_out"])])
def test_a_teacher_has_five_minutes(minutes, found):
    assert kinds(minutes, teacher_since=None) == found


def test_the_minutes_are_a_setting(settings):
    settings.ALARM_TEACHER_S = 60
    assert kinds(2, teacher_since=None) == ["teacher_out"]


def test_they_count_from_the_real_start_where_that_came_later():
    assert kinds(20, teacher_since=None, real_started_at=NOW - 2 * MINUTE) == []


def test_a_lesson_that_should_have_begun_has_no_teacher_either():
    waiting = {"status": "will", "looked_at": None, "teacher_since": None, "real_started_at": None}
    assert kinds(6, **waiting) == ["teacher_out"]
    assert kinds(4, **waiting) == []
    assert kinds(-30, **waiting) == []


def test_a_teacher_alone_has_no_student_in():
    assert kinds(here=0, inside=1, never=10) == ["nobody_in"]


def test_a_lesson_that_expects_nobody_lacks_nobody():
    assert kinds(here=0, inside=1, expected=0) == []


def test_a_room_without_anybody_is_a_ghost_and_has_no_teacher():
    assert kinds(11, teacher_since=None, here=0, inside=0, never=10) == ["teacher_out", "ghost"]


def test_absent_students_are_counted_once_it_is_late_with_those_who_left_and_are_not_urgent():
    missing = ["Kid1", "Kid2", "Kid3"]
    found = find_troubles(lesson(never=1, missing=missing, here=7), NOW)
    assert [(one.kind, one.number, one.sort.urgent) for one in found] == [("absent", 3, False)]
    assert kinds(4, never=1, missing=missing, here=7) == []
    assert kinds(never=0, missing=missing, here=7) == []


def test_many_who_leave_within_a_minute_are_no_coincidence():
    left = [NOW - timedelta(seconds=10 * step) for step in range(5)]
    assert kinds(here=5, left=left) == ["mass_drop"]
    assert kinds(here=5, left=left[:4]) == []
    assert kinds(here=5, left=[NOW - 2 * MINUTE, *left[:4]]) == []
    assert kinds(expected=100, here=95, left=left) == []


@pytest.mark.parametrize(("minutes", "found"), [(60, []), (61, ["overrun"])])
def test_a_lesson_may_run_a_quarter_of_an_hour_longer(minutes, found):
    assert kinds(minutes) == found


@pytest.mark.parametrize(
    ("state", "found"),
    [
        *(("none", []), ("local", []), ("asked", []), ("started", []), ("ready", [])),
        *(("missing", ["recording_missing"]), ("failed", ["recording_missing"])),
    ],
)
def test_a_recording_wants_a_look_where_its_state_does(state, found):
    assert kinds(6, recording=RecordingState(RECORDING_STATES[state])) == found


def test_of_what_nobody_sees_nothing_is_said_but_that(settings):
    settings.LIVE_POLL_S = 20
    old = NOW - timedelta(seconds=61)
    assert kinds(looked_at=old, teacher_since=None, here=0, inside=0) == ["poll_outage"]
    assert kinds(looked_at=NOW - timedelta(seconds=59)) == []
    assert kinds(looked_at=None) == ["poll_outage"]
    assert kinds(0.5, looked_at=None) == []


def test_the_worst_comes_first():
    found = kinds(70, teacher_since=None, never=1, recording=RecordingState(RECORDING_STATES["failed"]))
    assert found == sorted(found, key=list(TROUBLE_TYPES).index)
    assert found[0] == "teacher_out"


def test_a_window_holds_its_edges():
    exits = [(0, "a"), (60, "b"), (120, "c")]
    assert [one.who for one in find_mass_drops(exits, lambda at: 3, least=2)] == [("a", "b")]
    assert find_mass_drops(exits, lambda at: 3, least=3) == []
    assert find_mass_drops([], lambda at: 0) == []


def test_an_alarm_wants_more_people_than_a_register_that_offers_to_excuse():
    left = [NOW - timedelta(seconds=step) for step in range(4)]
    assert kinds(here=5, left=left) == []
    assert len(find_mass_drops([(moment.timestamp(), n) for n, moment in enumerate(left)], lambda at: 9)) == 1
