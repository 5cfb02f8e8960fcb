"""The current request, for audit entries. It is empty in commands and workers."""

from contextvars import ContextVar
from typing import Any, NamedTuple


class AuditContext(NamedTuple):
    """The request and its ID.

    `actor` is evaluated late, because REST authenticates the user only when the view runs.
    """

    request: Any = None
    request_id: str = ""

    @property
    def label(self) -> str:
        """How entries name who acts without being a user, such as a guardian; empty for all others."""
        return str(getattr(self.request, "audit_label", ""))

    @property
    def actor(self) -> Any:
        if self.label:
            return None
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None


EMPTY_CONTEXT = AuditContext()
current_context: ContextVar[AuditContext] = ContextVar("audit_context", default=EMPTY_CONTEXT)
