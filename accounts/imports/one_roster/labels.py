"""Fields of people who come by OneRoster, in words."""

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.imports.columns import LABELS

#: Field of a row → label.
FIELD_LABELS: dict[str, str | Promise] = {
    **LABELS,
    "sourced_id": _("OneRoster ID"),
    "state": _("State"),
    "username": _("Login"),
    "identifier": _("Student or staff number"),
    "joins": _("Classes"),
    "leaves": _("Classes that end"),
    "heads": _("Teacher in charge of classes"),
}
#: Where the user ID of new people may come from.
USER_ID_LABELS: dict[str, str | Promise] = {
    column: format_lazy("{label} ({name})", label=FIELD_LABELS[column], name=name)
    for column, name in (("username", "username"), ("identifier", "identifier"), ("sourced_id", "sourcedId"))
}
