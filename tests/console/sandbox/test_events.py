"""事件上报: the 27 events of appendix 3.9."""

import pytest

from tests.console.sandbox.conftest import SandboxSchool
from tests.support.class_client import ClassClient

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
FURTHER = (
    "del_slience",
    "disable_draw",
    "enable_draw",
    "PermissionControl",
    "apply",
    "kicked",
    "all_silence",
)
STAFF = ("reward", "slience", "disable_camera", "disable_mic", "disable_speaker", "kick")
OF_OTHERS = (*STAFF, *(event for event in FURTHER if event != "apply"))


class Room:
    """A class with Bob and a student inside."""

    def __init__(self, school: SandboxSchool, **changes: object) -> None:
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

    def draws(self, user_id: str) -> int:
        """Whether somebody may draw, as the clients see it."""
        listed = self.bob.ok("member/runtime/list", class_id=self.class_id)["list"]
        return int({one["user_id"]: one["draw"] for one in listed}[user_id])


@pytest.mark.parametrize("event", EVENTS)
def test_each_of_the_27_is_accepted_and_stands_in_the_classes_event_list(
    school: SandboxSchool, event: str
) -> None:
    room = Room(school)
    target = {"user_id": room.pupil_id}
    assert room.bob.report(room.class_id, event, target) == 0
    listed = school.sandbox.control("events", class_id=room.class_id)["events"]
    assert [(one["user_id"], one["event"], one["data"]) for one in listed] == [(room.bob_id, event, target)]


def test_there_are_27_events_and_the_knob_refuses_all_others(school: SandboxSchool) -> None:
    room = Room(school)
    assert len(set(EVENTS)) == 27
    school.knobs(further_events="refuse")
    for event in (*FURTHER, "dance"):
        assert room.bob.report(room.class_id, event, {"user_id": room.pupil_id}) == 10003
    assert room.bob.report(room.class_id, "silence", {"user_id": room.pupil_id}) == 0
    assert room.pupil_id in school.inside(room.class_id)


@pytest.mark.parametrize("event", [*FURTHER, "dance", "开麦", "x" * 64])
def test_an_event_beyond_the_appendix_is_stored_and_answered_0(school: SandboxSchool, event: str) -> None:
    room = Room(school)
    target = {"user_id": room.pupil_id, "more": [1]}
    assert room.bob.report(room.class_id, event, target) == 0
    listed = school.sandbox.control("events", class_id=room.class_id)["events"]
    assert [(one["user_id"], one["event"], one["data"]) for one in listed] == [(room.bob_id, event, target)]


def test_a_name_that_is_no_name_is_refused(school: SandboxSchool) -> None:
    room = Room(school)
    for event in ("", "x" * 65, "a\x00b", 7, None):
        assert room.bob.code("report/event", class_id=room.class_id, event=event) == 10003
    assert room.bob.code("report/event", class_id=room.class_id) == 10003


def test_an_unknown_event_changes_nothing_in_the_room(school: SandboxSchool) -> None:
    room = Room(school)
    before = school.inside(room.class_id)
    for event in ("dance", "apply", "deleted", "stopped"):
        assert room.pupil.report(room.class_id, event, {"user_id": room.bob_id, "mic": 1}) == 0
    assert school.inside(room.class_id) == before
    assert school.info(room.class_id)["class_status"] == "will"


@pytest.mark.parametrize("device", ["camera", "mic", "speaker"])
def test_devices_open_and_close_and_are_closed_by_the_teacher(school: SandboxSchool, device: str) -> None:
    room = Room(school)
    for event, state in ((f"{device}_open", 1), (f"{device}_close", 0), (f"{device}_open", 1)):
        assert room.pupil.report(room.class_id, event) == 0
        assert room.status(room.pupil_id)[device] == state
    assert room.bob.report(room.class_id, f"disable_{device}", {"user_id": room.pupil_id}) == 0
    assert room.status(room.pupil_id)[device] == 0
    room.pupil.report(room.class_id, f"{device}_open")
    assert room.pupil.report(room.class_id, f"be_disable_{device}") == 0
    assert room.status(room.pupil_id)[device] == 0


def test_hands_go_up_and_down(school: SandboxSchool) -> None:
    room = Room(school)
    room.pupil.report(room.class_id, "hand_up")
    assert room.status(room.pupil_id)["hand_up"] == 1
    room.pupil.report(room.class_id, "hand_down")
    assert room.status(room.pupil_id)["hand_up"] == 0


