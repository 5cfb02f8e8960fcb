"""Columns of the lists of appeals and leave."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from console.lists.tables import Column, ListTable

APPEAL_TABLE = ListTable(
    "appeals",
    columns=(
        Column("student", _("Student"), is_fixed=True),
        Column("lesson", _("Lesson")),
        Column("mark", _("Mark")),
        # In the order of the key, which is that of filing.
        Column("created", _("Appealed"), order=("id",)),
        Column("state", _("State")),
        Column("answered_by", _("Answered by"), is_default=False),
        Column("answered", _("Answered"), is_default=False),
    ),
    filters=("q", "grade", "state"),
    default_sort="-created",
)

LEAVE_TABLE = ListTable(
    "leaves",
    columns=(
        Column("student", _("Student"), is_fixed=True),
        Column("begins", _("From"), order=("begins_at", "id")),
        Column("ends", _("Until"), order=("ends_at", "id")),
        Column("kind", pgettext_lazy("leave", "Kind")),
        Column("reason", _("Reason")),
        Column("state", _("State")),
        Column("by", _("Entered by"), is_default=False),
        Column("answered_by", _("Answered by"), is_default=False),
        Column("created", _("Entered on"), order=("id",), is_default=False),
    ),
    filters=("q", "grade", "state", "day"),
    default_sort="-begins",
)
