"""Columns of the courseware list."""

from django.utils.translation import gettext_lazy as _

from console.lists.tables import Column, ListTable

COURSEWARE_TABLE = ListTable(
    "courseware",
    columns=(
        Column("name", _("File name"), order=("name", "id"), is_fixed=True),
        Column("owner", _("Owner")),
        Column("visibility", _("Visibility")),
        Column("size", _("Size"), order=("bytes", "id"), css="number"),
        Column("h5", _("Animated version")),
        # By key, which has an index: documents are numbered as they are added.
        Column("added", _("Added"), order=("id",), is_default=False),
        Column("sync", _("At iclass")),
    ),
    filters=("q", "kind", "whose", "h5"),
    default_sort="-added",
)
