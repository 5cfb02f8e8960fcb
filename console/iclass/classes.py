"""The class module of the document (课堂模块): schedule, change, start, stop and list classes."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from console.iclass.responses import SendRequest, check_same_subject
from console.iclass.types.base import Page
from console.iclass.types.classes import (
    ClassChange,
    ClassInfo,
    ClassModify,
    ClassQuery,
    ClassRef,
    ClassSummary,
    CreatedClass,
    NewClass,
)


class Classes:
    def __init__(self, ask: SendRequest) -> None:
        self._ask = ask

    def create(self, new: NewClass) -> CreatedClass:
        """预约课堂 `/class/create`. Unkeyed: sent twice, it creates two classes."""
        return self._ask("class/create", new).read(CreatedClass)

    def modify(self, class_id: int, **change: Any) -> None:
        """修改课堂信息 `/class/modify`, with the fields of ClassChange; only the given ones are sent.

        `members` replaces the whole list. InProgress while the class is running.
        """
        body = ClassModify(class_id=class_id, change=ClassChange(**change))
        # A struct hides its secrets in its repr; a traceback with variables would show this dict.
        change.clear()
        self._ask("class/modify", body)

    def delete(self, class_id: int) -> None:
        """删除 `/class/delete`. InProgress while the class is running."""
        self._ask("class/delete", ClassRef(class_id=class_id))

    def info(self, class_id: int) -> ClassInfo:
        """查询课堂信息 `/class/info`. NotFound if there is none."""
        info = self._ask("class/info", ClassRef(class_id=class_id)).read(ClassInfo)
        check_same_subject("class/info", class_id, info.class_id)
        return info

    def list(
        self,
        index: int = 0,
        size: int = 100,
        user_id: str = "",
        create_time_desc: bool = True,
        class_status: Sequence[str] | None = None,
        class_type: Sequence[str] | None = None,
    ) -> Page[ClassSummary]:
        """查询课堂列表 `/class/list`: `size` (at most 100) rows from row `index` on.

        `user_id` limits the list to classes of that person; without status and type, all are listed.
        """
        query = ClassQuery(
            index=index,
            size=size,
            user_id=user_id,
            create_time_desc=create_time_desc,
            class_status=list(class_status) if class_status else UNSET,
            class_type=list(class_type) if class_type else UNSET,
        )
        return self._ask("class/list", query).page(ClassSummary, index)

    def start(self, class_id: int) -> None:
        """上课 `/class/start`. No callback follows: query `info`."""
        self._ask("class/start", ClassRef(class_id=class_id))

    def stop(self, class_id: int) -> None:
        """下课 `/class/stop`. No callback follows: query `info`."""
        self._ask("class/stop", ClassRef(class_id=class_id))
