"""The class module, against every example of the document."""

from collections.abc import Callable
from typing import Any

import pytest

from console.iclass import (
    ClassInfo,
    ClassSummary,
    Client,
    CreatedClass,
    InProgress,
    NewClass,
    NotFound,
    Participant,
    Settings,
    Unreadable,
    Unsendable,
)
from tests.console.iclass.conftest import OK, StubService

CREATE = {
    "teacher_id": "user_00",
    "class_topic": "课堂主题",
    "class_type": "public",
    "start_time": 1558350988,
    "stop_time": 1558350988,
    "admin_id": "即时通信IM管理员ID",
    "admin_sig": "即时通信IM管理员鉴权sig",
    "max_member_limit": 6,
    "members": [{"role": "student", "user_id": "user1"}, {"role": "student", "user_id": "user2"}],
    "settings": {
        "record_types": ["local", "remote"],
        "resolution": "1024x768",
        "fps": 20,
        "layout": 1,
        "auto_create_im": 1,
        "bitrate": 850,
        "auto_open_mic": 0,
        "auto_open_camera": 0,
    },
    "record_user_id": "tic_record_user_1234_01",
    "record_user_sig": "user_sig",
}
INFO: dict[str, Any] = {
    "error_code": 0,
    "error_msg": "",
    "class_id": 100012345,
    "class_topic": "MyFirstClass",
    "class_type": "public",
    "class_status": "will",
    "teacher_id": "u1",
    "create_time": 1558350988,
    "start_time": 1558350990,
    "stop_time": 1558351000,
    "real_start_time": 1558350995,
    "real_stop_time": 1558350911,
    "member_count": 30,
    "chat_group_id": "102304_chat",
    "cmd_group_id": "102304",
    "max_member_limit": 6,
    "settings": {
        "resolution": "1024x768",
        "fps": 20,
        "layout": 1,
        "record_types": ["remote"],
        "bitrate": 850,
        "auto_open_mic": 0,
        "auto_open_camera": 0,
    },
    "members": [{"role": "student", "user_id": "user1"}, {"role": "teacher", "user_id": "user2"}],
}
LINE = {
    "class_id": 100012345,
    "class_topic": "职场培训",
    "class_type": "1vN",
    "class_status": "will",
    "teacher_id": "u1",
    "create_time": 1558350988,
    "start_time": 1558350990,
    "stop_time": 1558351000,
}


def new_class(**changed: Any) -> NewClass:
    return NewClass(**{"teacher_id": "bob", "admin_id": "admin", "admin_sig": "sig"} | changed)


def test_create_sends_the_example_and_reads_its_answer(client: Client, service: StubService) -> None:
    service.answer(
        OK
        | {
            "class_id": 100012345,
            "teacher_url": "https://tedu.qcloudtrtc.com/1400127140/100012345/0",
            "student_url": "https://tedu.qcloudtrtc.com/1400127140/100012345/1",
        }
    )
    made = client.classes.create(
        NewClass(
            teacher_id="user_00",
            class_topic="课堂主题",
            class_type="public",
            start_time=1558350988,
            stop_time=1558350988,
            admin_id="即时通信IM管理员ID",
            admin_sig="即时通信IM管理员鉴权sig",
            max_member_limit=6,
            members=["user1", "user2"],
            record_types=["local", "remote"],
            resolution="1024x768",
            fps=20,
            layout=1,
            auto_create_im=1,
            bitrate=850,
            auto_open_mic=0,
            auto_open_camera=0,
            record_user_id="tic_record_user_1234_01",
            record_user_sig="user_sig",
        )
    )
    assert made == CreatedClass(
        class_id=100012345,
        teacher_url="https://tedu.qcloudtrtc.com/1400127140/100012345/0",
        student_url="https://tedu.qcloudtrtc.com/1400127140/100012345/1",
    )
    assert service.last.endpoint == "class/create"
    assert service.last.body == CREATE | {"expire_time": 1548247837}


