"""The control interface: who may use it, planting, the clock, knobs and steps."""

import time
from typing import Any

import pytest

from tests.console.sandbox.conftest import APP, KEY, SandboxSchool
from tests.support.callback_receiver import CallbackReceiver
from tests.support.sandbox import Sandbox

BEGIN, END = 1_700_000_000, 1_700_002_700


def refused(sandbox: Sandbox, path: str, **how: Any) -> int:
    answer = sandbox.web.post(f"{sandbox.url}/control/{path}", timeout=9, **how)
    return int(answer.json()["error_code"])


def test_a_page_of_another_site_cannot_use_it(sandbox: Sandbox) -> None:
    assert (
        refused(sandbox, "knobs", data='{"paging": "page"}', headers={"Content-Type": "text/plain"}) == 10000
    )
    assert refused(sandbox, "knobs", data={"paging": "page"}) == 10000
    assert refused(sandbox, "knobs", json={"paging": "page"}, headers={"Host": "evil.example:80"}) == 10203
    assert refused(sandbox, "knobs", json={}, headers={"X-Forwarded-For": "10.0.0.1"}) == 10203
    preflight = sandbox.web.options(
        f"{sandbox.url}/control/knobs", headers={"Origin": "https://evil.example"}, timeout=9
    )
    assert "Access-Control-Allow-Origin" not in preflight.headers
    assert (
        sandbox.web.get(f"{sandbox.url}/control/", headers={"Host": "evil.example"}, timeout=9).status_code
        == 403
    )
    assert sandbox.control("knobs")["values"]["paging"] == "offset"


@pytest.mark.parametrize(
    "wrong",
    [{"nothing": 1}, {"paging": "x"}, {"auto_end": 1}, {"list_lag_s": -1}, {"list_lag_s": "5"}, {"x": None}],
)
def test_a_knob_that_does_not_fit_is_refused_and_none_is_turned(
    sandbox: Sandbox, wrong: dict[str, Any]
) -> None:
    assert refused(sandbox, "knobs", json={"total_form": "string", **wrong}) == 10003
    assert sandbox.control("knobs")["values"]["total_form"] == "number"


def test_every_knob_is_tagged_with_its_source_and_stands_on_the_page(sandbox: Sandbox) -> None:
    knobs = sandbox.control("knobs")["knobs"]
    sources = {
        "the document",
        "a later revision of the document",
        "seen in a client of the service",
        "our assumption",
    }
    assert {knob["source"] for knob in knobs} == sources
    page = sandbox.web.get(f"{sandbox.url}/control/", timeout=9).text
    assert [knob["name"] for knob in knobs if f"knob-{knob['name']}" not in page] == []


def planted(school: SandboxSchool, **changes: Any) -> dict[str, Any]:
    people = [
        {"user_id": "p-t", "role": "teacher"},
        {"user_id": "p-1", "role": "student", "nickname": "小明"},
    ]
    return {
        "sdkappid": school.app,
        "users": people,
        "class": {
            "teacher_id": "p-t", "class_topic": "昨天的课", "class_type": "1vN", "start_time": BEGIN - 60,
            "stop_time": END + 60, "real_start_time": BEGIN, "real_stop_time": END,
        },
        "members": [{"user_id": "p-1", "role": "student"}],
        "stays": [
            {"user_id": "p-t", "enter_time": BEGIN - 30, "camera": 1},
            {"user_id": "p-1", "enter_time": BEGIN + 61, "quit_time": BEGIN + 500},
            {"user_id": "p-1", "enter_time": BEGIN + 700, "quit_time": END - 1, "hand_up": 1},
        ],
    } | changes  # fmt: skip


