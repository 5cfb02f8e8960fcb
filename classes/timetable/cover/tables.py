"""Columns of the list of absences of teachers."""

from django.utils.translation import gettext_lazy as _

from console.lists.tables import Column, ListTable

ABSENCE_TABLE = ListTable(
    "absences",
    columns=(
        Column("teacher", _("Teacher"), is_fixed=True),
        Column("begins", _("From"), order=("begins_at", "id")),
        Column("ends", _("Until")),
        Column("reason", _("Reason")),
        Column("lessons", _("Lessons")),
        Column("by", _("Entered by"), is_default=False),
        Column("state", _("State")),
    ),
    filters=("q", "state"),
    default_sort="-begins",
)
