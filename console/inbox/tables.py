"""Columns of the list of incoming events."""

from django.utils.translation import gettext_lazy as _

from console.lists.tables import Column, ListTable

CALLBACK_TABLE = ListTable(
    "callbacks",
    columns=(
        Column("what", _("Action"), is_fixed=True),
        Column("lesson", _("Lesson ID at iclass")),
        Column("state", _("State")),
        Column("reason", _("Reason and next step")),
        Column("deliveries", _("Deliveries"), css="number"),
        # By key, which has an index: callbacks are numbered as they are received.
        Column("received", _("Received"), order=("id",)),
    ),
    filters=("q", "state", "event"),
    default_sort="-received",
)
