"""Badges of the sync states: label, icon, and what the school should do next.

The states are the values of `console.outbox.states.SyncState`.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Badge:
    """`tone` is ok, busy, idle, warn or bad: a colour in static/css/tokens.css."""

    word: str | Promise
    icon: str
    tone: str
    next_step: str | Promise

    @property
    def trouble(self) -> bool:
        """Whether a person has to act, so that the reason is shown as well."""
        return self.tone in ("warn", "bad")


_NO_ACTION_NEEDED = _("No action needed. It is sent automatically within seconds.")

SYNC_BADGES = {
    "in_sync": Badge(_("in sync"), "cloud-check", "ok", _("The console and iclass match.")),
    "local": Badge(_("waiting"), "clock", "idle", _NO_ACTION_NEEDED),
    "waiting": Badge(_("waiting"), "clock", "idle", _NO_ACTION_NEEDED),
    "sending": Badge(_("sending"), "cloud-upload", "busy", _NO_ACTION_NEEDED),
    "checking": Badge(
        _("checking"),
        "cloud-search",
        "busy",
        _("iclass did not answer. The console checks iclass first and sends it again only if needed."),
    ),
    "held": Badge(
        _("on hold"),
        "player-pause",
        "warn",
        _("Your data is saved. It is sent automatically once the school's key or licence is valid again."),
    ),
    "refused": Badge(
        _("rejected"),
        "cloud-x",
        "bad",
        _("Correct the reported problem and save. It is then sent again."),
    ),
    "needs_you": Badge(
        _("needs attention"),
        "hand-stop",
        "bad",
        _("It is not known whether iclass received this. Check “Sent to iclass” and decide there."),
    ),
    "changed_outside": Badge(
        _("changed outside"),
        "arrows-diff",
        "warn",
        _("This was changed outside the console. Compare both versions and choose which one to keep."),
    ),
    "gone": Badge(
        _("missing at iclass"),
        "cloud-off",
        "warn",
        _("It was deleted outside the console. Cancel it in the console too, or send it again."),
    ),
}

#: Of a row without an id at iclass, where nothing is on its way either.
NOT_THERE_BADGE = Badge(
    _("does not exist"),
    "cloud-off",
    "idle",
    _("iclass does not have it, and no change is waiting to be sent."),
)


def row_sync_badge(row: Any) -> Badge:
    """Return the badge of a mirrored row. One that iclass does not have is never called in sync."""
    absent = row.sync_state == "in_sync" and not row.remote_id
    return NOT_THERE_BADGE if absent else sync_badge(row.sync_state)


def sync_badge(state: str) -> Badge:
    """Return the badge of a state; an unknown state is shown by its name."""
    return SYNC_BADGES.get(state) or Badge(state, "help-circle", "idle", "")
