"""成员模块: who is expected, who is in the room, who was."""

import time
from typing import Any

import pytest

from tests.console.sandbox.conftest import SandboxSchool
from tests.support.covers import covers

DEVICES = ("camera", "mic", "speaker")
STATES = (*DEVICES, "silence", "hand_up")


@covers("member/add", "class_id", "list", "list[].user_id", "list[].role")
@covers("member/delete", "class_id", "list")
def test_members_grow_and_shrink_by_increments_and_the_teacher_stays(school: SandboxSchool) -> None:
    first, second, teacher = school.person(), school.person(), school.person("teacher")
    class_id = school.lesson(first, teacher_id=teacher)

    def members() -> dict[str, str]:
        return {one["user_id"]: one["role"] for one in school.info(class_id)["members"]}

    school.ok("member/add", class_id=class_id, list=[{"user_id": second, "role": "stduent"}])
    assert members() == {first: "student", second: "student", teacher: "teacher"}
    school.ok("member/add", class_id=class_id, list=[{"user_id": second, "role": "assistant"}])
    assert members()[second] == "assistant"
    school.ok("member/delete", class_id=class_id, list=[first, "nobody"])
    assert members() == {second: "assistant", teacher: "teacher"}
    assert school.code("member/delete", class_id=class_id, list=[teacher]) == 10203
    assert (
        school.code("member/add", class_id=class_id, list=[{"user_id": "nobody", "role": "student"}]) == 10215
    )
    assert school.code("member/add", class_id=class_id, list=[{"user_id": first, "role": "visitor"}]) == 10003
    school.ok("class/start", class_id=class_id)
    assert school.code("member/add", class_id=class_id, list=[{"user_id": first, "role": "student"}]) == 0
    school.ok("class/stop", class_id=class_id)
    assert school.code("member/add", class_id=class_id, list=[{"user_id": first, "role": "student"}]) == 10224
    assert school.code("member/delete", class_id=class_id, list=[first]) == 10224


@covers("member/join", "class_id", "user_id", *DEVICES)
@covers("member/runtime/list", "class_id")
@covers("member/quit", "class_id", "user_id")
def test_somebody_who_joins_is_in_the_room_with_their_devices_until_they_quit(school: SandboxSchool) -> None:
    student = school.person(nickname="小明", gender="female", avatar="https://x.example/a.png")
    class_id = school.lesson(student)
    before = int(time.time())
    joined = school.ok("member/join", class_id=class_id, user_id=student, camera=1, mic=0, speaker=1)
    assert joined["role"] == "student"
    assert [joined[f"history_{name}"] for name in STATES] == [-1] * 5
    row = school.inside(class_id)[student]
    assert before <= row.pop("enter_time") <= before + 2
    assert row == {
        "user_id": student, "nickname": "小明", "gender": "female", "avatar": "https://x.example/a.png",
        "role": "student", "status": {"camera": 1, "mic": 0, "speaker": 1, "silence": 0, "hand_up": 0},
    }  # fmt: skip
    school.ok("member/quit", class_id=class_id, user_id=student)
    assert school.inside(class_id) == {}
    assert school.code("member/quit", class_id=class_id, user_id=student) == 0
    assert school.code("member/join", class_id=class_id, user_id=student, camera=2) == 10003


def test_a_rejoin_tells_and_keeps_the_last_device_states(school: SandboxSchool) -> None:
    student = school.person()
    class_id = school.lesson(student)
    school.ok("member/join", class_id=class_id, user_id=student, camera=1, speaker=1)
    school.ok("member/quit", class_id=class_id, user_id=student)
    again = school.ok("member/join", class_id=class_id, user_id=student, speaker=0)
    assert [again[f"history_{name}"] for name in DEVICES] == [1, 0, 1]
    status = school.inside(class_id)[student]["status"]
    assert [status[name] for name in DEVICES] == [1, 0, 0]
    school.knobs(rejoin_devices="off")
    school.ok("member/quit", class_id=class_id, user_id=student)
    school.ok("member/join", class_id=class_id, user_id=student)
    assert school.inside(class_id)[student]["status"]["camera"] == 0


def test_a_second_join_goes_on_with_the_same_stay(school: SandboxSchool) -> None:
    student = school.person()
    class_id = school.lesson(student)
    school.ok("member/join", class_id=class_id, user_id=student)
    school.ok("member/join", class_id=class_id, user_id=student, mic=1)
    assert school.ok("member/runtime/total", class_id=class_id)["total"] == 1
    assert school.inside(class_id)[student]["status"]["mic"] == 1


