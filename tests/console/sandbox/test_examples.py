"""Every JSON example of the document (copied into examples.json), replayed."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.console.sandbox.conftest import SandboxSchool
from tests.support.callback_receiver import CallbackReceiver
from tests.support.covers import covers

EXAMPLES = json.loads(Path(__file__).with_name("examples.json").read_text())
REQUESTS = {
    one["of"]: one["text"] for one in EXAMPLES if one["kind"] == "request" and one["of"] != "callback"
}
ANSWERS = {
    one["of"]: one["text"] for one in EXAMPLES if one["kind"] == "response" and one["of"] != "callback"
}
EVENTS = {one["of"]: json.loads(one["text"]) for one in EXAMPLES if one["kind"] == "data"}
# The one example that is no JSON: its last comma is too many.
BAD_JSON = ANSWERS["business/modify"]
# Fields of the tables that no example shows.
ALSO = {"transport_progress": {"h5_url": ""}}


def prepared(school: SandboxSchool, endpoint: str) -> dict[str, Any]:
    """The example's own body, its made-up ids put in the place of real ones where it needs them."""
    body = json.loads(REQUESTS[endpoint])
    if endpoint == "user/register":
        body["list"][0]["user_id"] = f"example-{id(body)}"
    elif "user_id" in body and endpoint != "class/list":
        body["user_id"] = school.person()
    if endpoint == "class/create":
        body["teacher_id"] = school.person("teacher")
        for member in body["members"]:
            member["user_id"] = school.person()
    if endpoint in ("member/add", "member/delete"):
        people = [school.person() for _ in body["list"]]
        body["list"] = people if endpoint == "member/delete" else [
            {**one, "user_id": user_id} for one, user_id in zip(body["list"], people, strict=True)
        ]  # fmt: skip
    if endpoint == "user/token/update":
        body["user_id"] = school.person()
    if "class_id" in body:
        body["class_id"] = school.lesson(class_type="public", start_time=1558350988, max_member_limit=6)
        if endpoint in ("class/stop", "member/quit"):
            school.ok("class/start", class_id=body["class_id"])
        if endpoint.startswith(("member/runtime", "member/history")):
            user_id = school.person()
            school.ok("member/join", class_id=body["class_id"], user_id=user_id)
            school.ok("member/quit", class_id=body["class_id"], user_id=user_id)
            school.ok("member/join", class_id=body["class_id"], user_id=user_id)
    if endpoint == "document/info":
        body["doc_id"] = school.ok("document/add", doc_url="http://x/y.ppt")["doc_id"]
    if endpoint == "document/delete":
        body["doc_ids"] = [school.ok("document/add", doc_url="http://x/y.ppt")["doc_id"] for _ in range(2)]
    if endpoint in ("document/list", "class/list", "user/list"):
        school.ok("document/add", doc_url="http://x/y.ppt", doc_name="量子计算导论")
        school.lesson()
    return dict(body)


def same_shape(told: Any, example: Any, path: str = "") -> list[str]:
    """Where an answer lacks a key of the example or holds another type; lists are compared by first rows."""
    if isinstance(example, dict):
        if not isinstance(told, dict):
            return [f"{path}: no object"]
        gaps = [f"{path}.{key} is missing" for key in example if key not in told]
        return gaps + [
            gap for key in example if key in told for gap in same_shape(told[key], example[key], key)
        ]
    if isinstance(example, list):
        if not isinstance(told, list):
            return [f"{path}: no array"]
        return same_shape(told[0], example[0], f"{path}[]") if told and example else []
    return (
        []
        if type(told) is type(example)
        else [f"{path}: {type(told).__name__}, not {type(example).__name__}"]
    )


@covers("*", "every answer field of an example")
@pytest.mark.parametrize("endpoint", sorted(REQUESTS))
def test_an_example_is_accepted_and_answered_in_the_shape_of_its_own_answer(
    school: SandboxSchool, endpoint: str
) -> None:
    told = school.ok(endpoint, **prepared(school, endpoint))
    text = ANSWERS[endpoint]
    if endpoint == "business/modify":
        text = text.replace(",\n}", "\n}")
    assert same_shape(told, json.loads(text)) == []


def test_all_27_endpoints_have_an_example_and_all_61_examples_are_kept() -> None:
    assert (len(REQUESTS), len(ANSWERS), len(EXAMPLES)) == (27, 27, 61)


def test_the_one_example_that_is_no_json_is_answered_as_unreadable(school: SandboxSchool) -> None:
    with pytest.raises(json.JSONDecodeError):
        json.loads(BAD_JSON)
    url = school.sandbox.signed("business/modify")
    assert school.sandbox.web.post(url, data=BAD_JSON.encode(), timeout=10).json()["error_code"] == 10000


def test_the_five_events_come_in_the_shape_of_their_examples(
    school: SandboxSchool, receiver: CallbackReceiver, remote: dict[str, Any]
) -> None:
    teacher = school.person("teacher")
    class_id = school.lesson(teacher_id=teacher, **remote)
    for event in EVENTS:
        assert event in (
            "class_begin",
            "class_over",
            "online_record_start",
            "online_record_stop",
            "transport_progress",
        )
    school.knobs(transcode_pace="immediate", recording_pace="immediate")
    client = school.client(teacher)
    client.ok("member/join", class_id=class_id, camera=1)
    client.ok("class/start", class_id=class_id)
    client.ok("class/stop", class_id=class_id)
    school.ok("document/add", doc_url="http://x/y.ppt", doc_name="PPT名字", is_transcode=True)
    for event, example in EVENTS.items():
        told = receiver.wait_for(1, event)[-1].data
        assert same_shape(told, example | ALSO.get(event, {})) == [], event


def test_the_callback_template_is_kept(school: SandboxSchool, receiver: CallbackReceiver) -> None:
    template = next(json.loads(one["text"]) for one in EXAMPLES if one["of"] == "callback")
    school.sandbox.control("callbacks", {"sdkappid": school.app, **template})
    assert receiver.wait_for(1, "class_begin")[0].body == template
