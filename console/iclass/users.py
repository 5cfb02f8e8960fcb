"""The account module (账号模块) of the document: people registered, changed and listed."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from .answers import Answer, Ask, about
from .errors import AlreadyExists, Unreadable
from .shapes.base import Page
from .shapes.users import (
    NewUser,
    NewUsers,
    RegisterAnswer,
    Registered,
    TokenAnswer,
    UserChange,
    UserInfo,
    UserInfoAnswer,
    UserModify,
    UserQuery,
    UserRef,
)


class Users:
    def __init__(self, ask: Ask, attempt: Ask) -> None:
        self._ask = ask
        self._attempt = attempt

    def register(self, new: Sequence[NewUser]) -> Registered:
        """创建账号 `/user/register`.

        Some may be made and others repeated in one answer, whatever its error_code: so a refusal that names
        people, or that only says "exists", comes back as `error` of the result. Any other is raised.
        """
        answer = self._attempt("user/register", NewUsers(people=list(new)))
        lists = _lists(answer)
        named = lists.user_list or lists.repeats or lists.odd
        if answer.error and not named and not isinstance(answer.error, AlreadyExists):
            raise answer.error
        return Registered(users=lists.user_list, repeats=lists.repeats, error=answer.error, odd=lists.odd)

    def modify(self, user_id: str, **change: Any) -> None:
        """修改账号信息 `/user/profile/modify`, with the fields of UserChange that are given."""
        self._ask("user/profile/modify", UserModify(user_id=user_id, change=UserChange(**change)))

    def new_token(self, user_id: str) -> str:
        """更新账号票据 `/user/token/update`: a new ticket, after which the old one is no longer good.

        The ticket is the person's password for the class client: a secret.
        """
        return self._ask("user/token/update", UserRef(user_id=user_id)).read(TokenAnswer).user_token.reveal()

    def info(self, user_id: str) -> UserInfo:
        """查询用户详情 `/user/info`. NotFound where there is none."""
        info = self._ask("user/info", UserRef(user_id=user_id)).read(UserInfoAnswer).user_info
        about("user/info", user_id, info.user_id)
        return info

    def list(
        self, index: int = 0, size: int = 100, roles: Sequence[str] | None = None, prefix: str = ""
    ) -> Page[UserInfo]:
        """查询用户列表 `/user/list`, `size` (at most 100) lines from row `index` on.

        `prefix` is the beginning of the user id; no roles mean all of them.
        """
        query = UserQuery(index=index, size=size, prefix=prefix, roles=list(roles) if roles else UNSET)
        return self._ask("user/list", query).page(UserInfo, index)


def _lists(answer: Answer) -> RegisterAnswer:
    """Who was made and who existed; a refusal without readable lists names nobody."""
    try:
        return answer.read(RegisterAnswer)
    except Unreadable:
        if answer.error is None:
            raise
    return RegisterAnswer()
