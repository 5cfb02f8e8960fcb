"""Hooks by which other apps apply a changed attendance policy to marks."""

from collections.abc import Callable, Mapping
from typing import Any

from accounts.models import Enterprise

#: Returns descriptions of the marks that a policy would change.
PreviewHook = Callable[[Enterprise, Mapping[str, Any]], list[str]]
#: Recalculates recent open registers; returns the number of changed marks.
RecalculateHook = Callable[..., int]
_hooks: list[tuple[PreviewHook, RecalculateHook]] = []


def register_mark_hooks(preview: PreviewHook, recalculate: RecalculateHook) -> None:
    """Register `preview(school, values)` and `recalculate(school=, by=)`."""
    _hooks.append((preview, recalculate))


def preview_mark_changes(school: Enterprise, values: Mapping[str, Any]) -> list[str]:
    return [line for preview, _ in _hooks for line in preview(school, values)]


def recalculate_marks(*, school: Enterprise, by: Any) -> int:
    """Recalculate recent open registers; return the number of changed marks."""
    return sum(recalculate(school=school, by=by) for _, recalculate in _hooks)