def test_silence_falls_on_one_or_all_and_lasts_over_a_rejoin(school: SandboxSchool) -> None:
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


def test_a_kicked_person_is_out_and_may_be_told_twice(school: SandboxSchool) -> None:
    room = Room(school)
    assert room.bob.report(room.class_id, "kick", {"user_id": room.pupil_id}) == 0
    assert room.pupil_id not in school.inside(room.class_id)
    assert room.pupil.report(room.class_id, "be_kicked") == 10226
    room.pupil.ok("member/join", class_id=room.class_id)
    assert room.pupil.report(room.class_id, "be_kicked") == 0
    assert room.pupil_id not in school.inside(room.class_id)


@pytest.mark.parametrize("event", OF_OTHERS)
def test_only_the_teacher_and_the_assistants_act_on_others(school: SandboxSchool, event: str) -> None:
    room = Room(school)
    assert room.pupil.report(room.class_id, event, {"user_id": room.bob_id}) == 10203
    assistant = school.person("assistant")
    school.ok("member/add", class_id=room.class_id, list=[{"user_id": assistant, "role": "assistant"}])
    assert room.enter(assistant).report(room.class_id, event, {"user_id": room.pupil_id}) == 0


def test_places_on_the_microphone_are_counted(school: SandboxSchool) -> None:
    room = Room(school, max_member_limit=1)
    other = room.enter(room.another())
    assert room.bob.report(room.class_id, "mic_open") == 0
    assert room.pupil.report(room.class_id, "mic_open") == 0
    assert room.pupil.report(room.class_id, "camera_open") == 0
    assert other.report(room.class_id, "mic_open") == 10228
    school.knobs(on_mic_limit=False)
    assert other.report(room.class_id, "mic_open") == 0


def test_who_is_not_in_the_room_reports_nothing(school: SandboxSchool) -> None:
    room = Room(school)
    room.pupil.ok("member/quit", class_id=room.class_id)
    assert room.pupil.report(room.class_id, "hand_up") == 10226


@pytest.mark.parametrize(("on", "off"), [("slience", "del_slience"), ("silence", "del_silence")])
@pytest.mark.parametrize("named", [False, True])
def test_a_student_reports_its_own_silence_and_the_runtime_list_shows_it(
    school: SandboxSchool, on: str, off: str, named: bool
) -> None:
    room = Room(school)
    other = room.another()
    room.enter(other)
    data = {"user_id": room.pupil_id} if named else None
    for event, silence in ((off, 0), (on, 1), (on, 1), (off, 0)):
        assert room.pupil.report(room.class_id, event, data) == 0
        assert room.status(room.pupil_id)["silence"] == silence
        listed = room.pupil.ok("member/runtime/list", class_id=room.class_id)["list"]
        seen = {one["user_id"]: one["status"]["silence"] for one in listed}
        assert seen == {room.bob_id: 0, room.pupil_id: silence, other: 0}


def test_what_a_client_reports_of_itself_on_joining_lifts_nobody_elses_silence(school: SandboxSchool) -> None:
    room = Room(school)
    room.bob.report(room.class_id, "slience", {"user_id": room.pupil_id})
    assert room.bob.report(room.class_id, "del_slience") == 0
    assert room.status(room.pupil_id)["silence"] == 1
    assert room.bob.report(room.class_id, "del_slience", {"user_id": room.pupil_id}) == 0
    assert room.status(room.pupil_id)["silence"] == 0


def test_a_silenced_assistant_who_comes_back_silences_nobody_else(school: SandboxSchool) -> None:
    room = Room(school)
    helper = school.person("assistant")
    school.ok("member/add", class_id=room.class_id, list=[{"user_id": helper, "role": "assistant"}])
    assistant = room.enter(helper)
    assert room.bob.report(room.class_id, "slience", {"user_id": helper}) == 0
    assistant.ok("member/quit", class_id=room.class_id)
    assert assistant.ok("member/join", class_id=room.class_id)["history_silence"] == 1
    assert assistant.report(room.class_id, "slience") == 0
    assert (room.status(helper)["silence"], room.status(room.pupil_id)["silence"]) == (1, 0)


