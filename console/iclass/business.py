"""The enterprise module of the document (企业模块)."""

from collections.abc import Collection
from typing import Any

from .answers import Ask
from .errors import Unsendable
from .shapes.base import Nothing
from .shapes.business import BusinessChange, BusinessInfo, BusinessModify


class Business:
    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def info(self) -> BusinessInfo:
        """查询企业信息 `/business/info`. The answer holds every key of the enterprise."""
        return self._ask("business/info", Nothing()).read(BusinessInfo)

    def modify(self, *, clear: Collection[str] = (), **touched: Any) -> None:
        """修改企业信息 `/business/modify`, with the fields of BusinessChange; only the given ones are sent.

        An empty value would wipe what the service holds, so it is refused as Unsendable: name in `clear` the
        fields that are really to be emptied.
        """
        change = BusinessChange(**touched)
        if overlap := set(clear) & set(touched):
            names = ", ".join(sorted(overlap))
            raise Unsendable(f"business/modify: both set and cleared: {names}", endpoint="business/modify")
        body = BusinessModify(change=change, clear=sorted(clear))
        # A shape hides its secrets, a local dict would show them in a traceback with variables.
        touched.clear()
        self._ask("business/modify", body)
