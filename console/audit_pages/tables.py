"""Columns of the lists of the audit trail. The index by school and time serves both orders by time."""

from django.utils.translation import gettext_lazy as _

from console.lists.tables import Column, ListTable

FILTERS = ("q", "action", "kind", "since", "until", "thing", "person")

ENTRY_TABLE = ListTable(
    "audit",
    columns=(
        Column("action", _("Action"), is_fixed=True),
        Column("object", _("Object")),
        Column("person", _("Person")),
        Column("reason", _("Reason")),
        Column("at", _("When"), order=("at", "id")),
        Column("address", _("IP address"), is_default=False),
        Column("request", _("Request"), is_default=False),
    ),
    filters=FILTERS,
    default_sort="-at",
)

ACCESS_TABLE = ListTable(
    "audit_access",
    columns=(
        Column("person", _("Person"), is_fixed=True),
        Column("seen", _("Viewed data")),
        Column("object", _("Object")),
        Column("reason", _("Reason")),
        Column("at", _("When"), order=("at", "id")),
    ),
    filters=FILTERS,
    default_sort="-at",
)
