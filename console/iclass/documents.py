"""The courseware module of the document (课件模块)."""

from collections.abc import Sequence

from msgspec import UNSET

from console.iclass.responses import SendRequest, check_same_subject
from console.iclass.types.base import Page
from console.iclass.types.documents import (
    AddedDocument,
    DocumentIds,
    DocumentInfo,
    DocumentQuery,
    DocumentRef,
    NewDocument,
)


class Documents:
    def __init__(self, ask: SendRequest) -> None:
        self._ask = ask

    def add(self, new: NewDocument) -> str:
        """添加课件 `/document/add`: return the new doc_id. Unkeyed: sent twice, it creates two documents."""
        return self._ask("document/add", new).read(AddedDocument).doc_id

    def delete(self, doc_ids: Sequence[str]) -> None:
        """删除课件 `/document/delete`."""
        self._ask("document/delete", DocumentIds(doc_ids=list(doc_ids)))

    def info(self, doc_id: str) -> DocumentInfo:
        """查询课件信息 `/document/info`. NotFound if there is none."""
        # The document's table omits doc_id from the response; its example includes it.
        answer = self._ask("document/info", DocumentRef(doc_id=doc_id)).with_default("doc_id", doc_id)
        info = answer.read(DocumentInfo)
        check_same_subject("document/info", doc_id, info.doc_id)
        return info

    def list(
        self,
        index: int = 0,
        size: int = 100,
        prefix: str = "",
        owner: str = "",
        permissions: Sequence[str] | None = None,
    ) -> Page[DocumentInfo]:
        """查询课件列表 `/document/list`: `size` (at most 100) rows from row `index` on.

        `prefix` is the beginning of the name; without permissions, documents of all permissions are listed.
        """
        query = DocumentQuery(
            index=index,
            size=size,
            prefix=prefix,
            owner=owner,
            permissions=list(permissions) if permissions else UNSET,
        )
        return self._ask("document/list", query).page(DocumentInfo, index)
