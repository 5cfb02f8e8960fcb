"""The account module (账号模块) of the document: register, change and list users."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from console.iclass.errors import AlreadyExists, Unreadable
from console.iclass.responses import ApiResponse, SendRequest, check_same_subject
from console.iclass.types.base import Page
from console.iclass.types.users import (
    NewUser,
    NewUsers,
    RegisterAnswer,
    RegistrationResult,
    TokenAnswer,
    UserChange,
    UserInfo,
    UserInfoAnswer,
    UserModify,
    UserQuery,
    UserRef,
)


class Users:
    def __init__(self, ask: SendRequest, attempt: SendRequest) -> None:
        self._ask = ask
        self._attempt = attempt

    def register(self, new: Sequence[NewUser]) -> RegistrationResult:
        """创建账号 `/user/register`.

        Some users may be created and others repeated in one response, whatever its error_code. So a refusal
        that names users, or that only says "exists", is returned as `error` of the result. Others are raised.
        """
        answer = self._attempt("user/register", NewUsers(people=list(new)))
        lists = _registration_lists(answer)
        named = lists.user_list or lists.repeats or lists.odd
        if answer.error and not named and not isinstance(answer.error, AlreadyExists):
            raise answer.error
        return RegistrationResult(
            users=lists.user_list, repeats=lists.repeats, error=answer.error, odd=lists.odd
        )

    def modify(self, user_id: str, **change: Any) -> None:
        """修改账号信息 `/user/profile/modify`, with the given fields of UserChange."""
        self._ask("user/profile/modify", UserModify(user_id=user_id, change=UserChange(**change)))

    def new_token(self, user_id: str) -> str:
        """更新账号票据 `/user/token/update`: return a new ticket; the old one becomes invalid.

        The ticket is the person's password for the class client: a secret.
        """
        return self._ask("user/token/update", UserRef(user_id=user_id)).read(TokenAnswer).user_token.reveal()

    def info(self, user_id: str) -> UserInfo:
        """查询用户详情 `/user/info`. NotFound if there is none."""
        info = self._ask("user/info", UserRef(user_id=user_id)).read(UserInfoAnswer).user_info
        check_same_subject("user/info", user_id, info.user_id)
        return info

    def list(
        self, index: int = 0, size: int = 100, roles: Sequence[str] | None = None, prefix: str = ""
    ) -> Page[UserInfo]:
        """查询用户列表 `/user/list`: `size` (at most 100) rows from row `index` on.

        `prefix` is the beginning of the user ID; without roles, users of all roles are listed.
        """
        query = UserQuery(index=index, size=size, prefix=prefix, roles=list(roles) if roles else UNSET)
        return self._ask("user/list", query).page(UserInfo, index)


def _registration_lists(answer: ApiResponse) -> RegisterAnswer:
    """Return the created and the existing users; a refusal without readable lists names nobody."""
    try:
        return answer.read(RegisterAnswer)
    except Unreadable:
        if answer.error is None:
            raise
    return RegisterAnswer()