def test_a_planted_class_looks_as_if_it_had_happened(
    school: SandboxSchool, receiver: CallbackReceiver
) -> None:
    told = school.sandbox.control("plant", planted(school, recordings=True, callbacks=True))
    info = school.info(told["class_id"])
    assert (info["class_status"], info["real_start_time"], info["real_stop_time"]) == ("end", BEGIN, END)
    assert info["member_count"] == 2
    assert told["teacher_url"].endswith(f"/{told['class_id']}/0")
    assert told["class_id"] in [one["class_id"] for one in school.ok("class/list", user_id="p-1")["list"]]
    history = school.ok("member/history/list", class_id=told["class_id"])["list"]
    assert [(one["user_id"], one["role"], one["enter_time"], one["quit_time"]) for one in history] == [
        ("p-t", "teacher", BEGIN - 30, END), ("p-1", "student", BEGIN + 61, BEGIN + 500),
        ("p-1", "student", BEGIN + 700, END - 1),
    ]  # fmt: skip
    assert history[2]["history_hand_up"] == 1
    assert [one.event for one in receiver.wait_for(3)] == ["class_begin", "class_over", "online_record_stop"]
    tracks = receiver.deliveries[-1].data["video_info"]
    assert [(one["video_type"], one["user_id"], one["video_duration"]) for one in tracks] == [
        (0, "p-t", 2700), (2, "", 2700),
    ]  # fmt: skip


def test_planting_a_key_twice_is_once_and_a_refused_batch_plants_nothing(school: SandboxSchool) -> None:
    body = planted(school, plant_key="monday")
    first, second = (school.sandbox.control("plant", body) for _ in range(2))
    assert (first["class_id"], first["planted"], second["planted"]) == (second["class_id"], True, False)
    before = school.ok("class/list")["total"]
    broken = planted(school, stays=[{"user_id": "p-1", "enter_time": 5, "quit_time": 4}])
    assert refused(school.sandbox, "plant", json={"classes": [planted(school), broken]}) == 10003
    assert school.ok("class/list")["total"] == before
    many = school.sandbox.control("plant", {"classes": [planted(school), planted(school)]})["planted"]
    assert len({one["class_id"] for one in many}) == 2


def test_a_running_and_a_coming_class_can_be_planted(school: SandboxSchool) -> None:
    now = int(time.time())
    body = planted(school, stays=[{"user_id": "p-1", "enter_time": now - 60, "mic": 1}])
    body["class"] |= {
        "start_time": now - 90,
        "stop_time": now + 900,
        "real_start_time": now - 80,
        "real_stop_time": 0,
    }
    running = school.sandbox.control("plant", body)["class_id"]
    assert school.info(running)["class_status"] == "ing"
    assert school.inside(running)["p-1"]["status"]["mic"] == 1
    body = planted(school, stays=[])
    del body["class"]["real_start_time"], body["class"]["real_stop_time"]
    coming = school.sandbox.control("plant", body)["class_id"]
    assert school.info(coming)["class_status"] == "will"


def test_a_class_that_was_created_can_be_held_in_the_past_once(
    school: SandboxSchool, receiver: CallbackReceiver
) -> None:
    body = planted(school, stays=[])
    del body["class"]["real_start_time"], body["class"]["real_stop_time"]
    body["class"]["record_types"] = ["remote"]
    coming = school.sandbox.control("plant", body)["class_id"]
    held = {
        "sdkappid": APP,
        "class_id": coming,
        "real_start_time": BEGIN,
        "real_stop_time": END,
        "stays": [{"user_id": "p-1", "enter_time": BEGIN + 5}],
        "recordings": True,
        "callbacks": True,
    }
    first, second = (school.sandbox.control("hold", held) for _ in range(2))
    assert (first["status"], first["held"], second["status"], second["held"]) == ("end", True, "end", False)
    info = school.info(coming)
    assert (info["class_status"], info["real_start_time"], info["real_stop_time"]) == ("end", BEGIN, END)
    history = school.ok("member/history/list", class_id=coming)["list"]
    assert [(one["user_id"], one["enter_time"], one["quit_time"]) for one in history] == [
        ("p-1", BEGIN + 5, END)
    ]
    assert [one.event for one in receiver.wait_for(3)] == ["class_begin", "class_over", "online_record_stop"]


def test_a_held_class_that_did_not_ask_for_a_recording_has_none(
    school: SandboxSchool, receiver: CallbackReceiver
) -> None:
    body = planted(school, stays=[])
    del body["class"]["real_start_time"], body["class"]["real_stop_time"]
    held = {
        "sdkappid": APP,
        "class_id": school.sandbox.control("plant", body)["class_id"],
        "real_start_time": BEGIN,
        "real_stop_time": END,
        "stays": [{"user_id": "p-t", "enter_time": BEGIN, "camera": 1}],
        "recordings": True,
        "callbacks": True,
    }
    school.sandbox.control("hold", held)

    assert [one.event for one in receiver.wait_for(2)] == ["class_begin", "class_over"]
    waiting = school.sandbox.control("callbacks", state="waiting")["callbacks"]
    assert "online_record_stop" not in {one["event"] for one in waiting}


