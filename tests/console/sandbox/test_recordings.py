"""云端录制 and its two events."""

from typing import Any

import pytest
import requests

from tests.console.sandbox.conftest import SandboxSchool
from tests.support.callback_receiver import CallbackReceiver

CAMERA, SCREEN, BOARD = 0, 1, 2


def recorded(school: SandboxSchool, remote: dict[str, Any]) -> tuple[int, str, str]:
    """A recorded class over: the teacher used a camera, the student shared a screen, one only listened."""
    teacher, student, listener = school.person("teacher"), school.person(), school.person()
    class_id = school.lesson(student, listener, teacher_id=teacher, **remote)
    for user_id in (teacher, student, listener):
        school.client(user_id).ok("member/join", class_id=class_id)
    clients = {user_id: school.client(user_id) for user_id in (teacher, student)}
    clients[teacher].ok("class/start", class_id=class_id)
    for user_id, event in (
        (teacher, "camera_open"), (teacher, "camera_close"), (student, "screen_share_open"),
    ):  # fmt: skip
        assert clients[user_id].report(class_id, event) == 0
    school.sandbox.control("clock", {"move": 90})
    clients[teacher].ok("class/stop", class_id=class_id)
    return class_id, teacher, student


def test_a_track_for_each_camera_each_screen_and_the_whiteboard(
    school: SandboxSchool, receiver: CallbackReceiver, remote: dict[str, Any]
) -> None:
    school.knobs(recording_pace="immediate", heartbeat_s=0)
    class_id, teacher, student = recorded(school, remote)
    told = receiver.wait_for(1, "online_record_stop")[0].data
    assert [(one["video_type"], one["user_id"]) for one in told["video_info"]] == [
        (CAMERA, teacher), (SCREEN, student), (BOARD, ""),
    ]  # fmt: skip
    info = school.info(class_id)
    assert (told["start_time"], told["stop_time"]) == (info["real_start_time"], info["real_stop_time"])
    assert all(one["video_duration"] >= 90 and one["video_format"] == "mp4" for one in told["video_info"])
    assert len({one["video_id"] for one in told["video_info"]}) == 3
    start = receiver.of("online_record_start")[0].data
    assert (start["class_id"], start["error_code"]) == (class_id, 0)


def test_the_whiteboard_carries_a_user_as_in_the_example_by_the_knob(
    school: SandboxSchool, receiver: CallbackReceiver, remote: dict[str, Any]
) -> None:
    school.knobs(recording_pace="immediate", whiteboard_user="teacher", heartbeat_s=0)
    _, teacher, _ = recorded(school, remote)
    assert receiver.wait_for(1, "online_record_stop")[0].data["video_info"][-1]["user_id"] == teacher


@pytest.mark.parametrize("outcome", ["start_fails", "stop_fails"])
def test_both_events_can_carry_a_failure(
    school: SandboxSchool, receiver: CallbackReceiver, remote: dict[str, Any], outcome: str
) -> None:
    school.knobs(recording_pace="immediate", recording_outcome=outcome, heartbeat_s=0)
    recorded(school, remote)
    event = "online_record_start" if outcome == "start_fails" else "online_record_stop"
    told = receiver.wait_for(1, event)[0].data
    assert told["error_code"] != 0
    assert told["error_msg"]
    receiver.wait_for(1, "class_over")
    if outcome == "start_fails":
        assert receiver.of("online_record_stop") == []
    else:
        assert told["video_info"] == []


def test_a_recording_is_ready_by_hand_or_in_its_time(
    school: SandboxSchool, receiver: CallbackReceiver, remote: dict[str, Any]
) -> None:
    school.knobs(recording_pace="manual", heartbeat_s=0)
    class_id, _, _ = recorded(school, remote)
    receiver.wait_for(1, "class_over")
    assert receiver.of("online_record_stop") == []
    assert school.sandbox.control("advance", {"kind": "recording", "class_id": class_id})["advanced"] == 1
    receiver.wait_for(1, "online_record_stop")
    receiver.deliveries.clear()
    school.knobs(recording_pace="timed", recording_step_s=600)
    recorded(school, remote)
    receiver.wait_for(1, "class_over")
    assert receiver.of("online_record_stop") == []
    school.sandbox.control("clock", {"move": 600})
    receiver.wait_for(1, "online_record_stop")


def test_local_recording_raises_no_events_unless_the_knob_says_so(
    school: SandboxSchool, receiver: CallbackReceiver
) -> None:
    class_id = school.lesson()
    school.ok("class/start", class_id=class_id)
    school.ok("class/stop", class_id=class_id)
    school.knobs(record_type_local_only="events", recording_pace="immediate")
    class_id = school.lesson()
    school.ok("class/start", class_id=class_id)
    school.ok("class/stop", class_id=class_id)
    assert {one.data["class_id"] for one in receiver.wait_for(2)} == {class_id}


def test_behind_each_track_lies_a_film_as_large_as_was_told(
    school: SandboxSchool, receiver: CallbackReceiver, remote: dict[str, Any]
) -> None:
    school.knobs(recording_pace="immediate", heartbeat_s=0)
    recorded(school, remote)
    for track in receiver.wait_for(1, "online_record_stop")[0].data["video_info"]:
        told = requests.get(track["video_url"], timeout=30)
        assert (told.status_code, told.headers["Content-Type"]) == (200, "video/mp4")
        assert len(told.content) == track["video_size"] == int(told.headers["Content-Length"])
        assert told.content[4:8] == b"ftyp"
        head = requests.head(track["video_url"], timeout=10)
        assert (head.headers["Content-Length"], head.content) == (str(track["video_size"]), b"")
    tiny = requests.get(f"{school.sandbox.url}/media/1-0.mp4", timeout=10)
    assert tiny.content[4:8] == b"ftyp"
    assert requests.get(f"{school.sandbox.url}/media/1-{10**12}.mp4", timeout=10).status_code == 404
