"""Whose request this is, for the trail: empty in commands, worker and sweep."""

from contextvars import ContextVar
from typing import Any, NamedTuple


class Current(NamedTuple):
    """`actor` is asked late: a REST token names its person only when the view has begun."""

    request: Any = None
    request_id: str = ""

    @property
    def actor(self) -> Any:
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None


NOBODY = Current()
current: ContextVar[Current] = ContextVar("audit_context", default=NOBODY)
