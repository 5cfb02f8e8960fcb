"""课堂模块."""

import time
from typing import Any

import pytest

from tests.console.sandbox.conftest import SandboxSchool
from tests.support.covers import covers

SETTINGS = {
    "record_types": ["local"],
    "fps": 15,
    "layout": 2,
    "bitrate": 900,
    "auto_open_mic": 1,
    "auto_open_camera": 1,
}


@covers(
    "class/create",
    "teacher_id",
    "class_topic",
    "class_type",
    "start_time",
    "stop_time",
    "max_member_limit",
    "members",
    "members[].role",
    "members[].user_id",
    "settings",
    "settings.record_types",
    "settings.fps",
    "settings.layout",
    "settings.bitrate",
    "settings.auto_open_mic",
    "settings.auto_open_camera",
    "settings.resolution",
    "settings.auto_create_im",
)
@covers("class/info", "class_id")
def test_a_class_is_told_as_it_was_made(school: SandboxSchool) -> None:
    teacher, student = school.person("teacher"), school.person()
    now = int(time.time())
    class_id = school.lesson(
        student,
        teacher_id=teacher,
        class_topic="量子",
        class_type="1v1",
        start_time=now + 60,
        stop_time=now + 600,
        max_member_limit=4,
        settings=SETTINGS | {"resolution": "160x90", "auto_create_im": 1},
    )
    told = school.info(class_id)
    assert told.pop("create_time") in (now, now + 1)
    assert told == {
        "error_code": 0,
        "error_msg": "",
        "class_id": class_id,
        "class_topic": "量子",
        "class_type": "1v1",
        "class_status": "will",
        "teacher_id": teacher,
        "start_time": now + 60,
        "stop_time": now + 600,
        "real_start_time": 0,
        "real_stop_time": 0,
        "member_count": 2,
        "chat_group_id": f"{class_id}_chat",
        "cmd_group_id": str(class_id),
        "max_member_limit": 4,
        # The resolution is the service's own and the wish for an IM group is not told again.
        "settings": SETTINGS | {"resolution": "1280x720"},
        "members": [{"role": "student", "user_id": student}, {"role": "teacher", "user_id": teacher}],
    }


@covers(
    "class/create",
    "record_types",
    "fps",
    "layout",
    "bitrate",
    "auto_open_mic",
    "auto_open_camera",
    "resolution",
    "auto_create_im",
)
def test_the_flat_form_of_the_tables_is_read_and_the_nested_one_wins(school: SandboxSchool) -> None:
    flat = SETTINGS | {"resolution": "160x90", "auto_create_im": 0}
    assert school.info(school.lesson(**flat))["settings"] == SETTINGS | {"resolution": "1280x720"}
    both = school.info(school.lesson(**flat, settings={"fps": 30}))["settings"]
    assert (both["fps"], both["bitrate"]) == (30, 900)
    assert school.info(school.lesson(record_types="local"))["settings"]["record_types"] == ["local"]


def test_what_is_left_out_takes_the_documents_default(school: SandboxSchool) -> None:
    teacher = school.person("teacher")
    before = int(time.time())
    made = school.ok("class/create", teacher_id=teacher, admin_id="a", admin_sig="s")
    told = school.info(made["class_id"])
    assert told["class_topic"] == str(made["class_id"])
    assert told["class_type"] == "public"
    assert before <= told["start_time"] <= before + 2
    assert told["stop_time"] == told["start_time"] + 7200
    assert told["members"] == [{"role": "teacher", "user_id": teacher}]
    assert told["settings"]["record_types"] == ["local"]
    assert "max_member_limit" not in told
    assert made["teacher_url"] == f"{school.sandbox.url}/{school.app}/{made['class_id']}/0"
    assert made["student_url"] == f"{school.sandbox.url}/{school.app}/{made['class_id']}/1"


