"""Columns of the list of attendance warnings."""

from django.utils.translation import gettext_lazy as _

from console.lists.tables import Column, ListTable

WARNING_TABLE = ListTable(
    "warnings",
    columns=(
        Column("student", _("Student"), is_fixed=True),
        Column("cause", _("What happened")),
        Column("rule", _("Warning rule")),
        # In the order of the key, which is that of warning.
        Column("opened", _("Warned on"), order=("id",)),
        Column("state", _("State")),
        Column("by", _("Handled by")),
    ),
    filters=("q", "rule", "group", "state"),
    default_sort="-opened",
)