SENT: list[tuple[Callable[[Client], object], str, dict[str, Any]]] = [
    (lambda c: c.classes.delete(100012345), "class/delete", {"class_id": 100012345}),
    (lambda c: c.classes.info(100012345), "class/info", {"class_id": 100012345}),
    (lambda c: c.classes.start(1234354), "class/start", {"class_id": 1234354}),
    (lambda c: c.classes.stop(1234354), "class/stop", {"class_id": 1234354}),
    (
        lambda c: c.classes.modify(102304, class_topic="新的课堂主题", stop_time=1558351000),
        "class/modify",
        {"class_id": 102304, "class_topic": "新的课堂主题", "stop_time": 1558351000},
    ),
    (
        lambda c: c.classes.modify(102304, members=["user1"], bitrate=900, record_types=["local"]),
        "class/modify",
        {
            "class_id": 102304,
            "members": [{"role": "student", "user_id": "user1"}],
            "settings": {"bitrate": 900, "record_types": ["local"]},
        },
    ),
    (lambda c: c.classes.modify(102304, members=[]), "class/modify", {"class_id": 102304, "members": []}),
    (
        lambda c: c.classes.modify(7, assistant_id="eve", password="", max_member_num=0),
        "class/modify",
        {"class_id": 7, "assistant_id": "eve", "password": "", "max_member_num": 0},
    ),
    (
        lambda c: c.classes.list(0, 20, class_status=["will", "ing", "end"], class_type=["1vN"]),
        "class/list",
        {
            "index": 0,
            "size": 20,
            "user_id": "",
            "create_time_desc": True,
            "class_status": ["will", "ing", "end"],
            "class_type": ["1vN"],
        },
    ),
    (
        lambda c: c.classes.list(100, user_id="u1", create_time_desc=False),
        "class/list",
        {"index": 100, "size": 100, "user_id": "u1", "create_time_desc": False},
    ),
    (
        lambda c: c.classes.create(new_class()),
        "class/create",
        {"teacher_id": "bob", "admin_id": "admin", "admin_sig": "sig", "class_type": "1vN"},
    ),
]


@pytest.mark.parametrize(("call", "endpoint", "body"), SENT)
def test_a_call_sends_what_it_was_given_and_nothing_else(
    client: Client,
    service: StubService,
    call: Callable[[Client], object],
    endpoint: str,
    body: dict[str, Any],
) -> None:
    service.answer(INFO | {"list": [], "total": 0, "finish": True})
    call(client)
    assert (service.last.endpoint, service.last.body) == (endpoint, body | {"expire_time": 1548247837})


def test_info_reads_the_example(client: Client, service: StubService) -> None:
    service.answer(INFO)
    info = client.classes.info(100012345)
    assert info == ClassInfo(
        class_id=100012345,
        class_topic="MyFirstClass",
        class_type="public",
        class_status="will",
        teacher_id="u1",
        create_time=1558350988,
        start_time=1558350990,
        stop_time=1558351000,
        real_start_time=1558350995,
        real_stop_time=1558350911,
        member_count=30,
        chat_group_id="102304_chat",
        cmd_group_id="102304",
        max_member_limit=6,
        settings=Settings(resolution="1024x768", fps=20, layout=1, record_types=["remote"], bitrate=850),
        members=[
            Participant(user_id="user1", role="student"),
            Participant(user_id="user2", role="teacher"),
        ],
    )
    assert info.inconsistent_times, "the example stops before it starts"


def test_list_reads_the_example(client: Client, service: StubService) -> None:
    service.answer(OK | {"finish": True, "total": 1, "list": [LINE]})
    page = client.classes.list()
    assert page.lines == [ClassSummary(**LINE)]  # type: ignore[arg-type]
    assert (page.total, page.finish, page.odd) == (1, True, [])
    assert not page.lines[0].inconsistent_times


