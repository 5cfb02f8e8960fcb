"""Texts of the classroom's scripts, passed as data because pages have no inline script."""

from typing import Any

from django.utils.translation import gettext as _


def script_phrases() -> dict[str, Any]:
    """Return the texts in the language of the request."""
    return {
        "you": _("you"),
        "status": {"will": _("Not started"), "ing": _("In class"), "end": _("Class over")},
        "inside": _("%s in the room"),
        "roles": _roles(),
        "states": _states(),
        "buttons": _buttons(),
        "silence": [_("Silence"), _("Unsilence")],
        "kick": _("Remove"),
        "askKick": _("Remove %s from the class?"),
        "start": _("Start class"),
        "askStart": _("Start the class now? The school is notified that it has started."),
        "end": _("End class"),
        "askEnd": _("End the class? Everyone leaves the room and it cannot be started again."),
        "left": _("You have left the class. You can come back until it ends."),
        "over": _("The class has ended."),
        "removed": _(
            "You are no longer in the class: you were removed, or the connection was lost for too long."
        ),
        "unreachable": _("Connection failed. Trying again…"),
        "refused": _("Failed:"),
        "refusals": _refusals(),
    }


def _roles() -> dict[str, str]:
    return {
        "superadmin": _("Administrator"),
        "admin": _("Administrator"),
        "teacher": _("Teacher"),
        "assistant": _("Assistant"),
        "student": _("Student"),
        "supervisor": _("Supervisor"),
        "visitor": _("Visitor"),
    }


def _states() -> dict[str, list[str]]:
    """Texts by state, off and on."""
    return {
        "camera": [_("Camera off"), _("Camera on")],
        "mic": [_("Mic off"), _("Mic on")],
        "speaker": [_("Speaker off"), _("Speaker on")],
        "silence": ["", _("Silenced")],
        "hand_up": ["", _("Hand raised")],
    }


def _buttons() -> dict[str, list[str]]:
    """Labels of buttons by state, off and on."""
    return {
        "camera": [_("Open camera"), _("Close camera")],
        "mic": [_("Open mic"), _("Close mic")],
        "speaker": [_("Open speaker"), _("Close speaker")],
        "hand": [_("Raise hand"), _("Lower hand")],
    }


def _refusals() -> dict[int, str]:
    """Messages by error_code: what happened and what to do."""
    return {
        10203: _("Only the teacher and the assistants of this class may do that."),
        10215: _("There is no such user. Check the user ID with your school."),
        10216: _("Your sign-in has expired. Enter again."),
        10218: _("This token does not belong to this user. Ask your school for a new link."),
        10224: _("This class has ended and can no longer be entered."),
        10225: _("This class requires a password. Enter it and try again."),
        10226: _("You are not on the list of this class. Ask your teacher to add you."),
        10227: _("The class is full."),
        10228: _("All microphone places are taken. Raise your hand and wait."),
        10230: _("This class no longer exists."),
        10300: _("It is too early: a class opens one hour before its start."),
    }
