"""Columns of the list of operations."""

from django.utils.translation import gettext_lazy as _

from console.lists.tables import Column, ListTable

OPERATION_TABLE = ListTable(
    "operations",
    columns=(
        Column("what", _("Action"), is_fixed=True),
        Column("object", _("Object")),
        Column("state", _("State")),
        Column("reason", _("Reason and next step")),
        Column("attempts", _("Attempts"), css="number"),
        # By key, which has an index: operations are numbered as they are requested.
        Column("requested", _("Requested"), order=("id",)),
        Column("time", _("Time taken"), css="number"),
    ),
    filters=("q", "state", "kind", "about"),
    default_sort="-requested",
)
