"""Columns of the list of attendance warnings, and the badges of their states."""

from django.utils.translation import gettext_lazy as _

from classes.models import AttendanceWarning
from console.lists.tables import Column, ListTable
from console.ui.badges import Badge

State = AttendanceWarning.State
#: How pages show how far people are with a warning.
_STATE_BADGES = {
    State.OPEN: Badge(State.OPEN.label, "user-exclamation", "warn", ""),
    State.ACKNOWLEDGED: Badge(State.ACKNOWLEDGED.label, "progress", "busy", ""),
    State.CLOSED: Badge(State.CLOSED.label, "circle-check", "ok", ""),
    State.WITHDRAWN: Badge(State.WITHDRAWN.label, "arrow-back-up", "idle", ""),
}
#: Of a warning that nobody handled while its threshold was crossed.
_ENDED_BADGE = Badge(_("no longer crossed"), "circle-check", "idle", "")


def state_badge(warning: AttendanceWarning) -> Badge:
    """Return the badge of a warning; what the list counts as new (`queries.NEW`) alone is called new."""
    if warning.state == State.OPEN and warning.ended_at is not None:
        return _ENDED_BADGE
    return _STATE_BADGES[State(warning.state)]


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
    filters=("q", "rule", "grade", "group", "state"),
    default_sort="-opened",
)

ENDED_TABLE = ListTable(
    "warnings_ended",
    columns=(
        Column("student", _("Student"), is_fixed=True),
        Column("cause", _("What happened")),
        Column("rule", _("Warning rule"), is_default=False),
        Column("opened", _("Warned on"), order=("id",)),
        Column("ended", _("Ended on")),
        Column("why", _("Why it ended")),
        Column("state", _("State")),
        Column("by", _("Handled by"), is_default=False),
    ),
    filters=("q", "rule", "grade", "group"),
    default_sort="-opened",
)
