"""A list as one reader sees it: columns, order, density and views, for the view and its templates."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from console.inputs.bounds import parse_id
from console.lists.models import EVERY_LIST, SavedView
from console.lists.tables import Density, ListTable
from console.lists.view_settings import ViewSettings
from console.policy import may, scoped


@dataclass(frozen=True)
class HeadCell:
    """The head of a column. `sort` is the value of `?sort=` behind its link, empty without one."""

    name: str
    label: str
    css: str
    sort: str
    aria_sort: str
    is_fixed: bool
    is_shown: bool

    @property
    def icon(self) -> str:
        icons = {"ascending": "chevron-up", "descending": "chevron-down"}
        return icons.get(self.aria_sort, "selector")


@dataclass(frozen=True)
class ViewTab:
    """A link to a saved view, or to the whole list (no `view`)."""

    label: str
    url: str
    is_current: bool
    is_shared: bool = False


class TableState:
    """The state of a list in a request."""

    def __init__(self, table: ListTable, request: HttpRequest, default_sort: Callable[[], str]) -> None:
        self.table = table
        self.request = request
        self.may_save = may(request.user, "add", "saved_view")
        self.may_share = may(request.user, "share", "saved_view")
        self.sort = self._chosen_sort()
        self._default_sort = default_sort

    def _chosen_sort(self) -> str:
        sort = self.request.GET.get("sort", "")
        return sort if self.table.order_of(sort) else ""

    @property
    def order(self) -> tuple[str, ...]:
        """The order that the reader chose; empty if they chose none."""
        return self.table.order_of(self.sort)

    @cached_property
    def _rows(self) -> Sequence[SavedView]:
        """The views and preferences, in one query: every list makes it."""
        rows = scoped(SavedView.objects.all(), self.request.user, "saved_view", "list")
        of_list = Q(list_name=self.table.name) | Q(list_name=EVERY_LIST, name="", user=self.request.user.pk)
        return list(rows.filter(of_list).order_by("is_shared", "name", "id"))

    @cached_property
    def current(self) -> SavedView | None:
        """The view that is open."""
        number = parse_id(self.request.GET.get("view", ""))
        return next((view for view in self._rows if view.name and view.pk == number), None)

    @property
    def may_edit_current(self) -> bool:
        view = self.current
        return view is not None and (self.may_share if view.is_shared else self.may_save)

    @property
    def current_is_of_another(self) -> bool:
        """Return whether the open view is one that somebody else shares and the reader may change."""
        view = self.current
        return view is not None and self.may_edit_current and view.user_id != self.request.user.pk

    @cached_property
    def settings(self) -> ViewSettings:
        """Columns and density: those of the open view, else what the reader prefers."""
        if self.current:
            return ViewSettings.from_json(self.table, self.current.settings)
        return self._preference(self.table.name)

    def _preference(self, list_name: str) -> ViewSettings:
        found = (row for row in self._rows if not row.name and row.list_name == list_name)
        return ViewSettings.from_json(self.table, next((row.settings for row in found), {}))

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns that are shown."""
        chosen = self.settings.columns
        return self.table.default_columns if chosen is None else chosen

    @cached_property
    def density(self) -> str:
        return self.settings.density or self._preference(EVERY_LIST).density or Density.NORMAL

    @property
    def is_compact(self) -> bool:
        return self.density == Density.COMPACT

    @property
    def other_density(self) -> str:
        return Density.NORMAL if self.is_compact else Density.COMPACT

    @cached_property
    def _shown_sort(self) -> str:
        return self.sort or self._default_sort()

    @cached_property
    def cells(self) -> list[HeadCell]:
        """The heads of all columns."""
        return [self._head_cell(column) for column in self.table.columns]

    def _head_cell(self, column: Any) -> HeadCell:
        ascending, descending = column.name, f"-{column.name}"
        current = {ascending: "ascending", descending: "descending"}.get(self._shown_sort, "")
        sort = descending if current == "ascending" else ascending
        return HeadCell(
            name=column.name,
            label=str(column.label),  # translated once: the cells of all rows repeat it
            css=column.css,
            sort=sort if column.order else "",
            aria_sort=current if column.order else "",
            is_fixed=column.is_fixed,
            is_shown=column.name in self.columns,
        )

    @cached_property
    def head(self) -> list[HeadCell]:
        """The heads of the columns that are shown."""
        return [cell for cell in self.cells if cell.is_shown]

    @property
    def shown(self) -> dict[str, HeadCell]:
        """The shown columns by name, for the rows of the template."""
        return {cell.name: cell for cell in self.head}

    @cached_property
    def tabs(self) -> list[ViewTab]:
        """The links to the views; empty without any."""
        views = [view for view in self._rows if view.name]
        path = self.request.path
        tabs = [
            ViewTab(
                view.name,
                f"{path}?{ViewSettings.from_json(self.table, view.settings).query_string(view=str(view.pk))}",
                view == self.current,
                view.is_shared,
            )
            for view in views
        ]
        return [ViewTab(_("All"), path, self.current is None), *tabs] if tabs else []

    def to_settings(self) -> ViewSettings:
        """Return what a view saved now would keep."""
        return ViewSettings.from_query(
            self.table, self.request.GET, columns=self.columns, density=self.density
        )
