"""Texts for callbacks: events, states, reasons and next steps."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from console.inbox.models import Callback
from console.outbox.reasons import ReasonText
from console.ui.badges import Badge

State = Callback.State

EVENT_LABELS: dict[str, str | Promise] = {
    "class_begin": _("Lesson started"),
    "class_over": _("Lesson ended"),
    "online_record_start": _("Recording started"),
    "online_record_stop": _("Recording ready"),
    "local_record_callback": _("Recording on the teacher's computer"),
    "transport_progress": _("Courseware conversion progress"),
    "join_class": _("Person joined"),
    "quit_class": _("Person left"),
}

STATE_BADGES: dict[str, Badge] = {
    State.WAITING: Badge(
        _("pending"), "clock", "busy", _("No action needed. It is processed within seconds.")
    ),
    State.DONE: Badge(_("handled"), "check", "ok", ""),
    State.PARKED: Badge(
        _("waiting for its lesson"),
        "hourglass",
        "warn",
        _("It is processed automatically once the lesson is known."),
    ),
    State.QUARANTINED: Badge(
        _("set aside"), "archive", "bad", _("Check the content, then process it again.")
    ),
}

_CHECK_BODY = _("Check the content. If the event matters, enter its data by hand.")

REASON_TEXTS: dict[str, ReasonText] = {
    "unreadable": ReasonText(
        _("The content is not JSON and cannot be read."),
        _("Check the content and ask iclass support what was sent."),
    ),
    "unknown_event": ReasonText(
        _("The console does not support this event. It is stored as received."),
        _("No action needed. A later version that supports this event can process it again."),
    ),
    "unknown_class": ReasonText(
        _("No lesson of this school has this ID."),
        _("Pull from iclass in the school settings. The event is processed once the lesson is found."),
    ),
    "no_class": ReasonText(_("The event names no lesson and cannot be assigned."), _CHECK_BODY),
    "odd_track": ReasonText(_("A part has no video ID. The rest of the recording is saved."), _CHECK_BODY),
    "lesson_deleted": ReasonText(
        _("The lesson was cancelled or deleted at iclass. Its recordings are kept."),
        _("No action needed."),
    ),
    "handler_failed": ReasonText(
        _("Processing failed. The event is stored and processed again later."),
        _("No action needed for now. If it is set aside, contact your operator, then process it again."),
    ),
}

REFUSAL_LABELS: dict[str, str | Promise] = {
    "missing": _("a part of the signature is missing"),
    "repeated": _("a part of the signature was sent twice"),
    "bad_time": _("the time of the signature is not valid"),
    "expired": _("the signature has expired"),
    "too_far": _("the time of the signature is too far in the future"),
    "wrong_sign": _("the signature is wrong: different key or unknown sender"),
    "other_school": _("it is signed for another school"),
    "unknown_address": _("the address does not belong to a school"),
    "too_large": _("the content is larger than 1 MiB"),
}

SPOOL_LABELS: dict[str, str | Promise] = {
    "unsealed": _("The file is damaged, or its key is no longer in FIELD_KEYS."),
    "no_school": _("The school is no longer in the console."),
}


def event_label(event: str) -> str | Promise:
    """Return the label of an event, or its name if it is unknown."""
    return EVENT_LABELS.get(event, event or _("unreadable"))


def reason_text(reason: str) -> str | Promise:
    """Return the explanation of a reason; empty if there is none."""
    return REASON_TEXTS[reason].what if reason in REASON_TEXTS else reason


def next_step(callback: Callback) -> str | Promise:
    """Return what to do about a callback; empty if nothing."""
    if callback.reason in REASON_TEXTS:
        return REASON_TEXTS[callback.reason].next
    return STATE_BADGES[callback.state].next_step