def test_a_held_class_runs_until_its_stop_time_is_told(school: SandboxSchool) -> None:
    now = int(time.time())
    body = planted(school, stays=[])
    del body["class"]["real_start_time"], body["class"]["real_stop_time"]
    coming = school.sandbox.control("plant", body)["class_id"]
    about = {"sdkappid": APP, "class_id": coming}
    assert refused(school.sandbox, "hold", json=about) == 10003, "a class needs a time to begin"
    stays = [{"user_id": "p-1", "enter_time": now - 60}]
    school.sandbox.control("hold", {**about, "real_start_time": now - 90, "stays": stays})
    assert school.info(coming)["class_status"] == "ing"
    assert "p-1" in school.inside(coming)
    school.sandbox.control("hold", {**about, "real_stop_time": now - 10})
    assert (school.info(coming)["class_status"], school.info(coming)["real_stop_time"]) == ("end", now - 10)
    assert school.ok("member/history/list", class_id=coming)["list"][0]["quit_time"] == now - 10


@pytest.mark.parametrize(
    "changes",
    [
        {"sdkappid": "x"},
        {"class": {"class_topic": "no teacher"}},
        {"class": {"teacher_id": "p-t", "real_start_time": 9, "real_stop_time": 5}},
        {"stays": [{"user_id": "p-1"}]},
        {"recordings": True, "class": {"teacher_id": "p-t"}},
    ],
)
def test_a_plant_that_could_not_have_happened_is_refused(
    school: SandboxSchool, changes: dict[str, Any]
) -> None:
    assert refused(school.sandbox, "plant", json=planted(school, **changes)) == 10003


def test_the_clock_moves_stops_and_comes_back(school: SandboxSchool) -> None:
    clock = school.sandbox.control("clock", {"set": 2_000_000_000, "frozen": True})
    assert clock["now"] == 2_000_000_000
    assert school.info(school.lesson())["create_time"] == 2_000_000_000
    assert school.sandbox.control("clock", {"move": 3600})["now"] == 2_000_003_600
    school.sandbox.control("clock", {"frozen": False})
    assert 2_000_003_600 <= school.sandbox.control("clock")["now"] < 2_000_003_660
    assert abs(school.sandbox.control("clock", {"reset": True})["now"] - time.time()) < 2


def test_keys_and_the_room_address_of_a_school_can_be_set(school: SandboxSchool) -> None:
    school.sandbox.control("enterprise", {"sdkappid": school.app, "room_url": "https://class.example"})
    try:
        made = school.ok("class/create", teacher_id=school.person("teacher"), admin_id="a", admin_sig="s")
        assert made["student_url"] == f"https://class.example/{school.app}/{made['class_id']}/1"
    finally:
        school.sandbox.control("enterprise", {"sdkappid": school.app, "room_url": ""})


def test_a_school_that_is_removed_goes_with_all_that_it_had(school: SandboxSchool) -> None:
    service = school.sandbox
    number, gone = {"sdkappid": 1400000077}, {"sdkappid": 1400000077, "remove": True}
    service.control("enterprise", number | {"tic_key": KEY})
    service.keys[1400000077] = KEY
    other = SandboxSchool(service, 1400000077)
    school.knobs(recording_pace="manual")
    service.control("plant", planted(other, recordings=True))
    assert other.ok("class/list")["total"] == 1
    before = other.ok("business/info")["enterprise_id"]
    service.control("enterprise", gone | {"tic_key": KEY})
    assert (other.ok("class/list")["total"], other.ok("business/info")["enterprise_id"]) == (0, before)
    assert other.code("member/history/list", class_id=1) != 0
    service.control("enterprise", gone)
    assert (other.code("class/list"), refused(service, "enterprise", json=gone)) == (10270, 10270)
    del service.keys[1400000077]


def test_the_front_page_says_what_it_is_not(sandbox: Sandbox) -> None:
    page = sandbox.web.get(f"{sandbox.url}/?lang=en", timeout=9)
    assert "No audio or video" in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "没有音视频" in sandbox.web.get(f"{sandbox.url}/", timeout=9).text
