"""Structs of the document's courseware module (课件模块)."""

from typing import Annotated, Any, ClassVar

from msgspec import UNSET, Meta, UnsetType

from console.iclass.errors import Unsendable
from console.iclass.types.base import ApiStruct, Count, Index, Name, Size

Permission = Annotated[str, Meta(pattern=r"\A(public|private)\Z")]
Md5 = Annotated[str, Meta(pattern=r"\A([0-9a-f]{32})?\Z")]


class NewDocument(ApiStruct, frozen=True, kw_only=True):
    """Courseware to add. `doc_name` has no extension, `doc_size` is in bytes, `doc_md5` lower-case hex.

    A private document requires an owner: without one the service makes it public.
    """

    doc_url: Name
    doc_name: str = ""
    doc_ext: str = ""
    doc_size: Count = 0
    doc_md5: Md5 = ""
    permission: Permission = "private"
    owner: str = ""
    is_transcode: bool = False

    def to_payload(self) -> dict[str, Any]:
        if self.permission == "private" and not self.owner:
            raise Unsendable("a private document needs an owner")
        return super().to_payload()


class DocumentIds(ApiStruct, frozen=True, kw_only=True):
    doc_ids: Annotated[list[Name], Meta(min_length=1)]


class DocumentRef(ApiStruct, frozen=True, kw_only=True):
    doc_id: Name


class DocumentQuery(ApiStruct, frozen=True, kw_only=True):
    index: Index
    size: Size
    prefix: str
    owner: str
    permissions: list[Permission] | UnsetType = UNSET


class AddedDocument(ApiStruct, frozen=True, kw_only=True):
    doc_id: str


class DocumentInfo(ApiStruct, frozen=True, kw_only=True):
    """Courseware as in `/document/info` and `/document/list`.

    `transcode_status` keeps values that the document does not list; `transcode_result` is the URL of the H5
    pages.
    """

    KEY: ClassVar[str] = "doc_id"

    doc_id: str
    doc_url: str
    doc_name: str = ""
    doc_ext: str = ""
    doc_size: int = 0
    doc_md5: str = ""
    permission: str = "private"
    owner: str = ""
    upload_time: int = 0
    is_transcode: bool = False
    transcode_status: str = ""
    transcode_code: int = 0
    transcode_msg: str = ""
    transcode_result: str = ""
