"""`index`, `size`, `finish`, `total`: how every list is cut."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from .. import knobs
from ..errors import invalid
from ..fields import Bool, Field, Int, ListOf, Obj

PAGE = (Int("index", least=0), Int("size", least=1))


def answer_of(*row: Field) -> tuple[Field, ...]:
    """The answer fields of a list whose rows have these fields."""
    return (
        Bool("finish", required=True),
        Int("total", required=True),
        ListOf("list", Obj("", row), required=True),
    )


def total(count: int) -> int | str:
    """`total` in the form that the knob wants."""
    return count if knobs.value("total_form") == "number" else str(count)


def page(
    rows: QuerySet[Any, Any] | list[Any], body: dict[str, Any], shape: Callable[[Any], dict[str, Any]]
) -> dict[str, Any]:
    """The rows asked for. `index` skips rows (or pages, by the knob); `finish` tells whether any are left."""
    size = body.get("size", 100)
    if size > 100:
        if knobs.value("size_over_100") == "refuse":
            raise invalid("size must be at most 100")
        size = 100
    start = min(body.get("index", 0), 2**31) * (size if knobs.value("paging") == "page" else 1)
    count = len(rows) if isinstance(rows, list) else rows.count()
    listed = [shape(row) for row in rows[start : start + size]] if start < count else []
    return {"finish": start + len(listed) >= count, "total": total(count), "list": listed}
