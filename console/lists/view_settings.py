"""The settings of a saved view or a preference: filter, order, columns and density, checked against the list.

They are stored as JSON, and what is read is checked like what is submitted: columns and filters come and go
with versions of the console, and a row may have been written by anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from console.inputs.bounds import NUL
from console.lists.tables import Density, ListTable

MAX_FILTER_VALUES = 20
MAX_FILTER_LENGTH = 100


@dataclass(frozen=True)
class ViewSettings:
    """`filters` are values by field of the query string; `columns` is None where nobody chose columns."""

    filters: Mapping[str, list[str]] = field(default_factory=dict)
    sort: str = ""
    columns: tuple[str, ...] | None = None
    density: str = ""

    @classmethod
    def from_json(cls, table: ListTable, data: Any) -> "ViewSettings":
        """Return the valid part of stored settings."""
        data = data if isinstance(data, dict) else {}
        filters, sort, density = data.get("filters"), data.get("sort"), data.get("density")
        columns = data.get("columns")
        return cls(
            filters=_known_filters(table, filters if isinstance(filters, dict) else {}),
            sort=sort if isinstance(sort, str) and table.order_of(sort) else "",
            columns=table.known_columns(columns) if isinstance(columns, list) else None,
            density=density if density in Density.values else "",
        )

    @classmethod
    def from_query(
        cls, table: ListTable, params: QueryDict, *, columns: tuple[str, ...], density: str
    ) -> "ViewSettings":
        """Return the settings of a list as it is shown; `params` is its query string."""
        filters = {name: params.getlist(name) for name in table.filters if name in params}
        values = {"filters": filters, "sort": params.get("sort"), "density": density}
        return cls.from_json(table, {**values, "columns": list(columns)})

    def to_json(self) -> dict[str, Any]:
        """Return what is stored."""
        columns = None if self.columns is None else list(self.columns)
        return {
            "filters": dict(self.filters),
            "sort": self.sort,
            "columns": columns,
            "density": self.density,
        }

    def query_string(self, **more: str) -> str:
        """Return filter and order as the query string of the list, with further fields."""
        params = QueryDict(mutable=True)
        for name, values in self.filters.items():
            params.setlist(name, values)
        if self.sort:
            params["sort"] = self.sort
        params.update(more)
        return params.urlencode()


def _known_filters(table: ListTable, filters: Mapping[str, Any]) -> dict[str, list[str]]:
    return {
        name: kept
        for name in table.filters
        if isinstance(values := filters.get(name), list)
        and (kept := [value for value in values if _is_filter_value(value)][:MAX_FILTER_VALUES])
    }


def _is_filter_value(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= MAX_FILTER_LENGTH and NUL not in value
