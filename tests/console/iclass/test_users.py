"""The account module, against every example of the document."""

from collections.abc import Callable
from typing import Any

import pytest

from console.iclass import (
    AlreadyExists,
    ApiSecret,
    Client,
    Halfway,
    Invalid,
    NewUser,
    NotFound,
    RegisteredUser,
    SignatureRefused,
    Unreadable,
    Unsendable,
    UserInfo,
)
from tests.console.iclass.conftest import OK, StubService

PERSON: dict[str, Any] = {
    "user_id": "user1",
    "nickname": "user1_nickname",
    "gender": "male",
    "avatar": "https://xxxx/head.png",
    "role": "stduent",
    "phone_no": "15888667799",
    "e_mail": "xx@xx.com",
    "regist_time": 1554786131,
    "update_time": 1554786131,
}
MADE = [{"user_id": "user1", "user_token": "1234578"}]
BOB = NewUser(user_id="bob", role="teacher")

SENT: list[tuple[Callable[[Client], object], str, dict[str, Any]]] = [
    (
        lambda c: c.users.register(
            [
                NewUser(
                    user_id="xxxxx",
                    role="student",
                    nickname="小明",
                    gender="male",
                    avatar="https://xxx/xiaoming.png",
                    phone_no="13033445566",
                    e_mail="xxx@xx.com",
                )
            ]
        ),
        "user/register",
        {
            "list": [
                {
                    "user_id": "xxxxx",
                    "role": "student",
                    "nickname": "小明",
                    "gender": "male",
                    "avatar": "https://xxx/xiaoming.png",
                    "phone_no": "13033445566",
                    "e_mail": "xxx@xx.com",
                }
            ]
        },
    ),
    (
        lambda c: c.users.register([NewUser(user_id="bob", role="teacher", password="letmein")]),
        "user/register",
        {"list": [{"user_id": "bob", "role": "teacher", "password": "letmein"}]},
    ),
    (
        lambda c: c.users.modify("xxxx", nickname="新昵称"),
        "user/profile/modify",
        {"user_id": "xxxx", "nickname": "新昵称"},
    ),
    (
        lambda c: c.users.modify("bob", role="assistant", phone_no=""),
        "user/profile/modify",
        {"user_id": "bob", "role": "assistant", "phone_no": ""},
    ),
    (lambda c: c.users.new_token("xxxx"), "user/token/update", {"user_id": "xxxx"}),
    (lambda c: c.users.info("用户ID"), "user/info", {"user_id": "用户ID"}),
    (
        lambda c: c.users.list(0, 10, roles=["teacher"]),
        "user/list",
        {"index": 0, "size": 10, "roles": ["teacher"], "prefix": ""},
    ),
    (
        lambda c: c.users.list(200, prefix="b"),
        "user/list",
        {"index": 200, "size": 100, "prefix": "b"},
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
    told = {"user_info": PERSON | {"user_id": "用户ID"}, "user_token": "t"}
    service.answer(OK | told | {"list": [], "total": 0, "finish": True})
    call(client)
    assert (service.last.endpoint, service.last.body) == (endpoint, body | {"expire_time": 1548247837})


def test_register_reads_the_example_with_repeats_beside_success(client: Client, service: StubService) -> None:
    service.answer(OK | {"user_list": MADE, "repeats": ["xx", "yy"]})
    registered = client.users.register([BOB])
    assert registered.users == [RegisteredUser(user_id="user1", user_token=ApiSecret("1234578"))]
    assert registered.users[0].user_token.reveal() == "1234578"
    assert (registered.repeats, registered.error) == (["xx", "yy"], None)


def test_register_tells_who_was_made_beside_a_refusal(client: Client, service: StubService) -> None:
    service.answer({"error_code": 10214, "error_msg": "exists", "user_list": MADE, "repeats": ["bob"]})
    registered = client.users.register([BOB])
    assert [user.user_id for user in registered.users] == ["user1"]
    assert registered.repeats == ["bob"]
    assert isinstance(registered.error, AlreadyExists)


@pytest.mark.parametrize("rest", [{}, {"user_list": None, "repeats": None}, {"user_list": 7, "repeats": {}}])
def test_register_that_only_says_exists_is_a_result(
    client: Client, service: StubService, rest: dict[str, Any]
) -> None:
    service.answer({"error_code": 10214, "error_msg": ""} | rest)
    registered = client.users.register([BOB])
    assert (registered.users, registered.repeats) == ([], [])
    assert isinstance(registered.error, AlreadyExists)


@pytest.mark.parametrize(("code", "kind"), [(10217, SignatureRefused), (10003, Invalid), (-1, Halfway)])
def test_register_that_names_nobody_raises(
    client: Client, service: StubService, code: int, kind: type[Exception]
) -> None:
    service.answer({"error_code": code, "error_msg": "", "user_list": [], "repeats": []})
    with pytest.raises(kind):
        client.users.register([BOB])


def test_register_sets_an_unreadable_ticket_aside(client: Client, service: StubService) -> None:
    service.answer(OK | {"user_list": [*MADE, {"user_id": "bob"}, {"user_id": "eve", "user_token": 77}]})
    registered = client.users.register([BOB])
    assert [user.user_id for user in registered.users] == ["user1", "eve"]
    assert [(line.key, line.reason) for line in registered.odd] == [("bob", "user_token is missing")]


def test_register_whose_success_cannot_be_read_is_unreadable(client: Client, service: StubService) -> None:
    service.answer(OK | {"user_list": "bob"})
    with pytest.raises(Unreadable):
        client.users.register([BOB])


def test_token_update_reads_the_example(client: Client, service: StubService) -> None:
    service.answer(OK | {"user_token": "新的票据"})
    assert client.users.new_token("xxxx") == "新的票据"


def test_info_reads_the_example_and_its_misspelt_role(client: Client, service: StubService) -> None:
    service.answer(OK | {"user_info": PERSON})
    assert client.users.info("user1") == UserInfo(**PERSON | {"role": "student"})


def test_list_reads_the_example(client: Client, service: StubService) -> None:
    service.answer(OK | {"total": 1, "finish": True, "list": [PERSON | {"role": "teacher"}]})
    page = client.users.list(0, 10, roles=["teacher"])
    assert page.lines == [UserInfo(**PERSON | {"role": "teacher"})]
    assert (page.total, page.finish) == (1, True)


@pytest.mark.parametrize(
    ("changed", "name", "expected"),
    [
        ({"gender": "男"}, "gender", "male"),
        ({"gender": "女"}, "gender", "female"),
        ({"gender": "other"}, "gender", "other"),
        ({"role": "headmaster"}, "role", "headmaster"),
        ({"regist_time": "1554786131"}, "regist_time", 1554786131),
        ({"phone_no": 15888667799}, "phone_no", "15888667799"),
        ({"avatar": None}, "avatar", ""),
        ({"user_id": "user1\0"}, "user_id", "user1"),
    ],
)
def test_a_person_is_read_in_other_forms_too(
    client: Client, service: StubService, changed: dict[str, Any], name: str, expected: object
) -> None:
    service.answer(OK | {"user_info": PERSON | changed})
    assert getattr(client.users.info("user1"), name) == expected


def test_an_answer_about_another_person_is_not_read(client: Client, service: StubService) -> None:
    service.answer(OK | {"user_info": PERSON})
    with pytest.raises(Unreadable, match="another thing"):
        client.users.info("user2")


@pytest.mark.parametrize("total", [1, "1", "001", 1.0])
def test_a_total_is_read_as_number_and_as_text(client: Client, service: StubService, total: object) -> None:
    service.answer(OK | {"total": total, "finish": True, "list": [PERSON]})
    assert client.users.list().total == 1


@pytest.mark.parametrize(
    ("rest", "finish"),
    [({"total": 1}, True), ({"total": 2}, False), ({}, False), ({"total": 2, "finish": "yes"}, False)],
)
def test_finish_left_out_follows_from_the_total(
    client: Client, service: StubService, rest: dict[str, Any], finish: bool
) -> None:
    service.answer(OK | {"list": [PERSON]} | rest)
    assert client.users.list().finish is finish


def test_a_list_left_out_is_not_an_empty_list(client: Client, service: StubService) -> None:
    service.answer(OK | {"total": 12, "finish": True})
    with pytest.raises(Unreadable, match="has no list"):
        client.users.list()


@pytest.mark.parametrize("answer", [{"total": 0, "finish": True}, {"total": 3, "finish": True, "list": None}])
def test_an_empty_page_may_come_without_a_list(
    client: Client, service: StubService, answer: dict[str, Any]
) -> None:
    service.answer(OK | answer)
    assert client.users.list(index=3).lines == []


def test_nobody_by_that_name(client: Client, service: StubService) -> None:
    service.answer({"error_code": 10215, "error_msg": "no such user"})
    with pytest.raises(NotFound):
        client.users.info("nobody")


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.users.register([]),
        lambda c: c.users.register([NewUser(user_id="bob", role="stduent")]),
        lambda c: c.users.register([NewUser(user_id="", role="student")]),
        lambda c: c.users.register([NewUser(user_id="bob", role="student", gender="男")]),
        lambda c: c.users.register([NewUser(user_id="bob", role="student", password="abc")]),
        lambda c: c.users.modify("bob", role=3),
        lambda c: c.users.modify("", nickname="Bob"),
        lambda c: c.users.list(roles=["pupil"]),
    ],
)
def test_what_the_document_does_not_allow_is_not_sent(
    client: Client, service: StubService, call: Callable[[Client], object]
) -> None:
    with pytest.raises(Unsendable):
        call(client)
    assert service.seen == []
