"""What a list can show and by what it can be sorted.

    GROUP_TABLE = ListTable(
        "groups",
        columns=(
            Column("name", _("Group"), order=("name", "id"), is_fixed=True),
            Column("teacher", _("Teacher in charge")),
        ),
        filters=("q", "state"),
        default_sort="name",
    )

Stored and submitted names that a table does not declare are ignored, so a column can be removed at any time.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


class Density(models.TextChoices):
    """Height of the rows."""

    NORMAL = "normal", pgettext_lazy("rows", "normal")
    COMPACT = "compact", pgettext_lazy("rows", "compact")


@dataclass(frozen=True)
class Column:
    """A column of a list.

    `order` is the ascending, unique order of the rows by this column, in the order of an index; empty if the
    list cannot be sorted by it. The columns of `order` are never null (see `paginate_by_key`). A fixed column
    is always shown; `is_default` is whether people see it who have not chosen columns.
    """

    name: str
    label: str | Promise
    order: tuple[str, ...] = ()
    css: str = ""
    is_fixed: bool = False
    is_default: bool = True


@dataclass(frozen=True)
class ListTable:
    """A list: `filters` are the fields of its query string that a saved view keeps.

    `default_sort` is how the list is sorted where nobody chose, as in the query string ("name", "-starts").
    """

    name: str
    columns: tuple[Column, ...]
    filters: tuple[str, ...] = ()
    default_sort: str = ""

    def order_of(self, sort: str) -> tuple[str, ...]:
        """Return the order of the rows for a value of `?sort=`; empty if it is none of this list."""
        orders = {column.name: column.order for column in self.columns}
        order = orders.get(sort.removeprefix("-"), ())
        return tuple(f"-{name}" for name in order) if sort.startswith("-") else order

    def known_columns(self, names: object) -> tuple[str, ...]:
        """Return the names of columns among these, in the order of the list. `names` is untrusted."""
        chosen = names if isinstance(names, list | tuple) else ()
        return tuple(column.name for column in self.columns if column.is_fixed or column.name in chosen)

    @property
    def default_columns(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.is_fixed or column.is_default)
