"""OpenAPI annotations of views: collected at import, applied when the description is generated.

drf-spectacular and its dependencies would take 4 MB of each web process for a page that is rarely opened.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from console.lazy_import import LazyModule

utils = LazyModule("drf_spectacular.utils")
F = TypeVar("F", bound=Callable[..., Any])
_pending: list[tuple[Callable[..., Any], dict[str, Any]]] = []


def extend_schema(**arguments: Any) -> Callable[[F], F]:
    """Stand-in for drf-spectacular's `extend_schema`, for methods of views."""

    def note(method: F) -> F:
        _pending.append((method, arguments))
        return method

    return note


def apply_pending_schemas() -> None:
    """Apply the collected annotations."""
    while _pending:
        method, arguments = _pending.pop(0)
        utils.extend_schema(**arguments)(method)
