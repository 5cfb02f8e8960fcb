"""What the OpenAPI description says of REST beyond what the code shows: noted at the views, read when asked.

drf-spectacular itself, with what it needs, would take 4 MB of each web process for a page that few ever open.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django.utils.module_loading import autodiscover_modules

from console.later import Later

utils = Later("drf_spectacular.utils")
F = TypeVar("F", bound=Callable[..., Any])
_noted: list[tuple[Callable[..., Any], dict[str, Any]]] = []


def extend_schema(**told: Any) -> Callable[[F], F]:
    """drf-spectacular's decorator of this name, for methods of views."""

    def note(method: F) -> F:
        _noted.append((method, told))
        return method

    return note


def settle() -> None:
    """Tell drf-spectacular what was noted, and what apps say in a module `openapi`, before it looks."""
    autodiscover_modules("openapi")
    while _noted:
        method, told = _noted.pop(0)
        utils.extend_schema(**told)(method)
