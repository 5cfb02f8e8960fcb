"""课件模块 of /paas/v1."""

from dataclasses import replace

from .. import words
from ..endpoint import Answer, Call, Endpoint
from ..fields import Bool, Field, Int, ListOf, Loose, Text
from ..rules import documents, paging
from ..store.models import Document

FORM: tuple[Field, ...] = (
    Text("doc_url", required=True, least=1),
    Text("doc_name"),
    Text("doc_ext"),
    Int("doc_size", least=0),
    Loose("doc_md5"),
    Text("permission", words=words.PERMISSIONS),
    Bool("is_transcode"),
    Text("owner"),
)
CARD: tuple[Field, ...] = (
    Text("doc_id", required=True),
    *(replace(field, required=True) for field in FORM),
    Int("upload_time", required=True),
    Text("transcode_status", required=True),
    Int("transcode_code", required=True),
    Text("transcode_msg", required=True),
    Text("transcode_result", required=True),
)
DOC_ID = Text("doc_id", required=True, least=1)


def card(document: Document) -> Answer:
    """What document/info and document/list say of a card."""
    return {field.name: getattr(document, field.name) for field in CARD}


def add(call: Call) -> Answer:
    """添加课件."""
    return {"doc_id": documents.add(call.enterprise, call.body).doc_id}


def delete(call: Call) -> Answer:
    """删除课件."""
    documents.delete(call.enterprise, call.body["doc_ids"])
    return {}


def info(call: Call) -> Answer:
    """查询课件信息."""
    return card(documents.find(call.enterprise, call.body["doc_id"]))


def listing(call: Call) -> Answer:
    """查询课件列表."""
    return paging.page(documents.listed(call.enterprise, call.body), call.body, card)


FILTER = (
    *paging.PAGE,
    Text("prefix"),
    Text("owner"),
    ListOf("permissions", Text("", words=words.PERMISSIONS)),
)

ENDPOINTS = (
    Endpoint("document/add", "添加课件", add, FORM, (DOC_ID,), writes=True),
    Endpoint(
        "document/delete", "删除课件", delete, (ListOf("doc_ids", Text(""), required=True),), writes=True
    ),
    Endpoint("document/info", "查询课件信息", info, (DOC_ID,), CARD),
    Endpoint("document/list", "查询课件列表", listing, FILTER, paging.answer_of(*CARD)),
)
