"""`index`, `size`, `finish`, `total`: paging of all lists."""

from collections.abc import Callable
from typing import Any, Protocol

from console.sandbox import knobs
from console.sandbox.errors import invalid
from console.sandbox.fields import Bool, Field, Int, ListOf, Object

PAGE_PARAMETERS = (Int("index", least=0), Int("size", least=1))


def list_answer_fields(*row: Field) -> tuple[Field, ...]:
    """Return the response fields of a list whose rows have these fields."""
    return (
        Bool("finish", required=True),
        Int("total", required=True),
        ListOf("list", Object("", row), required=True),
    )


def total_value(count: int) -> int | str:
    """Return `total` in the form set by the knob."""
    return count if knobs.value("total_form") == "number" else str(count)


class Rows(Protocol):
    """Rows that can be counted and sliced, such as a QuerySet."""

    def count(self) -> int: ...

    def __getitem__(self, part: slice, /) -> Any: ...


def list_page(
    rows: Rows | list[Any], body: dict[str, Any], shape: Callable[[Any], dict[str, Any]]
) -> dict[str, Any]:
    """Return a page. `index` skips rows (or pages, by the knob); `finish`: whether it is the last."""
    size = body.get("size", 100)
    if size > 100:
        if knobs.value("size_over_100") == "refuse":
            raise invalid("size must be at most 100")
        size = 100
    start = min(body.get("index", 0), 2**31) * (size if knobs.value("paging") == "page" else 1)
    count = len(rows) if isinstance(rows, list) else rows.count()
    listed = [shape(row) for row in rows[start : start + size]] if start < count else []
    return {"finish": start + len(listed) >= count, "total": total_value(count), "list": listed}
