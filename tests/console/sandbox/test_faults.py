"""Faults on demand, and the ledger that says what really happened."""

from typing import Any

import pytest
import requests

from tests.console.sandbox.conftest import SandboxSchool
from tests.support.callback_receiver import CallbackReceiver
from tests.support.waiting import wait_until


def arm(school: SandboxSchool, **fault: Any) -> None:
    school.sandbox.control("faults", {"arm": fault})


def attempt(school: SandboxSchool, user_id: str) -> requests.Response:
    """Register somebody on a connection of its own, as it comes."""
    body = {"list": [{"user_id": user_id, "role": "student"}]}
    with requests.Session() as web:
        web.trust_env = False
        return web.post(school.sandbox.signed("user/register", school.app), json=body, timeout=5)


def applied(school: SandboxSchool, user_id: str) -> bool:
    """Whether it took effect, by the ledger; the service's own answer must say the same."""
    noted = any(line["object"] == f"user:{user_id}" for line in school.sandbox.effects())
    assert noted is (school.code("user/info", user_id=user_id) == 0)
    return noted


def test_a_refusal_carries_the_code_asked_for_and_applies_nothing(school: SandboxSchool) -> None:
    arm(school, kind="refuse", match="user/register", error_code=10202)
    assert attempt(school, "refused").json()["error_code"] == 10202
    assert not applied(school, "refused")


@pytest.mark.parametrize(("kind", "takes"), [("drop_before", False), ("drop_after", True)])
def test_a_dropped_connection_gives_no_answer_before_or_after_applying(
    school: SandboxSchool, kind: str, takes: bool
) -> None:
    arm(school, kind=kind, match="user/register")
    with pytest.raises(requests.ConnectionError):
        attempt(school, kind)
    assert applied(school, kind) is takes


def test_a_cut_body_has_been_applied(school: SandboxSchool) -> None:
    arm(school, kind="cut", match="user/register")
    with pytest.raises(requests.RequestException):
        attempt(school, "cut")
    assert applied(school, "cut")


@pytest.mark.parametrize("takes", [False, True])
def test_a_stall_waits_before_or_after_applying(school: SandboxSchool, takes: bool) -> None:
    arm(school, kind="stall", match="user/register", seconds=0.9, applied=takes)
    user_id = f"stall{takes}"
    with pytest.raises(requests.Timeout):
        school.sandbox.web.post(
            school.sandbox.signed("user/register"),
            json={"list": [{"user_id": user_id, "role": "student"}]},
            timeout=0.4,
        )
    assert applied(school, user_id) is takes
    wait_until(lambda: school.code("user/info", user_id=user_id) == 0)
    assert applied(school, user_id)


@pytest.mark.parametrize(
    ("fault", "status", "takes"),
    [
        ({"kind": "status"}, 503, False),
        ({"kind": "status", "status": 502, "applied": True}, 502, True),
        ({"kind": "busy"}, 429, False),
        ({"kind": "html"}, 200, False),
        ({"kind": "html", "applied": True}, 200, True),
        ({"kind": "bad_json"}, 200, True),
    ],
)
def test_a_front_that_answers_for_the_service(
    school: SandboxSchool, fault: dict[str, Any], status: int, takes: bool
) -> None:
    arm(school, match="user/register", **fault)
    user_id = "front" + "".join(str(value) for value in fault.values())
    answer = attempt(school, user_id)
    assert answer.status_code == status
    with pytest.raises(requests.JSONDecodeError):
        answer.json()
    assert applied(school, user_id) is takes


def test_mutated_types_keep_the_code_and_change_the_rest(school: SandboxSchool) -> None:
    class_id = school.lesson()
    before = school.info(class_id)
    arm(school, kind="mutate", match="class/info")
    told = school.info(class_id)
    assert told["error_code"] == 0
    assert told["class_id"] == str(class_id)
    assert told["class_topic"] == len(before["class_topic"])
    simple = [key for key in before if key not in ("error_code", "settings", "members")]
    assert [key for key in simple if type(told[key]) is type(before[key])] == []


