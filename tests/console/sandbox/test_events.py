"""事件上报: the 27 events of appendix 3.9."""

import pytest

from tests.console.sandbox.conftest import School
from tests.support.classclient import ClassClient

EVENTS = (
    "camera_open",
    "camera_close",
    "mic_open",
    "mic_close",
    "speaker_open",
    "speaker_close",
    "device_test",
    "speed_test",
    "hand_up",
    "hand_down",
    "reward",
    "slience",
    "be_silenced",
    "disable_camera",
    "be_disable_camera",
    "disable_mic",
    "be_disable_mic",
    "disable_speaker",
    "be_disable_speaker",
    "kick",
    "be_kicked",
    "screen_share_open",
    "screen_share_close",
    "media_open",
    "media_close",
    "packet_loss_mutation",
    "rate_mutation",
)
STAFF = ("reward", "slience", "disable_camera", "disable_mic", "disable_speaker", "kick")


class Room:
    """A class with Bob and a student inside."""

    def __init__(self, school: School, **changes: object) -> None:
        self.school = school
        self.bob_id, self.pupil_id = school.person("teacher"), school.person()
        self.class_id = school.lesson(self.pupil_id, teacher_id=self.bob_id, **changes)
        self.bob, self.pupil = self.enter(self.bob_id), self.enter(self.pupil_id)

    def enter(self, user_id: str) -> ClassClient:
        client = self.school.client(user_id)
        client.ok("member/join", class_id=self.class_id)
        return client

    def another(self) -> str:
        user_id = self.school.person()
        self.school.ok("member/add", class_id=self.class_id, list=[{"user_id": user_id, "role": "student"}])
        return user_id

    def status(self, user_id: str) -> dict[str, int]:
        return dict(self.school.inside(self.class_id)[user_id]["status"])


@pytest.mark.parametrize("event", EVENTS)
def test_each_of_the_27_is_accepted_and_stands_in_the_classes_event_list(school: School, event: str) -> None:
    room = Room(school)
    target = {"user_id": room.pupil_id}
    assert room.bob.report(room.class_id, event, target) == 0
    listed = school.sandbox.control("events", class_id=room.class_id)["events"]
    assert [(one["user_id"], one["event"], one["data"]) for one in listed] == [(room.bob_id, event, target)]


def test_there_are_27_events_and_no_others_are_taken(school: School) -> None:
    room = Room(school)
    assert len(set(EVENTS)) == 27
    assert room.bob.report(room.class_id, "dance") == 10003
    assert room.bob.report(room.class_id, "silence", {"user_id": room.pupil_id}) == 0


@pytest.mark.parametrize("device", ["camera", "mic", "speaker"])
def test_devices_open_and_close_and_are_closed_by_the_teacher(school: School, device: str) -> None:
    room = Room(school)
    for event, state in ((f"{device}_open", 1), (f"{device}_close", 0), (f"{device}_open", 1)):
        assert room.pupil.report(room.class_id, event) == 0
        assert room.status(room.pupil_id)[device] == state
    assert room.bob.report(room.class_id, f"disable_{device}", {"user_id": room.pupil_id}) == 0
    assert room.status(room.pupil_id)[device] == 0
    room.pupil.report(room.class_id, f"{device}_open")
    assert room.pupil.report(room.class_id, f"be_disable_{device}") == 0
    assert room.status(room.pupil_id)[device] == 0


def test_hands_go_up_and_down(school: School) -> None:
    room = Room(school)
    room.pupil.report(room.class_id, "hand_up")
    assert room.status(room.pupil_id)["hand_up"] == 1
    room.pupil.report(room.class_id, "hand_down")
    assert room.status(room.pupil_id)["hand_up"] == 0


def test_silence_falls_on_one_or_all_and_lasts_over_a_rejoin(school: School) -> None:
    room = Room(school)
    for data in ({"user_id": room.pupil_id}, f'{{"user_id": "{room.pupil_id}"}}', room.pupil_id):
        assert room.bob.report(room.class_id, "slience", data) == 0
        assert room.status(room.pupil_id)["silence"] == 1
        assert room.bob.report(room.class_id, "slience", {"user_id": room.pupil_id, "silence": 0}) == 0
        assert room.status(room.pupil_id)["silence"] == 0
    room.pupil.report(room.class_id, "be_silenced")
    assert room.status(room.pupil_id)["silence"] == 1
    room.pupil.ok("member/quit", class_id=room.class_id)
    assert room.pupil.ok("member/join", class_id=room.class_id)["history_silence"] == 1
    assert room.status(room.pupil_id)["silence"] == 1
    assert room.bob.report(room.class_id, "slience", {"silence": 0}) == 0
    assert room.status(room.pupil_id)["silence"] == 0
    room.bob.report(room.class_id, "slience")
    late = room.another()
    room.enter(late)
    assert (room.status(late)["silence"], room.status(room.bob_id)["silence"]) == (1, 0)


def test_a_kicked_person_is_out_and_may_be_told_twice(school: School) -> None:
    room = Room(school)
    assert room.bob.report(room.class_id, "kick", {"user_id": room.pupil_id}) == 0
    assert room.pupil_id not in school.inside(room.class_id)
    assert room.pupil.report(room.class_id, "be_kicked") == 10226
    room.pupil.ok("member/join", class_id=room.class_id)
    assert room.pupil.report(room.class_id, "be_kicked") == 0
    assert room.pupil_id not in school.inside(room.class_id)


@pytest.mark.parametrize("event", STAFF)
def test_only_the_teacher_and_the_assistants_act_on_others(school: School, event: str) -> None:
    room = Room(school)
    assert room.pupil.report(room.class_id, event, {"user_id": room.bob_id}) == 10203
    assistant = school.person("assistant")
    school.ok("member/add", class_id=room.class_id, list=[{"user_id": assistant, "role": "assistant"}])
    assert room.enter(assistant).report(room.class_id, event, {"user_id": room.pupil_id}) == 0


def test_places_on_the_microphone_are_counted(school: School) -> None:
    room = Room(school, max_member_limit=1)
    other = room.enter(room.another())
    assert room.bob.report(room.class_id, "mic_open") == 0
    assert room.pupil.report(room.class_id, "mic_open") == 0
    assert room.pupil.report(room.class_id, "camera_open") == 0
    assert other.report(room.class_id, "mic_open") == 10228
    school.knobs(on_mic_limit=False)
    assert other.report(room.class_id, "mic_open") == 0


def test_who_is_not_in_the_room_reports_nothing(school: School) -> None:
    room = Room(school)
    room.pupil.ok("member/quit", class_id=room.class_id)
    assert room.pupil.report(room.class_id, "hand_up") == 10226
