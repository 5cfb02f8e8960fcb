"""账号模块."""

import pytest

from tests.console.sandbox.conftest import SandboxSchool
from tests.support.class_client import ClassClient
from tests.support.covers import covers

PROFILE = {
    "nickname": "小明", "gender": "female", "avatar": "https://x.example/a.png",
    "phone_no": "13033445566", "e_mail": "a@x.example",
}  # fmt: skip


@covers("user/register", "list", "list[].user_id", "list[].role", "list[].nickname", "list[].gender",
        "list[].avatar", "list[].phone_no", "list[].e_mail")  # fmt: skip
@covers("user/info", "user_id")
def test_a_registered_person_is_told_as_they_were_registered(school: SandboxSchool) -> None:
    user_id = school.person("assistant", **PROFILE)
    card = school.ok("user/info", user_id=user_id)["user_info"]
    assert card | {"regist_time": 0, "update_time": 0} == {
        "user_id": user_id, "role": "assistant", "regist_time": 0, "update_time": 0, **PROFILE,
    }  # fmt: skip
    assert card["regist_time"] == card["update_time"] > 1_600_000_000


def test_defaults_are_the_documents(school: SandboxSchool) -> None:
    card = school.ok("user/info", user_id=school.person())["user_info"]
    assert (card["nickname"], card["gender"], card["phone_no"], card["e_mail"]) == (
        card["user_id"],
        "male",
        "",
        "",
    )
    picture = school.sandbox.web.get(card["avatar"], timeout=9)
    assert picture.headers["Content-Type"] == "image/png"
    assert len(picture.content) < 100_000


def test_spellings_of_the_documents_examples_are_read(school: SandboxSchool) -> None:
    user_id = school.person("stduent", gender="女")
    card = school.ok("user/info", user_id=user_id)["user_info"]
    assert (card["role"], card["gender"]) == ("student", "female")


@pytest.mark.parametrize(
    ("policy", "code", "made"),
    [("partial_error", 10214, True), ("partial_ok", 0, True), ("refuse_all", 10214, False)],
)
def test_repeats_are_told_and_a_knob_says_what_becomes_of_the_others(
    school: SandboxSchool, policy: str, code: int, made: bool
) -> None:
    school.knobs(register_repeats=policy)
    known = school.person()
    new = f"new-{policy}"
    answer = school.call("user/register", list=[{"user_id": u, "role": "student"} for u in (known, new, new)])
    assert answer["error_code"] == code
    assert answer["repeats"] == [known, new]
    assert [one["user_id"] for one in answer["user_list"]] == ([new] if made else [])
    assert (school.code("user/info", user_id=new) == 0) is made


@covers("user/profile/modify", "user_id", "role", "nickname", "gender", "avatar", "phone_no", "e_mail")
def test_only_the_fields_sent_are_changed(school: SandboxSchool) -> None:
    user_id = school.person(**PROFILE)
    for name, value in {
        **PROFILE,
        "nickname": "新昵称",
        "role": "teacher",
        "gender": "male",
        "phone_no": "",
    }.items():
        before = school.ok("user/info", user_id=user_id)["user_info"]
        school.ok("user/profile/modify", user_id=user_id, **{name: value})
        after = school.ok("user/info", user_id=user_id)["user_info"]
        assert after | {"update_time": 0} == before | {name: value, "update_time": 0}


@covers("user/token/update", "user_id")
def test_a_new_token_voids_the_old_one_and_its_sessions(school: SandboxSchool) -> None:
    user_id = school.person()
    client = school.client(user_id)
    new = school.ok("user/token/update", user_id=user_id)["user_token"]
    assert new != school.tokens[user_id]
    assert client.code("user/info") == 10216
    assert client.code("user/login", userid=user_id, password=school.tokens[user_id]) == 10218
    assert client.code("user/login", userid=user_id, password=new) == 0


@covers("user/list", "index", "size", "roles", "prefix")
def test_lists_are_cut_by_row_and_filtered_by_role_and_prefix(school: SandboxSchool) -> None:
    school.people(*(f"Pre_{n}" for n in range(5)), "pre_small", "Pre%", role="supervisor")
    listed = school.ok("user/list", roles=["supervisor"], prefix="Pre_")
    assert [one["user_id"] for one in listed["list"]] == [f"Pre_{n}" for n in range(5)]
    page = school.ok("user/list", roles=["supervisor"], prefix="Pre_", index=3, size=1)
    assert [one["user_id"] for one in page["list"]] == ["Pre_3"]
    assert (page["total"], page["finish"]) == (5, False)
    last = school.ok("user/list", roles=["supervisor"], prefix="Pre_", index=4, size=1)
    assert (len(last["list"]), last["finish"]) == (1, True)
    beyond = school.ok("user/list", roles=["supervisor"], index=999)
    assert (beyond["list"], beyond["finish"]) == ([], True)
    everybody = school.ok("user/list", roles=[], prefix="P", size=100)
    assert {"teacher", "supervisor"} - {one["role"] for one in everybody["list"]} <= {"teacher"}


def test_another_school_sees_nobody(school: SandboxSchool, other_school: SandboxSchool) -> None:
    user_id = school.person()
    assert other_school.code("user/info", user_id=user_id) == 10215
    assert other_school.ok("user/list", prefix=user_id)["total"] == 0
    assert other_school.code("user/token/update", user_id=user_id) == 10215


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"list": {}},
        {"list": [{"user_id": "a"}]},
        {"list": [{"role": "student"}]},
        {"list": [{"user_id": 7, "role": "student"}]},
        {"list": [{"user_id": "", "role": "student"}]},
        {"list": [{"user_id": "a", "role": "king"}]},
        {"list": [{"user_id": "a", "role": "visitor"}]},
        {"list": [{"user_id": "a", "role": "student", "gender": "both"}]},
        {"list": [{"user_id": "a\x00", "role": "student"}]},
        {"list": [{"user_id": "\ud800", "role": "student"}]},
        {"list": None},
    ],
)
def test_missing_and_ill_typed_fields_are_refused(school: SandboxSchool, body: dict[str, object]) -> None:
    assert school.code("user/register", **body) == 10003


def test_the_ledger_shows_a_request_that_utf_8_cannot_hold(school: SandboxSchool) -> None:
    body = {"list": [{"user_id": "\ud800", "role": "student"}]}
    assert school.code("user/register", **body) == 10003
    assert body in [line["body"] for line in school.sandbox.ledger()]


def test_unknown_people_are_refused(school: SandboxSchool) -> None:
    for path in ("user/info", "user/token/update", "user/profile/modify"):
        assert school.code(path, user_id="nobody") == 10215
    assert school.code("user/profile/modify", user_id=school.person(), role=3) == 10003


@covers("user/register", "list[].password")
@covers("user/profile/modify", "password")
def test_a_password_of_4_to_18_characters_logs_a_class_client_in(school: SandboxSchool) -> None:
    user_id = school.person(password="geheim")
    client = ClassClient(school.sandbox.url, school.app)
    assert client.code("user/login", userid=user_id, password="geheim") == 0
    school.ok("user/profile/modify", user_id=user_id, password="anders")
    assert client.code("user/login", userid=user_id, password="geheim") == 10218
    assert client.code("user/login", userid=user_id, password="anders") == 0
    assert client.code("user/login", userid=school.person(), password="") == 10218
    for wrong in ("abc", "x" * 19):
        assert school.code("user/profile/modify", user_id=user_id, password=wrong) == 10003
