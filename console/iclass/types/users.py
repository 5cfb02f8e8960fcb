"""Structs of the document's account module (账号模块)."""

from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from console.iclass.errors import Refused
from console.iclass.types.base import (
    ApiSecret,
    ApiStruct,
    Gender,
    GenderName,
    Index,
    Name,
    Role,
    RoleName,
    Size,
    UnreadableItem,
)

Password = Annotated[str, Meta(min_length=4, max_length=18)]


class NewUser(ApiStruct, frozen=True, kw_only=True):
    """An account to create. `password` comes from a later revision of the document."""

    user_id: Name
    role: RoleName
    nickname: Name | UnsetType = UNSET
    gender: GenderName | UnsetType = UNSET
    avatar: str | UnsetType = UNSET
    phone_no: str | UnsetType = UNSET
    e_mail: str | UnsetType = UNSET
    password: Password | UnsetType = UNSET


class NewUsers(ApiStruct, frozen=True, kw_only=True):
    people: Annotated[list[NewUser], Meta(min_length=1)] = msgspec.field(name="list")


class UserChange(ApiStruct, frozen=True, kw_only=True):
    """The fields of `/user/profile/modify`; only the given ones are sent."""

    role: RoleName | UnsetType = UNSET
    nickname: str | UnsetType = UNSET
    gender: GenderName | UnsetType = UNSET
    avatar: str | UnsetType = UNSET
    phone_no: str | UnsetType = UNSET
    e_mail: str | UnsetType = UNSET


class UserModify(ApiStruct, frozen=True, kw_only=True):
    user_id: Name
    change: UserChange

    def to_payload(self) -> dict[str, Any]:
        return {"user_id": self.user_id, **self.change.to_payload()}


class UserRef(ApiStruct, frozen=True, kw_only=True):
    user_id: Name


class UserQuery(ApiStruct, frozen=True, kw_only=True):
    index: Index
    size: Size
    prefix: str
    roles: list[RoleName] | UnsetType = UNSET


class RegisteredUser(ApiStruct, frozen=True, kw_only=True):
    """A new account and its ticket, which is the person's password for the class client."""

    KEY: ClassVar[str] = "user_id"

    user_id: str
    user_token: ApiSecret


class RegisterAnswer(ApiStruct, frozen=True, kw_only=True):
    user_list: list[RegisteredUser] = []
    repeats: list[str] = []
    odd: list[UnreadableItem] = []


class TokenAnswer(ApiStruct, frozen=True, kw_only=True):
    user_token: ApiSecret


@dataclass(frozen=True, slots=True)
class RegistrationResult:
    """The result of a registration: `users` were created, `repeats` (user IDs) existed before.

    Both may be filled whatever the error_code; `error` is the refusal, None at error_code 0.
    """

    users: list[RegisteredUser]
    repeats: list[str]
    error: Refused | None = None
    odd: list[UnreadableItem] = field(default_factory=list)


class UserInfo(ApiStruct, frozen=True, kw_only=True):
    """A person as in `/user/info` and `/user/list`. Times are Unix seconds, 0 if unknown."""

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


class UserInfoAnswer(ApiStruct, frozen=True, kw_only=True):
    user_info: UserInfo
