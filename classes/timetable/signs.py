"""What a lesson of the timetable tells at a glance: a sign is an icon and a word, never a colour alone."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from classes.kinds import Status
from console.badges import Badge
from console.outbox.states import SyncState

SIGNS: dict[str, Badge] = {
    "cancelled": Badge(_("cancelled"), "calendar-off", "idle", ""),
    "refused": Badge(_("refused"), "cloud-x", "bad", ""),
    "not_ready": Badge(_("not ready"), "alert-triangle", "bad", ""),
    "conflict": Badge(_("conflict"), "calendar-exclamation", "warn", ""),
    "nearly_ready": Badge(_("nearly ready"), "clock-exclamation", "warn", ""),
    "ready": Badge(_("ready"), "circle-check", "ok", ""),
    "unsent": Badge(_("not at iclass yet"), "cloud-upload", "busy", ""),
    "differs": Badge(_("differs from iclass"), "arrows-diff", "warn", ""),
    "locked": Badge(_("locked"), "lock", "idle", ""),
}
_OF_SYNC: dict[str, str] = {
    SyncState.LOCAL: "unsent",
    SyncState.SENDING: "unsent",
    SyncState.CHECKING: "unsent",
    SyncState.HELD: "unsent",
    SyncState.REFUSED: "refused",
    SyncState.NEEDS_YOU: "refused",
    SyncState.CHANGED_OUTSIDE: "differs",
    SyncState.GONE: "differs",
}


#: Whether it is ready is a traffic light, told of lessons that begin within a day.
_OF_READINESS = {"bad": "not_ready", "warn": "nearly_ready", "ok": "ready"}


def signs_of(
    *, cancelled: bool, status: str, sync_state: str, staff: bool, ready: str = "", conflict: bool = False
) -> Iterable[str]:
    """The names of the signs of a lesson, the most urgent first; `staff` also see how it stands at iclass."""
    if cancelled:
        yield "cancelled"
        return
    if staff and (sign := _OF_SYNC.get(sync_state)):
        yield sign
    if staff and conflict:
        yield "conflict"
    if ready:
        yield _OF_READINESS[ready]
    if status != Status.WILL:
        yield "locked"