@covers("class/create", "assistant_id", "admin_id", "admin_sig", "record_user_id", "record_user_sig")
def test_an_assistant_is_a_member_and_remote_recording_needs_a_recorder(
    school: SandboxSchool, remote: dict[str, Any]
) -> None:
    assistant = school.person("assistant")
    members = school.info(school.lesson(assistant_id=assistant))["members"]
    assert {"role": "assistant", "user_id": assistant} in members
    body = {"teacher_id": school.person("teacher"), "admin_id": "a", "admin_sig": "s"}
    assert school.code("class/create", **body, settings={"record_types": ["remote"]}) == 10003
    assert school.code("class/create", **body, **remote) == 0
    assert school.code("class/create", **body | remote | {"record_user_id": "x" * 61}) == 10003
    for missing in body:
        assert school.code("class/create", **{k: v for k, v in body.items() if k != missing}) == 10003
    school.knobs(check_user_sigs=True)
    assert school.code("class/create", **body) == 10280


def test_people_of_a_class_must_be_registered_and_students(school: SandboxSchool) -> None:
    teacher = school.person("teacher")
    body = {"teacher_id": teacher, "admin_id": "a", "admin_sig": "s"}
    assert school.code("class/create", **body | {"teacher_id": "nobody"}) == 10215
    assert school.code("class/create", **body, members=[{"user_id": "nobody", "role": "student"}]) == 10215
    supervisor = [{"user_id": school.person("supervisor"), "role": "supervisor"}]
    assert school.code("class/create", **body, members=supervisor) == 10003
    school.knobs(create_role_student_only=False, members_must_exist=False)
    assert school.code("class/create", **body, members=supervisor) == 0
    assert school.code("class/create", **body, members=[{"user_id": "newcomer", "role": "stduent"}]) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"class_type": "1vn"},
        {"start_time": "1558350988"},
        {"start_time": -1},
        {"start_time": 200, "stop_time": 100},
        {"start_time": True},
        {"settings": []},
        {"settings": {"fps": "20"}},
        {"settings": {"record_types": ["cloud"]}},
        {"auto_open_mic": 2},
        {"members": [{"user_id": "x"}]},
        {"class_topic": 5},
        {"class_topic": None},
        {"max_member_limit": 2**70},
    ],
)
def test_ill_typed_fields_are_refused_and_nothing_is_made(
    school: SandboxSchool, changes: dict[str, Any]
) -> None:
    body = {"teacher_id": school.person("teacher"), "admin_id": "a", "admin_sig": "s"}
    before = school.ok("class/list")["total"]
    assert school.code("class/create", **body | changes) == 10003
    assert school.ok("class/list")["total"] == before


@covers(
    "class/modify",
    "class_id",
    "teacher_id",
    "class_topic",
    "class_type",
    "start_time",
    "stop_time",
    "admin_id",
    "admin_sig",
    "settings",
    "members",
    "record_user_id",
    "record_user_sig",
    "max_member_limit",
    "assistant_id",
    "password",
    "max_member_num",
    "enable_all_silence",
)
def test_only_the_fields_sent_are_changed(school: SandboxSchool, remote: dict[str, Any]) -> None:
    class_id = school.lesson(school.person(), start_time=1000, stop_time=2000)
    changes: dict[str, Any] = {
        "class_topic": "新",
        "class_type": "public",
        "stop_time": 3000,
        "start_time": 1500,
        "max_member_limit": 2,
    }
    for name, value in changes.items():
        before = school.info(class_id)
        school.ok("class/modify", class_id=class_id, **{name: value})
        assert school.info(class_id) == before | {name: value}
    school.ok("class/modify", class_id=class_id, settings={"fps": 5}, admin_id="b", admin_sig="t")
    settings = school.info(class_id)["settings"]
    assert (settings["fps"], settings["bitrate"]) == (5, 850)
    school.ok("class/modify", class_id=class_id, **remote)
    assert school.info(class_id)["settings"]["record_types"] == ["remote"]
    students = [m for m in school.info(class_id)["members"] if m["role"] == "student"]
    teacher, assistant = school.person("teacher"), school.person("assistant")
    school.ok("class/modify", class_id=class_id, teacher_id=teacher, assistant_id=assistant)
    assert school.info(class_id)["members"] == [
        *students,
        {"role": "assistant", "user_id": assistant},
        {"role": "teacher", "user_id": teacher},
    ]
    newcomer = school.person()
    school.ok("class/modify", class_id=class_id, members=[{"user_id": newcomer, "role": "student"}])
    assert {m["user_id"] for m in school.info(class_id)["members"]} == {newcomer, teacher, assistant}
    school.ok(
        "class/modify",
        class_id=class_id,
        password="open",
        max_member_num=1,
        enable_all_silence=1,
        start_time=0,
    )
    outsider, another = school.person(), school.person()
    assert school.code("member/join", class_id=class_id, user_id=outsider) == 10225
    assert school.code("member/join", class_id=class_id, user_id=outsider, password="open") == 0
    assert school.inside(class_id)[outsider]["status"]["silence"] == 1
    assert school.code("member/join", class_id=class_id, user_id=another, password="open") == 10227
    assert school.code("class/modify", class_id=class_id, stop_time=-5) == 10003


