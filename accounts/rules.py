"""What a change of the school's rules of attendance does to marks, told by the app that keeps them."""

from collections.abc import Callable, Mapping
from typing import Any

from accounts.models import Enterprise

#: Lines of the marks that other rules would change; and making the open registers of lately follow the rules.
Preview = Callable[[Enterprise, Mapping[str, Any]], list[str]]
Follow = Callable[..., int]
_keepers: list[tuple[Preview, Follow]] = []


def keeps_marks(preview: Preview, follow: Follow) -> None:
    """Make an app known that keeps marks: `preview(school, values)`, `follow(school=, by=)`."""
    _keepers.append((preview, follow))


def would_change(school: Enterprise, values: Mapping[str, Any]) -> list[str]:
    return [line for preview, _ in _keepers for line in preview(school, values)]


def follow(*, school: Enterprise, by: Any) -> int:
    """How many marks changed."""
    return sum(follow(school=school, by=by) for _, follow in _keepers)
