"""Why an attempt failed or a webhook is paused, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: By the reason of an attempt.
ATTEMPT_REASONS: dict[str, str | Promise] = {
    "status": _("The program did not accept it: only a status from 200 to 299 does."),
    "gone": _("The program answered that the address no longer exists (410)."),
    "timeout": _("The program did not answer in time."),
    "connection": _("There was no connection, or it ended before an answer."),
    "error": _("The console could not make the call."),
    "secret": _("The signing secret cannot be opened. Replace it."),
    "cannot_prepare": _("The message could not be built. An operator finds the reason in the log."),
    "address_host": _("This is not an address of a program."),
    "address_nowhere": _("No host of this name was found."),
    "address_private": _("The address leads into a private network, which the operator has not allowed."),
}
#: By the reason of a pause.
PAUSE_REASONS: dict[str, str | Promise] = {
    "failing": _("Nothing could be delivered for three days."),
    "gone": _("The program answered that the address no longer exists (410)."),
    "by_hand": _("An administrator paused it."),
}


def attempt_reason(name: str) -> str:
    return str(ATTEMPT_REASONS.get(name, name))


def pause_reason(name: str) -> str:
    return str(PAUSE_REASONS.get(name, name))
