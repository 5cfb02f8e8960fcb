"""Callbacks in the words of a school: what happened, why it was set aside, and what to do next."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from console.badges import Badge
from console.inbox.models import Callback
from console.outbox.words import Words

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
    State.WAITING: Badge(
        _("to be handled"), "clock", "busy", _("Nothing to do: it is handled within seconds.")
    ),
    State.DONE: Badge(_("handled"), "check", "ok", ""),
    State.PARKED: Badge(
        _("waits for its lesson"), "hourglass", "warn", _("It is handled by itself once the lesson is known.")
    ),
    State.QUARANTINED: Badge(_("set aside"), "archive", "bad", _("Look at the body, then handle it again.")),
}

_LOOK = _("Look at the body. If the news matters, enter by hand what it tells.")

REASONS: dict[str, Words] = {
    "unreadable": Words(
        _("The body is no JSON, so nobody could read it."),
        _("Look at the body, and ask the vendor's support what was sent."),
    ),
    "unknown_event": Words(
        _("The console does not know this event. It is kept as it came."),
        _("Nothing to do. A later version that knows it can handle it again."),
    ),
    "unknown_class": Words(
        _("No lesson of this school has this number."),
        _("Compare with iclass on the school's page; the event is handled once the lesson is found."),
    ),
    "no_class": Words(_("It names no lesson, so nobody knows where it belongs."), _LOOK),
    "odd_track": Words(
        _("A part of it has no video number. What could be read of the recording is kept."), _LOOK
    ),
    "lesson_deleted": Words(
        _("The lesson was cancelled here or deleted at iclass. Its recordings are kept."),
        _("Nothing to do."),
    ),
    "handler_failed": Words(
        _("The console stumbled over it. It is kept and tried again."),
        _("Nothing to do at first. If it is set aside, tell whoever runs the console, then handle it again."),
    ),
}

REFUSALS: dict[str, str | Promise] = {
    "missing": _("a part of the signature was missing"),
    "repeated": _("a part of the signature came twice"),
    "bad_time": _("the time of the signature was no time"),
    "expired": _("the signature was too old"),
    "too_far": _("the signature reached too far into the future"),
    "wrong_sign": _("the signature was wrong: another key, or a stranger"),
    "other_school": _("it was signed for another school"),
    "unknown_address": _("the address belongs to no school"),
    "too_large": _("the body was larger than 1 MiB"),
}

SPOOL: dict[str, str | Promise] = {
    "unsealed": _("It was damaged, or sealed with a key that is no longer in FIELD_KEYS."),
    "no_school": _("Its school is no longer in this console."),
}


def event_words(event: str) -> str | Promise:
    """What happened; an event that nobody knows by its own name."""
    return EVENTS.get(event, event or _("unreadable"))


def reason_words(reason: str) -> str | Promise:
    """Why it stands as it stands; empty where there is nothing to say."""
    return REASONS[reason].what if reason in REASONS else reason


def next_step(callback: Callback) -> str | Promise:
    """What to do about it; empty where nothing is."""
    if callback.reason in REASONS:
        return REASONS[callback.reason].next
    return STATES[callback.state].next_step
