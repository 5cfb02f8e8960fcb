"""What a state at the iclass service means to a school: a word, an icon, and what to do next.

The states are those of `console.outbox.states.SyncState`, named here by their values.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Badge:
    """`tone` is ok, busy, idle, warn or bad: a colour of static/css/tokens.css."""

    word: str | Promise
    icon: str
    tone: str
    next_step: str | Promise

    @property
    def trouble(self) -> bool:
        """Whether somebody has to look, so that the reason is worth a line of its own."""
        return self.tone in ("warn", "bad")


_BY_ITSELF = _("Nothing to do: it goes out by itself within seconds.")

SYNC = {
    "in_sync": Badge(_("in sync"), "cloud-check", "ok", _("The school and iclass say the same.")),
    "local": Badge(_("waiting"), "clock", "idle", _BY_ITSELF),
    "waiting": Badge(_("waiting"), "clock", "idle", _BY_ITSELF),
    "sending": Badge(_("sending"), "cloud-upload", "busy", _BY_ITSELF),
    "checking": Badge(
        _("checking"),
        "cloud-search",
        "busy",
        _("The answer was lost on its way. We look at iclass first and send again only if needed."),
    ),
    "held": Badge(
        _("held back"),
        "player-pause",
        "warn",
        _("Nothing is lost. It goes out as soon as the key or the contract of the school is in order again."),
    ),
    "refused": Badge(
        _("refused"),
        "cloud-x",
        "bad",
        _("Correct what the reason names and save; it is then sent again."),
    ),
    "needs_you": Badge(
        _("needs you"),
        "hand-stop",
        "bad",
        _("We cannot tell whether it arrived. Look at “Sent to iclass” and decide there."),
    ),
    "changed_outside": Badge(
        _("changed outside"),
        "arrows-diff",
        "warn",
        _("Somebody changed this outside the console. Compare the two and choose the one to keep."),
    ),
    "gone": Badge(
        _("gone from iclass"),
        "cloud-off",
        "warn",
        _("It was deleted outside the console. Cancel it here too, or send it again."),
    ),
}


def sync_badge(state: str) -> Badge:
    """The badge of a state; a state that this table does not know is shown by its own name."""
    return SYNC.get(state) or Badge(state, "help-circle", "idle", "")
