"""Shapes of the document's account module (账号模块)."""

from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from ..errors import Refused
from .base import Gender, GenderWord, Hidden, Index, Name, OddLine, Role, RoleWord, Shape, Size

Password = Annotated[str, Meta(min_length=4, max_length=18)]


class NewUser(Shape, frozen=True, kw_only=True):
    """An account to be made. `password` comes from a later revision of the document."""

    user_id: Name
    role: RoleWord
    nickname: Name | UnsetType = UNSET
    gender: GenderWord | UnsetType = UNSET
    avatar: str | UnsetType = UNSET
    phone_no: str | UnsetType = UNSET
    e_mail: str | UnsetType = UNSET
    password: Password | UnsetType = UNSET


class NewUsers(Shape, frozen=True, kw_only=True):
    people: Annotated[list[NewUser], Meta(min_length=1)] = msgspec.field(name="list")


class UserChange(Shape, frozen=True, kw_only=True):
    """The fields of `/user/profile/modify`; only the given ones are sent."""

    role: RoleWord | UnsetType = UNSET
    nickname: str | UnsetType = UNSET
    gender: GenderWord | UnsetType = UNSET
    avatar: str | UnsetType = UNSET
    phone_no: str | UnsetType = UNSET
    e_mail: str | UnsetType = UNSET


class UserModify(Shape, frozen=True, kw_only=True):
    user_id: Name
    change: UserChange

    def wire(self) -> dict[str, Any]:
        return {"user_id": self.user_id, **self.change.wire()}


class UserRef(Shape, frozen=True, kw_only=True):
    user_id: Name


class UserQuery(Shape, frozen=True, kw_only=True):
    index: Index
    size: Size
    prefix: str
    roles: list[RoleWord] | UnsetType = UNSET


class RegisteredUser(Shape, frozen=True, kw_only=True):
    """A new account and its ticket, which is the person's password for the class client."""

    KEY: ClassVar[str] = "user_id"

    user_id: str
    user_token: Hidden


class RegisterAnswer(Shape, frozen=True, kw_only=True):
    user_list: list[RegisteredUser] = []
    repeats: list[str] = []
    odd: list[OddLine] = []


class TokenAnswer(Shape, frozen=True, kw_only=True):
    user_token: Hidden


@dataclass(frozen=True, slots=True)
class Registered:
    """What came of a registration: `users` were made, `repeats` (user ids) existed before.

    Both may be filled whatever the error_code was; `error` is the refusal, None at error_code 0.
    """

    users: list[RegisteredUser]
    repeats: list[str]
    error: Refused | None = None
    odd: list[OddLine] = field(default_factory=list)


class UserInfo(Shape, frozen=True, kw_only=True):
    """A person as `/user/info` and `/user/list` tell them. Times are unix seconds, 0 where unknown."""

    KEY: ClassVar[str] = "user_id"

    user_id: str
    role: Role
    nickname: str = ""
    gender: Gender = ""
    avatar: str = ""
    phone_no: str = ""
    e_mail: str = ""
    regist_time: int = 0
    update_time: int = 0


class UserInfoAnswer(Shape, frozen=True, kw_only=True):
    user_info: UserInfo