@covers(
    "class/modify",
    "record_types",
    "fps",
    "layout",
    "bitrate",
    "auto_open_mic",
    "auto_open_camera",
    "resolution",
    "auto_create_im",
    "settings.record_types",
    "settings.fps",
    "settings.layout",
    "settings.bitrate",
    "settings.auto_open_mic",
    "settings.auto_open_camera",
    "settings.resolution",
    "settings.auto_create_im",
    "members[].role",
    "members[].user_id",
)
def test_modify_reads_what_create_reads(school: SandboxSchool) -> None:
    class_id = school.lesson()
    flat = SETTINGS | {"resolution": "160x90", "auto_create_im": 1}
    school.ok("class/modify", class_id=class_id, **flat)
    assert school.info(class_id)["settings"] == SETTINGS | {"resolution": "1280x720"}
    school.ok("class/modify", class_id=class_id, settings=flat | {"fps": 9})
    assert school.info(class_id)["settings"]["fps"] == 9
    wrong = [{"user_id": school.person("supervisor"), "role": "supervisor"}]
    assert school.code("class/modify", class_id=class_id, members=wrong) == 10003


@covers("class/start", "class_id")
@covers("class/stop", "class_id")
@covers("class/delete", "class_id")
def test_a_running_class_cannot_be_changed_or_deleted_and_one_that_is_over_stays_over(
    school: SandboxSchool,
) -> None:
    class_id = school.lesson()
    assert school.code("class/stop", class_id=class_id) == 10003
    school.ok("class/start", class_id=class_id)
    running = school.info(class_id)
    assert running["class_status"] == "ing"
    assert running["real_start_time"] > 0
    assert school.code("class/modify", class_id=class_id, class_topic="x") == 10223
    assert school.code("class/delete", class_id=class_id) == 10223
    assert school.code("class/start", class_id=class_id) == 0
    assert school.info(class_id) == running
    school.ok("class/stop", class_id=class_id)
    over = school.info(class_id)
    assert over["class_status"] == "end"
    assert over["real_stop_time"] >= over["real_start_time"]
    assert school.code("class/start", class_id=class_id) == 10224
    assert school.code("class/modify", class_id=class_id, class_topic="x") == 10224
    assert school.code("class/stop", class_id=class_id) == 0
    school.ok("class/delete", class_id=class_id)
    assert school.code("class/info", class_id=class_id) == 10230


def test_a_second_delete_answers_by_the_knob(school: SandboxSchool) -> None:
    class_id = school.lesson()
    school.ok("class/delete", class_id=class_id)
    assert school.code("class/delete", class_id=class_id) == 10230
    school.knobs(second_delete="ok")
    assert school.code("class/delete", class_id=class_id) == 0
    assert school.code("class/delete", class_id=1) == 10230


