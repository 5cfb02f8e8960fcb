"""Shapes of the document's member module (成员模块)."""

from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from .base import Count, Gender, Hidden, Index, Name, OddLine, Role, RoleWord, Shape, Size, Switch


class Invited(Shape, frozen=True, kw_only=True):
    user_id: Name
    role: RoleWord


class MembersAdd(Shape, frozen=True, kw_only=True):
    class_id: Count
    people: Annotated[list[Invited], Meta(min_length=1)] = msgspec.field(name="list")


class MembersDelete(Shape, frozen=True, kw_only=True):
    class_id: Count
    people: Annotated[list[Name], Meta(min_length=1)] = msgspec.field(name="list")


class MemberRef(Shape, frozen=True, kw_only=True):
    class_id: Count
    user_id: Name


class Join(Shape, frozen=True, kw_only=True):
    class_id: Count
    user_id: Name
    camera: Switch
    mic: Switch
    speaker: Switch
    password: str | UnsetType = UNSET


class VisitorJoin(Shape, frozen=True, kw_only=True):
    class_id: Count
    password: str | UnsetType = UNSET
    nickname: Name | UnsetType = UNSET


class MembersQuery(Shape, frozen=True, kw_only=True):
    class_id: Count
    index: Index
    size: Size


class LastStates(Shape, frozen=True, kw_only=True):
    """A person's last states in a class: 0 off, 1 on, -1 unknown."""

    history_camera: int = -1
    history_mic: int = -1
    history_speaker: int = -1
    history_silence: int = -1
    history_hand_up: int = -1


class MicRight(Shape, frozen=True, kw_only=True):
    """Whether a member may use camera and microphone; only later revisions send it."""

    KEY: ClassVar[str] = "user_id"

    user_id: str
    camera: int = 0
    mic: int = 0


class Joined(LastStates, frozen=True, kw_only=True):
    """The answer to a member's entry."""

    role: Role
    member_permission_list: list[MicRight] = []
    odd: list[OddLine] = []


class Visitor(Shape, frozen=True, kw_only=True):
    """A visitor whom the service made up; `user_sig` is good for 24 hours."""

    user_id: str
    user_token: Hidden
    user_sig: Hidden


class VisitorAnswer(Shape, frozen=True, kw_only=True):
    visitor_info: Visitor


class Devices(Shape, frozen=True, kw_only=True):
    """What a person has switched on now: 1 on, 0 off; -1 where the answer does not tell."""

    camera: int = -1
    mic: int = -1
    speaker: int = -1
    silence: int = -1
    hand_up: int = -1


class RuntimeMember(Shape, frozen=True, kw_only=True):
    """Somebody in the class now, visitors too. `enter_time` is in unix seconds, 0 where unknown."""

    KEY: ClassVar[str] = "user_id"

    user_id: str
    nickname: str = ""
    gender: Gender = ""
    avatar: str = ""
    enter_time: int = 0
    role: Role = ""
    status: Devices = Devices()

    @classmethod
    def tidy(cls, raw: dict[str, Any]) -> dict[str, Any]:
        # The table writes `Status`, the example and real clients `status`.
        return {"status": raw.get("Status"), **raw}


class HistoryMember(LastStates, frozen=True, kw_only=True):
    """Somebody who was in the class, visitors left out. It may be one line a person or one line a stay.

    Times are unix seconds; a `quit_time` of 0 has not come yet.
    """

    KEY: ClassVar[str] = "user_id"

    user_id: str
    nickname: str = ""
    gender: Gender = ""
    avatar: str = ""
    enter_time: int = 0
    quit_time: int = 0
    role: Role = ""
