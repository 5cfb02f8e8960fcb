"""The enterprise module of the document (企业模块)."""

from collections.abc import Collection
from typing import Any

from console.iclass.errors import Unsendable
from console.iclass.responses import SendRequest
from console.iclass.types.base import EmptyRequest
from console.iclass.types.business import BusinessChange, BusinessInfo, BusinessModify


class Business:
    def __init__(self, ask: SendRequest) -> None:
        self._ask = ask

    def info(self) -> BusinessInfo:
        """查询企业信息 `/business/info`. The response contains every key of the enterprise."""
        return self._ask("business/info", EmptyRequest()).read(BusinessInfo)

    def modify(self, *, clear: Collection[str] = (), **values: Any) -> None:
        """修改企业信息 `/business/modify`, with the fields of BusinessChange; only the given ones are sent.

        An empty value would clear the field at the service, so it is refused as Unsendable: list the fields
        to clear in `clear`.
        """
        change = BusinessChange(**values)
        if overlap := set(clear) & set(values):
            names = ", ".join(sorted(overlap))
            raise Unsendable(f"business/modify: both set and cleared: {names}", endpoint="business/modify")
        body = BusinessModify(change=change, clear=sorted(clear))
        # A struct hides its secrets in its repr; a traceback with variables would show this dict.
        values.clear()
        self._ask("business/modify", body)
