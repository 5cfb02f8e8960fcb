"""The member module, against every example of the document."""

from collections.abc import Callable
from typing import Any

import pytest

from console.iclass import (
    ClassFull,
    Client,
    Devices,
    HistoryMember,
    JoinResult,
    LessonOver,
    MicPermission,
    NotAMember,
    RuntimeMember,
    TooEarly,
    Unreadable,
    Unsendable,
    WrongPassword,
)
from tests.console.iclass.conftest import OK, StubService

STATES = {
    "history_camera": 0,
    "history_mic": 0,
    "history_speaker": 0,
    "history_silence": 0,
    "history_hand_up": 0,
}
RUNTIME: dict[str, Any] = {
    "user_id": "xxx",
    "nickname": "昵称",
    "gender": "male",
    "avatar": "https://xxxx/head.png",
    "enter_time": 1550546356,
    "role": "student",
    "status": {"camera": 1, "mic": 1, "speaker": 1, "silence": 0, "hand_up": 1},
}
HISTORY: dict[str, Any] = {
    "user_id": "xxx",
    "nickname": "昵称",
    "gender": "male",
    "avatar": "https://xxxx/head.png",
    "enter_time": 1550546356,
    "quit_time": 1550548573,
    "role": "student",
} | STATES
VISITOR = {"user_id": "游客ID", "user_token": "互动课堂票据", "user_sig": "IM票据"}

SENT: list[tuple[Callable[[Client], object], str, dict[str, Any]]] = [
    (
        lambda c: c.members.add(1234354, [("user1", "student"), ("user2", "teacher")]),
        "member/add",
        {
            "class_id": 1234354,
            "list": [{"user_id": "user1", "role": "student"}, {"user_id": "user2", "role": "teacher"}],
        },
    ),
    (
        lambda c: c.members.delete(1234354, ["user1", "user2"]),
        "member/delete",
        {"class_id": 1234354, "list": ["user1", "user2"]},
    ),
    (
        lambda c: c.members.join(12345, "xxx", password="", camera=1, mic=1, speaker=1),
        "member/join",
        {"class_id": 12345, "user_id": "xxx", "password": "", "camera": 1, "mic": 1, "speaker": 1},
    ),
    (
        lambda c: c.members.join(12345, "xxx"),
        "member/join",
        {"class_id": 12345, "user_id": "xxx", "camera": 0, "mic": 0, "speaker": 0},
    ),
    (
        lambda c: c.members.visitor_join(12345, password="", nickname="游客昵称"),
        "member/visitor/join",
        {"class_id": 12345, "password": "", "nickname": "游客昵称"},
    ),
    (lambda c: c.members.visitor_join(12345), "member/visitor/join", {"class_id": 12345}),
    (lambda c: c.members.quit(12345, "xxx"), "member/quit", {"class_id": 12345, "user_id": "xxx"}),
    (
        lambda c: c.members.runtime_list(12345, 0, 20),
        "member/runtime/list",
        {"class_id": 12345, "index": 0, "size": 20},
    ),
    (lambda c: c.members.runtime_total(1000001234), "member/runtime/total", {"class_id": 1000001234}),
    (
        lambda c: c.members.history_list(12345, 0, 20),
        "member/history/list",
        {"class_id": 12345, "index": 0, "size": 20},
    ),
    (lambda c: c.members.history_total(1000001234), "member/history/total", {"class_id": 1000001234}),
]


@pytest.mark.parametrize(("call", "endpoint", "body"), SENT)
def test_a_call_sends_what_it_was_given_and_nothing_else(
    client: Client,
    service: StubService,
    call: Callable[[Client], object],
    endpoint: str,
    body: dict[str, Any],
) -> None:
    service.answer(
        OK | {"role": "student", "visitor_info": VISITOR, "list": [], "total": 0, "finish": True} | STATES
    )
    call(client)
    assert (service.last.endpoint, service.last.body) == (endpoint, body | {"expire_time": 1548247837})