@pytest.mark.parametrize(
    ("changed", "name", "expected"),
    [
        ({"settings": {"record_types": "remote"}}, "settings", Settings(record_types=["remote"])),
        ({"settings": {"record_types": None}}, "settings", Settings()),
        ({"settings": {"new": 1}}, "settings", Settings()),
        ({"class_status": "paused"}, "class_status", "paused"),
        ({"class_id": "100012345"}, "class_id", 100012345),
        ({"start_time": "1558350990"}, "start_time", 1558350990),
        ({"class_topic": 2026}, "class_topic", "2026"),
        ({"class_topic": "a\0b"}, "class_topic", "ab"),
        ({"members": None}, "members", []),
        (
            {"members": [{"user_id": "u", "role": "stduent"}]},
            "members",
            [Participant(user_id="u", role="student")],
        ),
        ({"real_stop_time": None}, "real_stop_time", 0),
    ],
)
def test_info_is_read_in_other_forms_too(
    client: Client, service: StubService, changed: dict[str, Any], name: str, expected: object
) -> None:
    service.answer(INFO | changed)
    assert getattr(client.classes.info(100012345), name) == expected


@pytest.mark.parametrize(
    "name",
    [
        "class_id",
        "class_topic",
        "class_type",
        "class_status",
        "teacher_id",
        "start_time",
        "stop_time",
        "members",
    ],
)
def test_a_field_that_the_school_set_must_not_read_as_empty(
    client: Client, service: StubService, name: str
) -> None:
    service.answer({key: value for key, value in INFO.items() if key != name})
    with pytest.raises(Unreadable, match=f"{name} is missing"):
        client.classes.info(100012345)


def test_one_odd_line_does_not_lose_the_others(client: Client, service: StubService) -> None:
    odd = LINE | {"class_id": 9, "start_time": "soon"}
    service.answer(OK | {"finish": True, "total": 4, "list": [odd, LINE, None, {"class_id": {}}]})
    page = client.classes.list()
    assert [line.class_id for line in page.lines] == [100012345]
    assert [(line.place, line.key, line.reason) for line in page.odd] == [
        (0, "9", "start_time is no whole number"),
        (2, "", "is no object"),
        (3, "", "class_id is no whole number"),
    ]


def test_an_answer_about_another_class_is_not_read(client: Client, service: StubService) -> None:
    service.answer(INFO)
    with pytest.raises(Unreadable, match="another thing"):
        client.classes.info(100012346)


def test_an_odd_member_does_not_lose_the_class(client: Client, service: StubService) -> None:
    service.answer(INFO | {"members": [{"role": "student"}, {"user_id": "u1", "role": "teacher"}]})
    info = client.classes.info(100012345)
    assert [member.user_id for member in info.members] == ["u1"]
    assert [line.reason for line in info.odd] == ["user_id is missing"]


@pytest.mark.parametrize(
    "broken",
    [
        {"class_type": "open"},
        {"class_type": "1vN\n"},
        {"class_topic": ""},
        {"start_time": 1558350988000},
        {"start_time": "1558350988"},
        {"members": ["a", ""]},
        {"auto_open_mic": 2},
        {"auto_open_mic": True},
        {"record_types": ["cloud"]},
        {"record_types": "local"},
        {"record_types": ["remote"]},
        {"record_types": ["remote"], "record_user_id": "tic_record_user_1_1"},
        {"record_user_id": "tic_recorduser1"},
        {"record_user_id": "tic_record_user_" + "1" * 45},
        {"teacher_id": ""},
    ],
)
def test_what_the_document_does_not_allow_is_not_sent(
    client: Client, service: StubService, broken: dict[str, Any]
) -> None:
    with pytest.raises(Unsendable):
        client.classes.create(new_class(**broken))
    assert service.seen == []


@pytest.mark.parametrize(("index", "size"), [(-1, 100), (0, 0), (0, 101)])
def test_a_page_outside_the_limits_is_not_asked_for(client: Client, index: int, size: int) -> None:
    with pytest.raises(Unsendable):
        client.classes.list(index, size)


def test_an_unknown_field_is_a_mistake_of_the_caller(client: Client) -> None:
    with pytest.raises(TypeError):
        client.classes.modify(1, topic="new")


def test_refusals_have_their_names(client: Client, service: StubService) -> None:
    service.answer({"error_code": 10230, "error_msg": "no"}, {"error_code": 10223, "error_msg": "running"})
    with pytest.raises(NotFound):
        client.classes.info(100012345)
    with pytest.raises(InProgress) as caught:
        client.classes.delete(1)
    assert (caught.value.code, caught.value.http_status) == (10223, 200)
    assert (caught.value.endpoint, caught.value.server_message) == ("class/delete", "running")
