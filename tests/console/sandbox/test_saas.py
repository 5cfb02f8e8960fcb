"""The class client's calls /saas/v1/*: logging in, being in the room, staying in it."""

import hashlib

from tests.console.sandbox.conftest import SandboxSchool
from tests.support.callback_receiver import CallbackReceiver
from tests.support.class_client import ClassClient
from tests.support.sandbox import Sandbox


def test_the_order_of_calls_seen_on_the_wire_works(school: SandboxSchool, receiver: CallbackReceiver) -> None:
    teacher, student = school.person("teacher"), school.person()
    class_id = school.lesson(student, teacher_id=teacher, class_topic="量子")
    client = ClassClient(school.sandbox.url, school.app)
    base = client.ok("business/base/info", enterprise_id=school.ok("business/info")["enterprise_id"])
    assert (base["sdkappid"], set(base)) == (
        school.app, {"error_code", "error_msg", "sdkappid", "name", "icon"},
    )  # fmt: skip
    told = client.ok("user/login", userid=teacher, password=school.tokens[teacher])
    assert {"sdkappid", "user_id", "token", "user_sig", "user_token"} <= set(told)
    client.login(teacher, school.tokens[teacher])
    joined = client.ok("member/join", class_id=class_id, password="", camera=1)
    assert (joined["role"], joined["history_silence"], joined["history_enable_draw"]) == ("teacher", -1, 1)
    assert joined["member_permission_list"] == [{"user_id": teacher, "camera": 1, "mic": 0}]
    assert client.report(class_id, "device_test", {"ok": True}) == 0
    assert client.ok("class/info", class_id=class_id)["class_topic"] == "量子"
    assert client.ok("user/info")["user_info"]["user_id"] == teacher
    client.ok("class/start", class_id=class_id)
    assert [one["user_id"] for one in client.ok("member/runtime/list", class_id=class_id)["list"]] == [
        teacher
    ]
    client.ok("class/stop", class_id=class_id)
    client.ok("member/quit", class_id=class_id)
    assert [one.event for one in receiver.wait_for(2)] == ["class_begin", "class_over"]
    assert [one["class_id"] for one in client.ok("class/list")["list"]] == [class_id]
    assert client.ok("business")["busi_type"] == "saas"


def test_before_its_first_login_a_client_knows_no_sdkappid(
    school: SandboxSchool, other_school: SandboxSchool
) -> None:
    for one in (school, other_school):
        number = one.ok("business/info")["enterprise_id"]
        for sdkappid in (0, "0", "", None):
            client = ClassClient(school.sandbox.url, sdkappid)
            for named in (number, str(number)):
                assert client.ok("business/base/info", enterprise_id=named)["sdkappid"] == one.app
            assert client.code("business/base/info") == 10003
            assert client.code("business/base/info", enterprise_id=999999) == 10270
    assert ClassClient(school.sandbox.url, 5).code("business/base/info", enterprise_id=number) == 10270


def test_two_clients_go_through_a_lesson_with_a_password(
    school: SandboxSchool, receiver: CallbackReceiver
) -> None:
    """The order of calls of a real client, for a teacher and for an expected student."""
    teacher, student = school.person("teacher"), school.person()
    class_id = school.lesson(student, teacher_id=teacher, password="open")
    number = school.ok("business/info")["enterprise_id"]
    bob, pupil = (ClassClient(school.sandbox.url, 0) for _ in range(2))
    for client, user_id in ((bob, teacher), (pupil, student)):
        client.sdkappid = client.ok("business/base/info", enterprise_id=number)["sdkappid"]
        client.login(user_id, school.tokens[user_id])
    assert bob.ok("member/join", class_id=class_id, password="")["role"] == "teacher"
    assert pupil.code("member/join", class_id=class_id, password="") == 10225
    joined = pupil.ok("member/join", class_id=class_id, password="open")
    assert (joined["role"], joined["history_silence"], joined["history_enable_draw"]) == ("student", -1, 0)
    for client in (bob, pupil):
        assert client.report(class_id, "del_slience", {}) == 0
        assert client.report(class_id, "device_test", {"camera": True}) == 0
        assert client.ok("class/info", class_id=class_id)["has_password"] is True
        client.ok("user/info")
    bob.ok("class/start", class_id=class_id)
    assert pupil.report(class_id, "hand_up") == 0
    assert pupil.report(class_id, "apply", {"user_id": student}) == 0
    assert bob.report(class_id, "PermissionControl", {"user_id": student, "mic": 1, "draw": 1}) == 0
    assert bob.report(class_id, "all_silence", {"silence": 1}) == 0
    pupil.ok("member/quit", class_id=class_id)
    joined = pupil.ok("member/join", class_id=class_id, password="open")
    assert [joined[f"history_{name}"] for name in ("silence", "mic", "hand_up", "enable_draw")] == [1] * 4
    assert pupil.report(class_id, "slience", {}) == 0
    seen = {one["user_id"]: one for one in bob.ok("member/runtime/list", class_id=class_id)["list"]}
    assert (seen[student]["status"]["silence"], seen[student]["draw"]) == (1, 1)
    assert seen[teacher]["status"]["silence"] == 0
    bob.ok("class/stop", class_id=class_id)
    assert pupil.code("report/heartbeat", class_id=class_id) == 10226
    assert [one.event for one in receiver.wait_for(2)] == ["class_begin", "class_over"]


