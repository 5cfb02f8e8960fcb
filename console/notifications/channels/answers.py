"""What came of sending a message, and the words for it."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console.notifications.channels.models import MAX_ANSWER_LENGTH, Delivery, Message


class Outcome(StrEnum):
    """What came of one attempt. LATER: it certainly did not arrive and may be repeated; UNKNOWN: perhaps."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    LATER = "later"
    UNKNOWN = "unknown"


class Answer(NamedTuple):
    """What came of one attempt. `words` are the provider's, `reason` is one of REASONS.

    `pauses_channel`: everything else that leaves through the same app or bot has to wait as well.
    """

    outcome: Outcome
    words: str = ""
    reason: str = ""
    pauses_channel: bool = False


#: Why a message did not leave, where the provider said nothing.
REASONS: dict[str, str | Promise] = {
    "host": gettext_lazy("The address is not valid."),
    "private": gettext_lazy("The address is not public. An operator can allow private networks."),
    "nowhere": gettext_lazy("The address leads nowhere."),
    "unreachable": gettext_lazy("There was no answer."),
    "no_address": gettext_lazy("No account with the person's phone or e-mail was found there."),
    "inactive": gettext_lazy("The account of the person is deactivated."),
    "off": gettext_lazy("The channel is not in use."),
    "interrupted": gettext_lazy("The console was interrupted while sending."),
    "unreadable": gettext_lazy("The answer could not be read."),
    "secret": gettext_lazy("A stored secret cannot be opened. Enter it again."),
}


def clean_words(words: str, secrets: Iterable[str] = ()) -> str:
    """Return what a provider said in one short line, without the secrets that it repeats."""
    for secret in secrets:
        if secret:
            words = words.replace(secret, "***")
    return re.sub(r"[\s\x00-\x1f\x7f]+", " ", words).strip()[:MAX_ANSWER_LENGTH]


def answer_text(answer: Answer) -> str:
    """Return an answer as a sentence: of a test, in the active language."""
    if answer.outcome is Outcome.DELIVERED:
        return _("It was accepted.")
    reason = str(REASONS.get(answer.reason, ""))
    if answer.words:
        return _("The answer was: %(words)s") % {"words": answer.words}
    return reason or _("There was no answer.")


def waiting_text(due_at: datetime) -> str:
    """Return "waiting", with the time if it is not at once: of quiet hours, or of the next attempt."""
    if due_at <= timezone.now() + timedelta(minutes=1):
        return str(Delivery.WAITING.label)
    return _("waiting until %(at)s") % {"at": f"{timezone.localtime(due_at):%m-%d %H:%M}"}


def state_text(message: Message) -> str:
    """Return the state of a message with its reason: "refused: …"."""
    label = str(Delivery(message.delivery).label)
    if message.delivery == Delivery.WAITING and not message.answer and not message.reason:
        return waiting_text(message.delivery_due_at)
    detail = message.answer or str(REASONS.get(message.reason, ""))
    if message.delivery == Delivery.DELIVERED or not detail:
        return label
    return _("%(state)s: %(detail)s") % {"state": label, "detail": detail}
