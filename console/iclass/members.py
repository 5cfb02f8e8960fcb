"""The member module of the document (成员模块): expected, present and past members of a class."""

from collections.abc import Sequence

from msgspec import UNSET

from console.iclass.responses import SendRequest
from console.iclass.types.base import Page
from console.iclass.types.classes import ClassRef
from console.iclass.types.members import (
    ExpectedMember,
    HistoryMember,
    Join,
    JoinResult,
    MemberRef,
    MembersAdd,
    MembersDelete,
    MembersQuery,
    RuntimeMember,
    Visitor,
    VisitorAnswer,
    VisitorJoin,
)


class Members:
    def __init__(self, ask: SendRequest) -> None:
        self._ask = ask

    def add(self, class_id: int, people: Sequence[tuple[str, str]]) -> None:
        """添加课堂预约成员 `/member/add`: add expected members, each as (user_id, role)."""
        invited = [ExpectedMember(user_id=user_id, role=role) for user_id, role in people]
        self._ask("member/add", MembersAdd(class_id=class_id, people=invited))

    def delete(self, class_id: int, user_ids: Sequence[str]) -> None:
        """删除课堂预约成员 `/member/delete`: remove expected members."""
        self._ask("member/delete", MembersDelete(class_id=class_id, people=list(user_ids)))

    def join(
        self,
        class_id: int,
        user_id: str,
        password: str | None = None,
        camera: int = 0,
        mic: int = 0,
        speaker: int = 0,
    ) -> JoinResult:
        """成员加入课堂 `/member/join`; devices are 1 on, 0 off. LessonOver, NotAMember, WrongPassword …"""
        body = Join(
            class_id=class_id,
            user_id=user_id,
            password=UNSET if password is None else password,
            camera=camera,
            mic=mic,
            speaker=speaker,
        )
        del password  # or a traceback with variables would show it
        return self._ask("member/join", body).read(JoinResult)

    def visitor_join(
        self, class_id: int, password: str | None = None, nickname: str | None = None
    ) -> Visitor:
        """游客加入课堂 `/member/visitor/join`: a visitor account that the service creates."""
        body = VisitorJoin(
            class_id=class_id,
            password=UNSET if password is None else password,
            nickname=UNSET if nickname is None else nickname,
        )
        del password  # or a traceback with variables would show it
        return self._ask("member/visitor/join", body).read(VisitorAnswer).visitor_info

    def quit(self, class_id: int, user_id: str) -> None:
        """成员退出课堂 `/member/quit`."""
        self._ask("member/quit", MemberRef(class_id=class_id, user_id=user_id))

    def runtime_list(self, class_id: int, index: int = 0, size: int = 100) -> Page[RuntimeMember]:
        """获取课堂实时成员列表 `/member/runtime/list`: the people in the class now, including visitors."""
        query = MembersQuery(class_id=class_id, index=index, size=size)
        return self._ask("member/runtime/list", query).page(RuntimeMember, index)

    def runtime_total(self, class_id: int) -> int:
        """获取课堂实时成员总数 `/member/runtime/total`."""
        return self._ask("member/runtime/total", ClassRef(class_id=class_id)).total()

    def history_list(self, class_id: int, index: int = 0, size: int = 100) -> Page[HistoryMember]:
        """获取课堂历史成员列表 `/member/history/list`: the people who were in the class, without visitors."""
        query = MembersQuery(class_id=class_id, index=index, size=size)
        return self._ask("member/history/list", query).page(HistoryMember, index)

    def history_total(self, class_id: int) -> int:
        """获取课堂历史成员总数 `/member/history/total`."""
        return self._ask("member/history/total", ClassRef(class_id=class_id)).total()