def test_no_one_acts_as_another_without_their_token(
    school: SandboxSchool, other_school: SandboxSchool
) -> None:
    bob, student = school.person("teacher"), school.person()
    class_id = school.lesson(student, teacher_id=bob)
    client = school.client(student)
    client.user_id = bob
    assert client.code("class/start", class_id=class_id) == 10216
    client.user_id, client.sdkappid = student, other_school.app
    assert client.code("member/join", class_id=class_id) == 10216
    client.sdkappid = school.app
    assert client.code("class/start", class_id=class_id) == 10203
    assert client.code("class/stop", class_id=class_id) == 10203
    assert client.code("user/login", userid=bob, password=school.tokens[student]) == 10218
    assert client.code("user/login", userid="nobody", password="x") == 10215
    other_school.people("charlie", role="teacher")
    charlie = other_school.client("charlie")
    assert charlie.code("class/info", class_id=class_id) == 10230
    assert charlie.code("member/join", class_id=class_id) == 10230
    charlie.token = ""
    assert charlie.code("class/list") == 10216


def test_another_persons_card_shows_no_phone_and_no_e_mail(school: SandboxSchool) -> None:
    student = school.person(phone_no="130", e_mail="a@x.example")
    reader = school.client(school.person())
    card = reader.ok("user/info", user_id=student)["user_info"]
    assert (card["user_id"], card["phone_no"], card["e_mail"]) == (student, "", "")
    assert school.client(student).ok("user/info")["user_info"]["phone_no"] == "130"


def test_a_session_ends_with_its_life(school: SandboxSchool) -> None:
    school.knobs(session_life_s=1000)
    client = school.client(school.person())
    school.sandbox.control("clock", {"move": 900})
    assert client.code("user/info") == 0
    school.sandbox.control("clock", {"move": 200})
    assert client.code("user/info") == 10216


def test_the_sign_is_the_md5_of_the_body(sandbox: Sandbox, school: SandboxSchool) -> None:
    body = '{"platform": "web", "enterprise_id": "10001"}'
    for sign, code in ((hashlib.md5(body.encode()).hexdigest(), 0), ("0" * 32, 10217), ("", 10217)):
        url = f"{sandbox.url}/saas/v1/business/base/info?random=1&sign={sign}"
        assert sandbox.web.post(url, data=body, timeout=9).json()["error_code"] == code