@covers("class/create", "password", "max_member_num", "enable_all_silence")
@covers("member/join", "password")
def test_who_may_enter_which_class(school: SandboxSchool) -> None:
    member, outsider, supervisor = school.person(), school.person(), school.person("supervisor")
    for kind in ("1v1", "1vN"):
        closed = school.lesson(member, class_type=kind, password="open", max_member_num=0)
        assert school.code("member/join", class_id=closed, user_id=outsider, password="open") == 10226
        assert school.code("member/visitor/join", class_id=closed, password="open") == 10226
        assert school.code("member/join", class_id=closed, user_id=member) == 10225
        assert school.code("member/join", class_id=closed, user_id=member, password="open") == 0
        assert school.ok("member/join", class_id=closed, user_id=supervisor)["role"] == "supervisor"
    public = school.lesson(
        member, class_type="public", password="open", max_member_num=2, enable_all_silence=1
    )
    assert school.code("member/join", class_id=public, user_id=outsider, password="shut") == 10225
    assert school.ok("member/join", class_id=public, user_id=outsider, password="open")["role"] == "student"
    assert school.code("member/join", class_id=public, user_id=member, password="open") == 0
    assert school.inside(public)[member]["status"]["silence"] == 1
    assert school.code("member/join", class_id=public, user_id=supervisor) == 10227
    assert school.code("member/join", class_id=public, user_id=member, password="open") == 0


@pytest.mark.parametrize("kind", ["1v1", "1vN", "public"])
def test_the_password_is_asked_of_students_and_not_of_who_teaches(school: SandboxSchool, kind: str) -> None:
    expected, teacher, assistant = school.person(), school.person("teacher"), school.person("assistant")
    class_id = school.lesson(expected, teacher_id=teacher, class_type=kind, password="open")
    school.ok("member/add", class_id=class_id, list=[{"user_id": assistant, "role": "assistant"}])
    client = school.client(expected)
    for password, code in (("", 10225), ("shut", 10225), ("open", 0)):
        assert client.code("member/join", class_id=class_id, password=password) == code
    assert client.code("member/join", class_id=class_id) == 10225
    for user_id in (teacher, assistant):
        assert school.client(user_id).code("member/join", class_id=class_id, password="") == 0
        assert school.code("member/join", class_id=class_id, user_id=user_id) == 0


def test_a_class_opens_an_hour_early_and_is_shut_when_it_is_over(school: SandboxSchool) -> None:
    student = school.person()
    class_id = school.lesson(student, start_time=int(time.time()) + 4000)
    assert school.code("member/join", class_id=class_id, user_id=student) == 10300
    school.sandbox.control("clock", {"move": 500})
    assert school.code("member/join", class_id=class_id, user_id=student) == 0
    later = school.lesson(student, start_time=int(time.time()) + 9000)
    school.knobs(early_entry_s=0)
    assert school.code("member/join", class_id=later, user_id=student) == 0
    school.ok("class/start", class_id=class_id)
    school.ok("class/stop", class_id=class_id)
    assert school.inside(class_id) == {}
    assert school.code("member/join", class_id=class_id, user_id=student) == 10224
    assert school.code("member/join", class_id=later, user_id="nobody") == 10215
    assert school.code("member/join", class_id=1, user_id=student) == 10230


@covers("member/visitor/join", "class_id", "password", "nickname")
def test_visitors_are_in_the_room_and_not_in_the_history(school: SandboxSchool) -> None:
    class_id = school.lesson(class_type="public", password="open")
    assert school.code("member/visitor/join", class_id=class_id) == 10225
    visitor = school.ok("member/visitor/join", class_id=class_id, nickname="访客", password="open")[
        "visitor_info"
    ]
    assert visitor["user_token"]
    assert set(visitor["user_sig"]) & set("+/=") == set()
    row = school.inside(class_id)[visitor["user_id"]]
    assert (row["role"], row["nickname"]) == ("visitor", "访客")
    school.ok("member/quit", class_id=class_id, user_id=visitor["user_id"])
    assert school.ok("member/history/list", class_id=class_id)["list"] == []
    assert school.ok("member/history/total", class_id=class_id)["total"] == 0
    assert school.ok("user/list", prefix=visitor["user_id"])["total"] == 0
    assert school.ok("user/list", prefix=visitor["user_id"], roles=["visitor"])["total"] == 1