@pytest.mark.parametrize("event", ["all_silence", "all_slience"])
def test_all_are_silenced_and_let_speak_those_who_come_later_too(school: SandboxSchool, event: str) -> None:
    room = Room(school)
    for data in (None, {"silence": 1}, 1, '{"silence": "1"}'):
        assert room.bob.report(room.class_id, event, {"silence": 0}) == 0
        assert room.status(room.pupil_id)["silence"] == 0
        assert room.bob.report(room.class_id, event, data) == 0
        assert room.status(room.pupil_id)["silence"] == 1
    late = room.another()
    room.enter(late)
    assert (room.status(late)["silence"], room.status(room.bob_id)["silence"]) == (1, 0)
    for data in (0, "0", '{"silence": 0}'):
        room.bob.report(room.class_id, event)
        assert room.bob.report(room.class_id, event, data) == 0
        assert room.status(late)["silence"] == 0
    later = room.another()
    room.enter(later)
    assert room.status(later)["silence"] == 0


def test_drawing_is_allowed_and_taken_away_and_lasts_over_a_rejoin(school: SandboxSchool) -> None:
    room = Room(school)
    assert (room.draws(room.bob_id), room.draws(room.pupil_id)) == (1, 0)
    assert room.bob.report(room.class_id, "enable_draw", {"user_id": room.pupil_id}) == 0
    assert room.draws(room.pupil_id) == 1
    room.pupil.ok("member/quit", class_id=room.class_id)
    assert room.pupil.ok("member/join", class_id=room.class_id)["history_enable_draw"] == 1
    assert room.bob.report(room.class_id, "enable_draw") == 0
    assert room.bob.report(room.class_id, "disable_draw", {"user_id": room.pupil_id}) == 0
    assert (room.draws(room.bob_id), room.draws(room.pupil_id)) == (1, 0)


def test_permission_control_grants_camera_microphone_and_drawing(school: SandboxSchool) -> None:
    room = Room(school)
    grant = {"user_id": room.pupil_id, "camera": 1, "mic": "1", "draw": True}
    assert room.bob.report(room.class_id, "PermissionControl", grant) == 0
    status = room.status(room.pupil_id)
    assert (status["camera"], status["mic"], room.draws(room.pupil_id)) == (1, 1, 1)
    joined = room.bob.ok("member/join", class_id=room.class_id)["member_permission_list"]
    assert {"user_id": room.pupil_id, "camera": 1, "mic": 1} in joined
    taken = [{"user_id": room.pupil_id, "camera": 0, "draw": 0}, {"user_id": room.bob_id, "speaker": 1}]
    assert room.bob.report(room.class_id, "PermissionControl", taken) == 0
    status = room.status(room.pupil_id)
    assert (status["camera"], status["mic"], room.draws(room.pupil_id)) == (0, 1, 0)
    assert room.pupil.report(room.class_id, "PermissionControl", grant | {"mic": 0}) == 10203
    assert room.bob.report(room.class_id, "PermissionControl", grant | {"camera": "on", "mic": 7}) == 0
    assert room.status(room.pupil_id)["mic"] == 1


def test_a_grant_beyond_the_places_on_the_microphone_changes_nothing(school: SandboxSchool) -> None:
    room = Room(school, max_member_limit=1)
    other = room.another()
    room.enter(other)
    room.pupil.report(room.class_id, "mic_open")
    grant = {"user_id": other, "mic": 1, "draw": 1}
    assert room.bob.report(room.class_id, "PermissionControl", grant) == 10228
    assert (room.status(other)["mic"], room.draws(other)) == (0, 0)


def test_who_was_kicked_is_out_whoever_reports_it(school: SandboxSchool) -> None:
    room = Room(school)
    other = room.another()
    room.enter(other)
    assert room.pupil.report(room.class_id, "kicked") == 0
    assert room.bob.report(room.class_id, "kicked", {"user_id": other}) == 0
    assert set(school.inside(room.class_id)) == {room.bob_id}
    assert room.pupil.report(room.class_id, "hand_up") == 10226


def test_a_user_id_of_digits_names_one_person_and_not_everybody(school: SandboxSchool) -> None:
    room = Room(school)
    school.people("10001")
    school.ok("member/add", class_id=room.class_id, list=[{"user_id": "10001", "role": "student"}])
    for data in ("10001", 10001):
        room.enter("10001")
        assert room.bob.report(room.class_id, "kick", data) == 0
        assert set(school.inside(room.class_id)) == {room.bob_id, room.pupil_id}
