"""课件模块 of /paas/v1."""

from dataclasses import replace

from console.sandbox import choices
from console.sandbox.endpoint import Answer, Call, Endpoint
from console.sandbox.fields import Bool, Field, Int, ListOf, Text, TextOrInt
from console.sandbox.services import documents, paging
from console.sandbox.store.models import Document

ADD_FIELDS: tuple[Field, ...] = (
    Text("doc_url", required=True, least=1),
    Text("doc_name"),
    Text("doc_ext"),
    Int("doc_size", least=0),
    TextOrInt("doc_md5"),
    Text("permission", words=choices.PERMISSIONS),
    Bool("is_transcode"),
    Text("owner"),
)
INFO_FIELDS: tuple[Field, ...] = (
    Text("doc_id", required=True),
    *(replace(field, required=True) for field in ADD_FIELDS),
    Int("upload_time", required=True),
    Text("transcode_status", required=True),
    Int("transcode_code", required=True),
    Text("transcode_msg", required=True),
    Text("transcode_result", required=True),
)
DOC_ID = Text("doc_id", required=True, least=1)


def document_info(document: Document) -> Answer:
    """Return the fields of document/info and document/list."""
    return {field.name: getattr(document, field.name) for field in INFO_FIELDS}


def add(call: Call) -> Answer:
    """添加课件."""
    return {"doc_id": documents.add(call.enterprise, call.body).doc_id}


def delete(call: Call) -> Answer:
    """删除课件."""
    documents.delete(call.enterprise, call.body["doc_ids"])
    return {}


def info(call: Call) -> Answer:
    """查询课件信息."""
    return document_info(documents.find(call.enterprise, call.body["doc_id"]))


def list_documents(call: Call) -> Answer:
    """查询课件列表."""
    return paging.list_page(documents.filter_documents(call.enterprise, call.body), call.body, document_info)


LIST_PARAMETERS = (
    *paging.PAGE_PARAMETERS,
    Text("prefix"),
    Text("owner"),
    ListOf("permissions", Text("", words=choices.PERMISSIONS)),
)

ENDPOINTS = (
    Endpoint("document/add", "添加课件", add, ADD_FIELDS, (DOC_ID,), writes=True),
    Endpoint(
        "document/delete", "删除课件", delete, (ListOf("doc_ids", Text(""), required=True),), writes=True
    ),
    Endpoint("document/info", "查询课件信息", info, (DOC_ID,), INFO_FIELDS),
    Endpoint(
        "document/list",
        "查询课件列表",
        list_documents,
        LIST_PARAMETERS,
        paging.list_answer_fields(*INFO_FIELDS),
    ),
)