def test_join_reads_the_example(client: Client, service: StubService) -> None:
    service.answer(OK | {"role": "student"} | STATES)
    assert client.members.join(12345, "xxx") == JoinResult(
        role="student",
        history_camera=0,
        history_mic=0,
        history_speaker=0,
        history_silence=0,
        history_hand_up=0,
    )


def test_join_without_states_knows_none_of_them(client: Client, service: StubService) -> None:
    rights = [{"user_id": "xxx", "camera": 1, "mic": 0}]
    service.answer(OK | {"role": "stduent", "history_enable_draw": 1, "member_permission_list": rights})
    joined = client.members.join(12345, "xxx")
    assert (joined.role, joined.history_camera, joined.history_hand_up) == ("student", -1, -1)
    assert joined.member_permission_list == [MicPermission(user_id="xxx", camera=1, mic=0)]


def test_visitor_join_reads_the_example_and_hides_the_tickets(client: Client, service: StubService) -> None:
    service.answer(OK | {"visitor_info": VISITOR})
    visitor = client.members.visitor_join(12345)
    assert visitor.user_id == "游客ID"
    assert (visitor.user_token.reveal(), visitor.user_sig.reveal()) == ("互动课堂票据", "IM票据")
    assert "票据" not in repr(visitor)


def test_runtime_list_reads_the_example(client: Client, service: StubService) -> None:
    service.answer(OK | {"finish": True, "total": 1, "list": [RUNTIME]})
    page = client.members.runtime_list(12345)
    assert page.lines == [RuntimeMember(**RUNTIME | {"status": Devices(**RUNTIME["status"])})]
    assert (page.total, page.finish) == (1, True)


def test_the_status_of_the_table_is_read_as_well_as_the_example_one(
    client: Client, service: StubService
) -> None:
    capital = {("Status" if name == "status" else name): value for name, value in RUNTIME.items()}
    bare = {name: value for name, value in RUNTIME.items() if name != "status"}
    service.answer(OK | {"finish": True, "total": "2", "list": [capital, bare]})
    first, second = client.members.runtime_list(12345).lines
    assert first.status == Devices(camera=1, mic=1, speaker=1, silence=0, hand_up=1)
    assert second.status == Devices(camera=-1, mic=-1, speaker=-1, silence=-1, hand_up=-1)


def test_history_list_reads_the_example(client: Client, service: StubService) -> None:
    service.answer(OK | {"finish": True, "total": 1, "list": [HISTORY]})
    assert client.members.history_list(12345).lines == [HistoryMember(**HISTORY)]


@pytest.mark.parametrize("told", [20, "20"])
def test_totals_are_read_as_number_and_as_text(client: Client, service: StubService, told: object) -> None:
    service.answer(OK | {"total": told}, OK | {"total": told})
    assert client.members.runtime_total(1) == 20
    assert client.members.history_total(1) == 20


@pytest.mark.parametrize("told", [None, "many", -0.5, [20], 2**70])
def test_a_total_that_is_no_number_is_unreadable(client: Client, service: StubService, told: object) -> None:
    service.answer(OK | {"total": told})
    with pytest.raises(Unreadable):
        client.members.runtime_total(1)


@pytest.mark.parametrize(
    ("code", "kind"),
    [(10224, LessonOver), (10225, WrongPassword), (10226, NotAMember), (10227, ClassFull), (10300, TooEarly)],
)
def test_a_closed_door_says_why(
    client: Client, service: StubService, code: int, kind: type[Exception]
) -> None:
    service.answer({"error_code": code, "error_msg": ""})
    with pytest.raises(kind):
        client.members.join(1, "bob")


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.members.add(1, []),
        lambda c: c.members.add(1, [("bob", "stduent")]),
        lambda c: c.members.delete(1, []),
        lambda c: c.members.delete(-1, ["bob"]),
        lambda c: c.members.join(1, "bob", camera=2),
        lambda c: c.members.quit(1, ""),
    ],
)
def test_what_the_document_does_not_allow_is_not_sent(
    client: Client, service: StubService, call: Callable[[Client], object]
) -> None:
    with pytest.raises(Unsendable):
        call(client)
    assert service.seen == []
