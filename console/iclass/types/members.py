"""Structs of the document's member module (成员模块)."""

from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from console.iclass.types.base import (
    ApiSecret,
    ApiStruct,
    Count,
    Gender,
    Index,
    Name,
    Role,
    RoleName,
    Size,
    Switch,
    UnreadableItem,
)


class ExpectedMember(ApiStruct, frozen=True, kw_only=True):
    user_id: Name
    role: RoleName


class MembersAdd(ApiStruct, frozen=True, kw_only=True):
    class_id: Count
    people: Annotated[list[ExpectedMember], Meta(min_length=1)] = msgspec.field(name="list")


class MembersDelete(ApiStruct, frozen=True, kw_only=True):
    class_id: Count
    people: Annotated[list[Name], Meta(min_length=1)] = msgspec.field(name="list")


class MemberRef(ApiStruct, frozen=True, kw_only=True):
    class_id: Count
    user_id: Name


class Join(ApiStruct, frozen=True, kw_only=True):
    class_id: Count
    user_id: Name
    camera: Switch
    mic: Switch
    speaker: Switch
    password: str | UnsetType = UNSET


class VisitorJoin(ApiStruct, frozen=True, kw_only=True):
    class_id: Count
    password: str | UnsetType = UNSET
    nickname: Name | UnsetType = UNSET


class MembersQuery(ApiStruct, frozen=True, kw_only=True):
    class_id: Count
    index: Index
    size: Size


class LastDeviceStates(ApiStruct, frozen=True, kw_only=True):
    """The last known states of a person's devices in a class: 0 off, 1 on, -1 unknown."""

    history_camera: int = -1
    history_mic: int = -1
    history_speaker: int = -1
    history_silence: int = -1
    history_hand_up: int = -1


class MicPermission(ApiStruct, frozen=True, kw_only=True):
    """Whether a member may use camera and microphone; only later revisions of the document have it."""

    KEY: ClassVar[str] = "user_id"

    user_id: str
    camera: int = 0
    mic: int = 0


class JoinResult(LastDeviceStates, frozen=True, kw_only=True):
    """The response to a member's entry."""

    role: Role
    member_permission_list: list[MicPermission] = []
    odd: list[UnreadableItem] = []


class Visitor(ApiStruct, frozen=True, kw_only=True):
    """A visitor created by the service; `user_sig` is valid for 24 hours."""

    user_id: str
    user_token: ApiSecret
    user_sig: ApiSecret


class VisitorAnswer(ApiStruct, frozen=True, kw_only=True):
    visitor_info: Visitor


class Devices(ApiStruct, frozen=True, kw_only=True):
    """The current states of a person's devices: 1 on, 0 off, -1 if the response does not state it."""

    camera: int = -1
    mic: int = -1
    speaker: int = -1
    silence: int = -1
    hand_up: int = -1


class RuntimeMember(ApiStruct, frozen=True, kw_only=True):
    """A person in the class now, including visitors. `enter_time` is in Unix seconds, 0 if unknown."""

    KEY: ClassVar[str] = "user_id"

    user_id: str
    nickname: str = ""
    gender: Gender = ""
    avatar: str = ""
    enter_time: int = 0
    role: Role = ""
    status: Devices = Devices()

    @classmethod
    def normalize(cls, raw: dict[str, Any]) -> dict[str, Any]:
        # The document's table writes `Status`; its example and real clients write `status`.
        return {"status": raw.get("Status"), **raw}


class HistoryMember(LastDeviceStates, frozen=True, kw_only=True):
    """A person who was in the class, without visitors. There may be one item per person or per stay.

    Times are Unix seconds; a `quit_time` of 0 means not yet.
    """

    KEY: ClassVar[str] = "user_id"

    user_id: str
    nickname: str = ""
    gender: Gender = ""
    avatar: str = ""
    enter_time: int = 0
    quit_time: int = 0
    role: Role = ""