def stays_of(school: SandboxSchool) -> tuple[int, str, str]:
    """A class with two stays of one student (10 s, then 20 s after 5 s away) and an open stay of another."""
    first, second = school.person(), school.person()
    class_id = school.lesson(first, second)
    school.sandbox.control("clock", {"set": int(time.time()), "frozen": True})
    for path, user_id, pause in (
        ("member/join", first, 10), ("member/quit", first, 5), ("member/join", second, 0),
        ("member/join", first, 20), ("member/quit", first, 0),
    ):  # fmt: skip
        school.ok(path, class_id=class_id, user_id=user_id)
        school.sandbox.control("clock", {"move": pause})
    return class_id, first, second


@covers("member/history/list", "class_id", "index", "size")
@covers("member/history/total", "class_id")
def test_history_holds_a_row_a_stay_to_the_second(school: SandboxSchool) -> None:
    class_id, first, second = stays_of(school)
    told = school.ok("member/history/list", class_id=class_id)
    assert [one["user_id"] for one in told["list"]] == [first, second, first]
    lengths = [one["quit_time"] - one["enter_time"] for one in told["list"] if one["quit_time"]]
    assert lengths == [10, 20]
    assert told["list"][1]["quit_time"] == 0
    assert school.ok("member/history/total", class_id=class_id)["total"] == 3
    page = school.ok("member/history/list", class_id=class_id, index=1, size=1)
    assert ([one["user_id"] for one in page["list"]], page["finish"]) == ([second], False)
    school.knobs(history_open_stays="left_out")
    assert school.ok("member/history/total", class_id=class_id)["total"] == 2


def test_history_holds_a_row_a_user_by_the_knob(school: SandboxSchool) -> None:
    class_id, first, second = stays_of(school)
    school.knobs(history_rows="user")
    told = school.ok("member/history/list", class_id=class_id)
    assert [one["user_id"] for one in told["list"]] == [first, second]
    assert told["list"][0]["quit_time"] - told["list"][0]["enter_time"] == 35
    assert school.ok("member/history/total", class_id=class_id)["total"] == 2


@covers("member/runtime/list", "index", "size")
@covers("member/runtime/total", "class_id")
def test_the_runtime_list_is_cut_by_row(school: SandboxSchool) -> None:
    people = [school.person() for _ in range(5)]
    class_id = school.lesson(*people)
    for user_id in people:
        school.ok("member/join", class_id=class_id, user_id=user_id)
    assert list(school.inside(class_id)) == people
    page = school.ok("member/runtime/list", class_id=class_id, index=3, size=2)
    assert ([one["user_id"] for one in page["list"]], page["total"], page["finish"]) == (people[3:], 5, True)
    assert school.ok("member/runtime/total", class_id=class_id)["total"] == 5


def test_a_running_class_ends_by_itself_once_its_room_has_stood_empty_after_the_planned_end(
    school: SandboxSchool,
) -> None:
    student = school.person()
    now = int(time.time())
    class_id = school.lesson(student, start_time=now, stop_time=now + 100)
    school.ok("class/start", class_id=class_id)
    school.ok("member/join", class_id=class_id, user_id=student)
    school.sandbox.control("clock", {"move": 500})
    assert school.info(class_id)["class_status"] == "ing"
    school.ok("member/quit", class_id=class_id, user_id=student)
    school.sandbox.control("clock", {"move": 30})
    assert school.info(class_id)["class_status"] == "ing"
    school.knobs(auto_end=False)
    school.sandbox.control("clock", {"move": 60})
    assert school.info(class_id)["class_status"] == "ing"
    school.knobs(auto_end=True)
    school.sandbox.control("clock", {"move": 1})
    assert school.info(class_id)["class_status"] == "end"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("member/join", {"class_id": "1", "user_id": "a"}),
        ("member/join", {"class_id": 1}),
        ("member/add", {"class_id": 1, "list": [{"user_id": "a"}]}),
        ("member/delete", {"class_id": 1, "list": [{"user_id": "a"}]}),
        ("member/runtime/list", {}),
        ("member/history/list", {"class_id": 1.0}),
        ("member/runtime/total", {"class_id": True}),
    ],
)
def test_missing_and_ill_typed_fields_are_refused(
    school: SandboxSchool, path: str, body: dict[str, Any]
) -> None:
    assert school.code(path, **body) == 10003