def test_other_origins_may_call_after_a_preflight(sandbox: Sandbox) -> None:
    url = f"{sandbox.url}/saas/v1/user/login"
    preflight = sandbox.web.options(
        url,
        headers={
            "Origin": "https://class.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        },
        timeout=9,
    )
    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert "content-type" in preflight.headers["Access-Control-Allow-Headers"].lower()
    answer = sandbox.web.post(url, data="{}", headers={"Origin": "https://class.example"}, timeout=9)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert (
        "Access-Control-Allow-Origin" not in sandbox.web.post(sandbox.signed("user/list"), timeout=9).headers
    )


def test_a_client_that_stops_beating_drops_out_after_90_seconds(school: SandboxSchool) -> None:
    student, other = school.person(), school.person()
    class_id = school.lesson(student, other)
    silent, beating = school.client(student), school.client(other)
    silent.ok("member/join", class_id=class_id)
    beating.ok("member/join", class_id=class_id)
    backend = school.person()
    school.ok("member/add", class_id=class_id, list=[{"user_id": backend, "role": "student"}])
    school.ok("member/join", class_id=class_id, user_id=backend)
    school.sandbox.control("clock", {"move": 60})
    beating.ok("report/heartbeat", class_id=class_id)
    assert set(school.inside(class_id)) == {student, other, backend}
    school.sandbox.control("clock", {"move": 31})
    assert set(school.inside(class_id)) == {other, backend}
    assert silent.code("report/heartbeat", class_id=class_id) == 10226
    stay = school.ok("member/history/list", class_id=class_id)["list"][0]
    assert stay["quit_time"] - stay["enter_time"] <= 2


def test_visitors_come_with_a_session_and_into_public_classes_alone(school: SandboxSchool) -> None:
    public, closed = school.lesson(class_type="public"), school.lesson()
    client = ClassClient(school.sandbox.url, school.app)
    visitor = client.ok("user/visitor/get", nickname="访客")
    client.user_id, client.token = visitor["user_id"], visitor["token"]
    assert client.code("member/join", class_id=closed) == 10226
    assert client.ok("member/join", class_id=public)["role"] == "visitor"
    fresh = ClassClient(school.sandbox.url, school.app)
    told = fresh.ok("member/visitor/join", class_id=public, nickname="二")
    assert told["visitor_info"]["user_id"] in school.inside(public)
    fresh.user_id, fresh.token = told["user_id"], told["token"]
    fresh.ok("member/quit", class_id=public)
    assert told["user_id"] not in school.inside(public)


def test_only_who_is_in_the_room_sees_who_is_in_the_room(school: SandboxSchool) -> None:
    student = school.person()
    class_id = school.lesson(student)
    client = school.client(student)
    assert client.code("member/runtime/list", class_id=class_id) == 10226
    client.ok("member/join", class_id=class_id)
    assert client.code("member/runtime/list", class_id=class_id) == 0


def test_courseware_in_the_client_is_ones_own_and_what_is_public(school: SandboxSchool) -> None:
    bob, other = school.person("teacher"), school.person("teacher")
    client = school.client(bob)
    mine = client.ok("document/add", doc_url="https://x.example/a.ppt", doc_name="a", owner=other)["doc_id"]
    assert school.ok("document/info", doc_id=mine)["owner"] == bob
    foreign = school.ok("document/add", doc_url="u", owner=other)["doc_id"]
    public = school.ok("document/add", doc_url="u", owner=other, permission="public")["doc_id"]
    seen = {one["doc_id"] for one in client.ok("document/list")["list"]}
    assert {mine, public} <= seen
    assert foreign not in seen
    assert client.code("document/delete", doc_ids=[foreign]) == 10203
    assert client.code("document/delete", doc_ids=[mine]) == 0


def test_the_share_of_time_counts_all_stays_within_the_time_taught(school: SandboxSchool) -> None:
    teacher, student = school.person("teacher"), school.person()
    class_id = school.lesson(student, teacher_id=teacher)
    school.knobs(heartbeat_s=0)
    school.sandbox.control("clock", {"set": 1_800_000_000, "frozen": True})
    school.ok("class/modify", class_id=class_id, start_time=1_800_000_000, stop_time=1_800_009_000)
    bob, pupil = school.client(teacher), school.client(student)
    bob.ok("member/join", class_id=class_id)
    pupil.ok("member/join", class_id=class_id)
    school.sandbox.control("clock", {"move": 100})
    bob.ok("class/start", class_id=class_id)
    school.sandbox.control("clock", {"move": 30})
    pupil.ok("member/quit", class_id=class_id)
    school.sandbox.control("clock", {"move": 50})
    pupil.ok("member/join", class_id=class_id)
    school.sandbox.control("clock", {"move": 20})
    told = bob.ok("member/runtime/list", class_id=class_id)
    assert told["taught_seconds"] == 100
    assert {one["user_id"]: one["present_seconds"] for one in told["list"]} == {teacher: 100, student: 50}
