"""The courseware module, against every example of the document."""

from collections.abc import Callable
from typing import Any

import pytest

from console.iclass import Client, DocumentInfo, NewDocument, NotFound, Unreadable, Unsendable
from tests.console.iclass.conftest import OK, StubService

INFO: dict[str, Any] = {
    "doc_id": "ywyzhohnx",
    "doc_name": "课件名字",
    "doc_url": "http://xxxx.ppt",
    "doc_ext": "ppt",
    "doc_md5": "c4ca4238a0b923820dcc509a6f75849b",
    "doc_size": 204800,
    "permission": "public",
    "owner": "ownerIdentifier",
    "upload_time": 1558350990,
    "is_transcode": False,
    "transcode_status": "",
    "transcode_code": 0,
    "transcode_msg": "",
    "transcode_result": "",
}
LINE = INFO | {
    "doc_id": "doc_id_1",
    "doc_name": "量子计算导论",
    "is_transcode": True,
    "transcode_status": "wait",
    "transcode_msg": "fail",
    "transcode_result": "url",
}

SENT: list[tuple[Callable[[Client], object], str, dict[str, Any]]] = [
    (
        lambda c: c.documents.add(
            NewDocument(
                doc_url="课件地址",
                doc_name="课件名字",
                doc_ext="ppt",
                doc_size=1024,
                doc_md5="c4ca4238a0b923820dcc509a6f75849b",
                permission="private",
                owner="xxx",
                is_transcode=False,
            )
        ),
        "document/add",
        {
            "doc_url": "课件地址",
            "doc_name": "课件名字",
            "doc_ext": "ppt",
            "doc_size": 1024,
            "doc_md5": "c4ca4238a0b923820dcc509a6f75849b",
            "permission": "private",
            "owner": "xxx",
            "is_transcode": False,
        },
    ),
    (
        lambda c: c.documents.delete(["doc_id_1", "doc_id_2"]),
        "document/delete",
        {"doc_ids": ["doc_id_1", "doc_id_2"]},
    ),
    (lambda c: c.documents.info("ywyzhohnx"), "document/info", {"doc_id": "ywyzhohnx"}),
    (
        lambda c: c.documents.list(0, 10, prefix="量子", permissions=["public", "private"]),
        "document/list",
        {"index": 0, "size": 10, "owner": "", "prefix": "量子", "permissions": ["public", "private"]},
    ),
    (
        lambda c: c.documents.list(100, owner="bob"),
        "document/list",
        {"index": 100, "size": 100, "owner": "bob", "prefix": ""},
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
    service.answer(OK | INFO | {"list": [], "total": 0, "finish": True})
    call(client)
    assert (service.last.endpoint, service.last.body) == (endpoint, body | {"expire_time": 1548247837})


@pytest.mark.parametrize(("told", "expected"), [("sdfjdskljflkdsf", "sdfjdskljflkdsf"), (4711, "4711")])
def test_add_reads_a_doc_id_of_either_kind(
    client: Client, service: StubService, told: object, expected: str
) -> None:
    service.answer(OK | {"doc_id": told})
    assert client.documents.add(NewDocument(doc_url="u", owner="bob")) == expected


def test_info_reads_the_example(client: Client, service: StubService) -> None:
    service.answer(OK | INFO)
    assert client.documents.info("ywyzhohnx") == DocumentInfo(**INFO)


def test_an_answer_about_another_document_is_not_read(client: Client, service: StubService) -> None:
    service.answer(OK | INFO)
    with pytest.raises(Unreadable, match="another thing"):
        client.documents.info("another")


def test_info_without_a_doc_id_is_of_the_one_that_was_asked_for(client: Client, service: StubService) -> None:
    service.answer(OK | {key: value for key, value in INFO.items() if key != "doc_id"})
    assert client.documents.info("ywyzhohnx").doc_id == "ywyzhohnx"


def test_list_reads_the_example_with_its_unlisted_status(client: Client, service: StubService) -> None:
    service.answer(OK | {"finish": True, "total": 100, "list": [LINE]})
    page = client.documents.list(0, 10)
    assert page.lines == [DocumentInfo(**LINE)]
    assert page.lines[0].transcode_status == "wait"
    assert (page.total, page.finish) == (100, True)


@pytest.mark.parametrize(
    ("changed", "name", "expected"),
    [
        ({"doc_id": 12}, "doc_id", "12"),
        ({"doc_md5": 0}, "doc_md5", "0"),
        ({"doc_size": "204800"}, "doc_size", 204800),
        ({"is_transcode": 1}, "is_transcode", True),
        ({"is_transcode": "false"}, "is_transcode", False),
        ({"transcode_status": None}, "transcode_status", ""),
    ],
)
def test_a_document_is_read_in_other_forms_too(
    client: Client, service: StubService, changed: dict[str, Any], name: str, expected: object
) -> None:
    service.answer(OK | {"finish": True, "total": 1, "list": [INFO | changed]})
    assert getattr(client.documents.list().lines[0], name) == expected


def test_an_invalid_parameter_of_info_means_no_such_document(client: Client, service: StubService) -> None:
    service.answer({"error_code": 10003, "error_msg": "invalid"})
    with pytest.raises(NotFound) as caught:
        client.documents.info("gone")
    assert caught.value.code == 10003


@pytest.mark.parametrize(
    "new",
    [
        NewDocument(doc_url="u"),
        NewDocument(doc_url="", owner="bob"),
        NewDocument(doc_url="u", owner="bob", doc_md5="C4CA4238A0B923820DCC509A6F75849B"),
        NewDocument(doc_url="u", owner="bob", doc_size=-1),
        NewDocument(doc_url="u", owner="bob", permission="secret"),
    ],
)
def test_what_the_document_does_not_allow_is_not_sent(
    client: Client, service: StubService, new: NewDocument
) -> None:
    with pytest.raises(Unsendable):
        client.documents.add(new)
    assert service.seen == []


def test_a_public_document_needs_no_owner(client: Client, service: StubService) -> None:
    service.answer(OK | {"doc_id": "d"})
    client.documents.add(NewDocument(doc_url="u", permission="public"))
    assert service.last.body["permission"] == "public"