def test_faults_skip_and_count_and_are_cleared(school: SandboxSchool) -> None:
    arm(school, kind="refuse", match="user/list", skip=1, times=2)
    assert [school.code("user/list") for _ in range(4)] == [0, -1, -1, 0]
    arm(school, kind="refuse", times=0)
    assert [school.code("class/list") for _ in range(3)] == [-1, -1, -1]
    assert school.sandbox.control("faults")["armed"][0]["struck"] == 3
    school.sandbox.control("faults", {"clear": True})
    assert school.code("class/list") == 0


def test_a_fault_can_wait_for_one_school(school: SandboxSchool, other_school: SandboxSchool) -> None:
    arm(school, kind="refuse", match="class/list", sdkappid=other_school.app)
    assert school.code("class/list") == 0
    assert other_school.code("class/list") == -1


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "quake"},
        {"kind": "refuse", "loud": True},
        {"kind": "refuse", "target": "x"},
        {"kind": "stall", "seconds": "5"},
        {},
    ],
)
def test_unknown_faults_are_refused(school: SandboxSchool, wrong: dict[str, Any]) -> None:
    answer = school.sandbox.web.post(f"{school.sandbox.url}/control/faults", json={"arm": wrong}, timeout=9)
    assert answer.json()["error_code"] == 10003


def test_the_class_client_can_be_refused_too(school: SandboxSchool) -> None:
    client = school.client(school.person())
    arm(school, kind="refuse", target="saas", match="user/info", error_code=10202, sdkappid=school.app)
    arm(school, kind="refuse", target="saas", sdkappid=school.app + 1, times=0)
    assert [client.code("user/info"), client.code("user/info")] == [10202, 0]


def send(school: SandboxSchool, **data: Any) -> int:
    wanted = {"sdkappid": school.app, "event": "class_begin", "data": data}
    return int(school.sandbox.control("callbacks", wanted)["id"])


def test_callbacks_are_dropped_doubled_late_shuffled_and_signed_with_the_wrong_key(
    school: SandboxSchool, receiver: CallbackReceiver
) -> None:
    arm(school, kind="callback_drop")
    send(school, class_id=1)
    arm(school, kind="callback_double", match="class_begin")
    send(school, class_id=2)
    assert [one.data["class_id"] for one in receiver.wait_for(2)] == [2, 2]
    receiver.deliveries.clear()
    arm(school, kind="callback_shuffle")
    send(school, class_id=3)
    send(school, class_id=4)
    assert [one.data["class_id"] for one in receiver.wait_for(2)] == [4, 3]
    receiver.deliveries.clear()
    arm(school, kind="callback_late", seconds=100)
    send(school, class_id=5)
    send(school, class_id=6)
    receiver.wait_for(1)
    school.sandbox.control("clock", {"move": 100})
    assert [one.data["class_id"] for one in receiver.wait_for(2)] == [6, 5]
    good = receiver.deliveries[-1].signed
    receiver.deliveries.clear()
    arm(school, kind="callback_wrong_key")
    send(school, class_id=7)
    bad = receiver.wait_for(1)[0].signed
    assert bad["sign"] != good["sign"]
    assert len(bad["sign"]) == 32


def test_the_ledger_notes_every_request_with_its_code_and_no_secret(school: SandboxSchool) -> None:
    start = school.sandbox.control("ledger")["last"]
    class_id = school.lesson()
    school.code("class/info", class_id=1)
    arm(school, kind="drop_before", match="class/list")
    with pytest.raises(requests.ConnectionError):
        school.code("class/list")
    lines = school.sandbox.ledger(start)
    requests_seen = [
        (one["endpoint"], one["error_code"], one["fault"]) for one in lines if one["kind"] == "request"
    ]
    assert requests_seen == [
        ("user/register", 0, ""),
        ("class/create", 0, ""),
        ("class/info", 10230, ""),
        ("class/list", None, "drop_before"),
    ]
    effects = [
        (one["endpoint"], one["object"], one["summary"]["what"]) for one in lines if one["kind"] == "effect"
    ]
    assert effects[1] == ("class/create", f"class:{class_id}", "created")
    create = next(one for one in lines if one["endpoint"] == "class/create" and one["kind"] == "request")
    assert (create["body"]["admin_id"], create["body"]["admin_sig"]) == ("admin", "***")
    assert [one["seq"] for one in lines] == sorted({one["seq"] for one in lines})
    assert not any(token in repr(school.sandbox.ledger()) for token in school.tokens.values())
