"""Callbacks in the words of a school: what happened, and why it was set aside."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from console.badges import Badge
from console.inbox.models import Callback

State = Callback.State

EVENTS: dict[str, str | Promise] = {
    "class_begin": _("A lesson has begun"),
    "class_over": _("A lesson has ended"),
    "online_record_start": _("A recording has begun"),
    "online_record_stop": _("A recording is ready"),
    "local_record_callback": _("A recording on somebody's machine"),
    "transport_progress": _("Courseware is being converted"),
    "join_class": _("Somebody came in"),
    "quit_class": _("Somebody left"),
}

STATES: dict[str, Badge] = {
    State.WAITING: Badge(_("waiting"), "clock", "busy", _("Nothing to do: it is handled within seconds.")),
    State.DONE: Badge(_("handled"), "check", "ok", ""),
    State.PARKED: Badge(
        _("waits for its lesson"), "hourglass", "warn", _("It is handled by itself once the lesson is known.")
    ),
    State.QUARANTINED: Badge(_("set aside"), "archive", "bad", _("Look at the body, then handle it again.")),
}

REASONS: dict[str, str | Promise] = {
    "unreadable": _("The body is no JSON, so nobody could read it."),
    "unknown_event": _("The console does not know this event. It is kept as it came."),
    "unknown_class": _("No lesson of this school has this number."),
    "handler_failed": _("The console stumbled over it. It is kept and tried again."),
}


def event_words(event: str) -> str | Promise:
    """What happened; an event that nobody knows by its own name."""
    return EVENTS.get(event, event or _("unreadable"))


def reason_words(reason: str) -> str | Promise:
    return REASONS.get(reason, reason)