@covers("class/list", "index", "size", "user_id", "create_time_desc", "class_status", "class_type")
def test_lists_are_cut_ordered_and_filtered(school: SandboxSchool) -> None:
    student = school.person()
    mine = [school.lesson(student, class_type=kind) for kind in ("1vN", "1v1", "public")]
    school.lesson()
    school.ok("class/start", class_id=mine[1])

    def ids(**body: Any) -> list[int]:
        return [one["class_id"] for one in school.ok("class/list", user_id=student, **body)["list"]]

    assert ids() == ids(create_time_desc=True) == mine[::-1]
    assert ids(create_time_desc=False) == mine
    assert ids(create_time_desc=False, index=1, size=1) == [mine[1]]
    assert ids(class_status=["ing"]) == [mine[1]]
    assert ids(class_status=[], class_type=["1vN", "public"]) == [mine[2], mine[0]]
    assert ids(index=3) == []
    assert school.ok("class/list", user_id="nobody")["total"] == 0
    for wrong in ({"size": 0}, {"index": -1}, {"class_status": ["x"]}, {"create_time_desc": 1}):
        assert school.code("class/list", **wrong) == 10003


def test_pages_by_row_or_by_page_and_sizes_above_a_hundred_go_by_knobs(school: SandboxSchool) -> None:
    student = school.person()
    mine = [school.lesson(student) for _ in range(5)]

    def page(**body: Any) -> dict[str, Any]:
        return school.call("class/list", user_id=student, create_time_desc=False, **body)

    assert [one["class_id"] for one in page(index=2, size=2)["list"]] == mine[2:4]
    school.knobs(paging="page")
    second = page(index=2, size=2)
    assert [one["class_id"] for one in second["list"]] == mine[4:]
    assert second["finish"] is True
    assert page(size=101)["total"] == 5
    school.knobs(size_over_100="refuse", total_form="string")
    assert page(size=101)["error_code"] == 10003
    assert page()["total"] == "5"


def test_a_new_class_comes_into_the_list_after_the_lag(school: SandboxSchool) -> None:
    school.knobs(list_lag_s=60)
    student = school.person()
    class_id = school.lesson(student)
    assert school.ok("class/list", user_id=student)["total"] == 0
    assert school.code("class/info", class_id=class_id) == 0
    school.sandbox.control("clock", {"move": 61})
    assert school.ok("class/list", user_id=student)["total"] == 1


def test_another_school_cannot_touch_a_class(school: SandboxSchool, other_school: SandboxSchool) -> None:
    class_id = school.lesson()
    for path in (
        "class/info",
        "class/delete",
        "class/start",
        "class/stop",
        "class/modify",
        "member/history/list",
    ):
        assert other_school.code(path, class_id=class_id) == 10230
    assert other_school.ok("class/list")["list"] == []


LATER = {"screen_resolution": "1920x1080", "screen_fps": 10, "screen_bitrate": 1000}


@covers("class/create", "settings.screen_resolution", "settings.screen_fps", "settings.screen_bitrate")
@covers("class/modify", "settings.screen_resolution", "settings.screen_fps", "settings.screen_bitrate")
def test_settings_of_a_later_revision_are_kept(school: SandboxSchool) -> None:
    class_id = school.lesson(settings=LATER)
    assert LATER.items() <= school.info(class_id)["settings"].items()
    school.ok("class/modify", class_id=class_id, settings={"screen_fps": 5})
    assert school.info(class_id)["settings"]["screen_fps"] == 5


@covers("class/start", "teacher_id")
@covers("class/stop", "teacher_id")
def test_a_teacher_named_at_the_start_or_end_must_be_the_classes_own(school: SandboxSchool) -> None:
    teacher, other = school.person("teacher"), school.person("teacher")
    class_id = school.lesson(teacher_id=teacher)
    for path in ("class/start", "class/stop"):
        assert school.code(path, class_id=class_id, teacher_id=other) == 10203
        assert school.code(path, class_id=class_id, teacher_id=teacher) == 0
