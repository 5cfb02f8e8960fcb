"""课件模块 and its transcoding."""

from typing import Any

import pytest
import requests

from tests.console.sandbox.conftest import SandboxSchool
from tests.support.callback_receiver import CallbackReceiver
from tests.support.covers import covers

CARD = {
    "doc_url": "https://x.example/y.ppt", "doc_name": "量子", "doc_ext": "ppt", "doc_size": 1024,
    "doc_md5": "c4ca4238a0b923820dcc509a6f75849b", "permission": "private", "owner": "o1",
}  # fmt: skip


def add(school: SandboxSchool, **changes: Any) -> str:
    return str(school.ok("document/add", **CARD | changes)["doc_id"])


@covers("document/add", *CARD)
@covers("document/info", "doc_id")
def test_a_card_is_told_as_it_was_added(school: SandboxSchool) -> None:
    doc_id = add(school)
    told = school.ok("document/info", doc_id=doc_id)
    assert told.pop("upload_time") > 1_600_000_000
    assert told == CARD | {
        "error_code": 0, "error_msg": "", "doc_id": doc_id, "is_transcode": False, "transcode_status": "",
        "transcode_code": 0, "transcode_msg": "", "transcode_result": "",
    }  # fmt: skip


def test_a_card_without_an_owner_is_public_and_one_with_an_owner_private_unless_said(
    school: SandboxSchool,
) -> None:
    nobody = school.ok("document/add", doc_url="u", permission="private")["doc_id"]
    assert school.ok("document/info", doc_id=nobody)["permission"] == "public"
    somebody = school.ok("document/add", doc_url="u", owner="o")["doc_id"]
    assert school.ok("document/info", doc_id=somebody)["permission"] == "private"
    assert school.ok("document/info", doc_id=add(school, permission="public"))["permission"] == "public"


@covers("document/delete", "doc_ids")
def test_deleting_takes_the_known_and_refuses_where_none_is_known(
    school: SandboxSchool, other_school: SandboxSchool
) -> None:
    first, second = add(school), add(school)
    assert other_school.code("document/delete", doc_ids=[first]) == 10003
    school.ok("document/delete", doc_ids=[first, "unknown"])
    assert school.code("document/info", doc_id=first) == 10003
    assert school.code("document/info", doc_id=second) == 0
    assert school.code("document/delete", doc_ids=[first]) == 10003
    school.knobs(second_delete="ok")
    assert school.code("document/delete", doc_ids=[first]) == 0


@covers("document/list", "index", "size", "prefix", "owner", "permissions")
def test_lists_are_cut_and_filtered(school: SandboxSchool) -> None:
    mine = [
        add(school, owner="lister", doc_name=f"List_{n}", permission=p)
        for n, p in enumerate(("private", "public"))
    ]
    add(school, owner="lister", doc_name="list_small")
    add(school, owner="other", doc_name="List_3")

    def ids(**body: Any) -> list[str]:
        return [one["doc_id"] for one in school.ok("document/list", **body)["list"]]

    assert ids(owner="lister", prefix="List_") == mine
    assert ids(owner="lister", prefix="List_", permissions=["public"]) == mine[1:]
    assert ids(owner="lister", prefix="List_", permissions=[], index=1, size=5) == mine[1:]
    assert len(ids(prefix="List_")) == 3
    assert school.code("document/list", permissions=["secret"]) == 10003


@pytest.mark.parametrize(
    "changes",
    [{"doc_url": ""}, {"doc_size": "1"}, {"doc_md5": 1.5}, {"permission": "x"}, {"is_transcode": 1}],
)
def test_ill_typed_fields_are_refused(school: SandboxSchool, changes: dict[str, Any]) -> None:
    assert school.code("document/add", **CARD | changes) == 10003


@covers("document/add", "is_transcode")
def test_transcoding_tells_of_each_step_and_ends_in_a_result(
    school: SandboxSchool, receiver: CallbackReceiver
) -> None:
    school.knobs(transcode_pace="manual")
    doc_id = add(school, is_transcode=True)
    seen = [school.ok("document/info", doc_id=doc_id)["transcode_status"]]
    for _ in range(3):
        school.sandbox.control("advance", {"kind": "transcode", "doc_id": doc_id})
        seen.append(school.ok("document/info", doc_id=doc_id)["transcode_status"])
    assert seen == ["wait", "queued", "processing", "finished"]
    told = [one.data for one in receiver.wait_for(3, "transport_progress")]
    assert [(one["status"], one["progress"]) for one in told] == [
        ("queued", 0),
        ("processing", 50),
        ("finished", 100),
    ]
    assert {one["title"] for one in told} == {"量子"}
    assert [bool(one["h5_url"]) for one in told] == [False, False, True]
    assert school.ok("document/info", doc_id=doc_id)["transcode_result"] == told[-1]["h5_url"]


def test_behind_the_result_lies_a_page_that_a_console_may_frame(school: SandboxSchool) -> None:
    school.knobs(transcode_pace="immediate")
    doc_id = add(school, is_transcode=True)
    address = school.ok("document/info", doc_id=doc_id)["transcode_result"]
    page = requests.get(address, timeout=10)
    assert (page.status_code, "量子" in page.text, page.text.count("<section")) == (200, True, 20)
    assert "frame-ancestors http: https:" in page.headers["Content-Security-Policy"]
    other = requests.get(school.sandbox.url, timeout=10)
    assert "frame-ancestors 'none'" in other.headers["Content-Security-Policy"]
    assert requests.get(address.replace(doc_id, add(school)), timeout=10).status_code == 404
    school.ok("document/delete", doc_ids=[doc_id])
    assert requests.get(address, timeout=10).status_code == 404


def test_transcoding_takes_its_time_or_none_by_the_pace(school: SandboxSchool) -> None:
    school.knobs(transcode_pace="immediate")
    at_once = school.ok("document/info", doc_id=add(school, is_transcode=True))
    assert at_once["transcode_status"] == "finished"
    school.knobs(transcode_pace="timed", transcode_step_s=100)
    doc_id = add(school, is_transcode=True)
    for status in ("queued", "processing", "finished"):
        school.sandbox.control("clock", {"move": 100})
        assert school.ok("document/info", doc_id=doc_id)["transcode_status"] == status


@pytest.mark.parametrize("status", ["queued", "processing", "finished"])
def test_a_failed_transcoding_carries_a_code_at_one_of_the_three_statuses(
    school: SandboxSchool, receiver: CallbackReceiver, status: str
) -> None:
    school.knobs(transcode_pace="immediate", transcode_outcome="fails", transcode_failed_status=status)
    told = school.ok("document/info", doc_id=add(school, is_transcode=True))
    assert told["transcode_status"] == status
    assert told["transcode_code"] != 0
    assert told["transcode_msg"]
    assert told["transcode_result"] == ""
    receiver.until(
        lambda: receiver.deliveries[-1:] != [] and receiver.deliveries[-1].data["error_code"] != 0, 10
    )
    last = receiver.deliveries[-1].data
    assert (last["status"], last["error_code"], last["h5_url"]) == (status, told["transcode_code"], "")


def test_without_the_white_list_no_transcoding_is_made(school: SandboxSchool) -> None:
    school.knobs(transcode_allowed=False)
    assert school.code("document/add", **CARD, is_transcode=True) == 10250
    assert school.code("document/add", **CARD, is_transcode=False) == 0
