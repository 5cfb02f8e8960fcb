"""Structs of the document's enterprise module (企业模块)."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType

from console.iclass.types.base import ApiSecret, ApiStruct, Count, Name

NUMBERS = ("appid", "project_id")
Clearable = Annotated[
    str,
    Meta(
        pattern=r"\A(name|contact_user|phone_no|e_mail|appid|project_id|secret_id|secret_key|call_back_url)\Z"
    ),
]


class BusinessChange(ApiStruct, frozen=True, kw_only=True):
    """The fields of `/business/modify`; only the given ones are sent: an empty one would clear the field."""

    name: Name | UnsetType = UNSET
    contact_user: Name | UnsetType = UNSET
    phone_no: Name | UnsetType = UNSET
    e_mail: Name | UnsetType = UNSET
    appid: Count | UnsetType = UNSET
    project_id: Count | UnsetType = UNSET
    secret_id: Name | UnsetType = UNSET
    secret_key: Name | UnsetType = UNSET
    call_back_url: Name | UnsetType = UNSET


class BusinessModify(ApiStruct, frozen=True, kw_only=True):
    """The request `/business/modify`: fields with a new value, and fields to clear."""

    change: BusinessChange
    clear: list[Clearable] = []

    def to_payload(self) -> dict[str, Any]:
        cleared = {name: 0 if name in NUMBERS else "" for name in self.clear}
        return {**self.change.to_payload(), **cleared}


class BusinessInfo(ApiStruct, frozen=True, kw_only=True):
    """The enterprise. `create_time` is in Unix seconds, `valid_time` a duration in seconds."""

    sdkappid: int
    enterprise_id: str = ""
    busi_type: str = ""
    name: str = ""
    contact_user: str = ""
    phone_no: str = ""
    e_mail: str = ""
    create_time: int = 0
    valid_time: int = 0
    super_admin: str = ""
    icon: str = ""
    tic_key: ApiSecret = ApiSecret("")
    private_key: ApiSecret = ApiSecret("")
    bizid: int = 0
    call_back_url: str = ""
    project_id: int = 0
    appid: int = 0
    secret_id: str = ""
    secret_key: ApiSecret = ApiSecret("")

    @property
    def expires_at(self) -> int:
        """Unix seconds at which the account of the enterprise expires."""
        return self.create_time + self.valid_time
