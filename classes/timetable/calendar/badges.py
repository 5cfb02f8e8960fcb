"""Signs of a lesson in the timetable where something is wrong: an icon with a label, never a colour alone."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from console.outbox.states import SyncState
from console.ui.badges import SYNC_BADGES, Badge

LESSON_BADGES: dict[str, Badge] = {
    "cancelled": Badge(_("cancelled"), "calendar-off", "idle", ""),
    "refused": Badge(_("rejected"), "cloud-x", "bad", ""),
    "absent": Badge(_("teacher absent"), "user-x", "bad", ""),
    "not_ready": Badge(_("not ready"), "alert-triangle", "bad", ""),
    "conflict": Badge(_("conflict"), "calendar-exclamation", "warn", ""),
    "unsent": Badge(_("not synced"), "cloud-upload", "busy", ""),
    "sending": SYNC_BADGES["sending"],
    "held": SYNC_BADGES["held"],
    "differs": Badge(_("differs from iclass"), "arrows-diff", "warn", ""),
}
_SYNC_BADGES: dict[str, str] = {
    SyncState.LOCAL: "sending",
    SyncState.SENDING: "sending",
    SyncState.CHECKING: "sending",
    SyncState.HELD: "held",
    SyncState.REFUSED: "refused",
    SyncState.NEEDS_YOU: "refused",
    SyncState.CHANGED_OUTSIDE: "differs",
    SyncState.GONE: "differs",
}


#: Badges that give way to "not at iclass yet" for a lesson that iclass does not have.
_WITHOUT_TROUBLE = ("", "sending", "held")


def badge_names(
    *,
    cancelled: bool,
    sync_state: str,
    at_iclass: bool,
    staff: bool,
    ready: str = "",
    conflict: bool = False,
    absent: bool = False,
) -> Iterable[str]:
    """Yield the names of a lesson's badges, the most urgent first; only `staff` see its sync state.

    `ready` is the readiness tone of a lesson that begins within a day. A lesson that is as it should be has
    no badge.
    """
    if cancelled:
        yield "cancelled"
        return
    if staff and (badge := _sync_badge_name(sync_state, at_iclass=at_iclass)):
        yield badge
    if staff and absent:
        yield "absent"
    if staff and conflict:
        yield "conflict"
    if ready == "bad":
        yield "not_ready"


def _sync_badge_name(sync_state: str, *, at_iclass: bool) -> str:
    """Return the name of the badge of a sync state; empty where both sides agree."""
    badge = _SYNC_BADGES.get(sync_state, "")
    return "unsent" if badge in _WITHOUT_TROUBLE and not at_iclass else badge
