"""What is watched of a school as such: its key, its licence, and where the service calls back."""

from django.utils import timezone

from accounts.models import Enterprise
from console.iclass import SignatureRefused, UnknownEnterprise
from console.outbox.models import Gate
from console.outbox.queue import hold_all, resume
from console.outbox.states import SyncState
from console.outbox.words import reason_of

KEY_REASONS = ("10217", "10270")
EXPIRED = "expired"
#: States of a row under which what we want is still on its way.
_ON_ITS_WAY = (SyncState.LOCAL, SyncState.SENDING, SyncState.CHECKING, SyncState.HELD)


def key_refused(school: Enterprise, error: SignatureRefused | UnknownEnterprise) -> None:
    """Nothing more goes out with this key; each walk tries it again."""
    hold_all(school, reason_of(error))


def key_works(school: Enterprise) -> None:
    """What a refused key or an ended licence held goes out again; an ended licence holds what there is."""
    over = licence_is_over(school)
    resume(school, reasons=KEY_REASONS if over else (*KEY_REASONS, EXPIRED))
    if over:
        hold_all(school, EXPIRED)


def held_reason(school: Enterprise) -> str:
    """Why nothing of the school is sent, a reason of `console.outbox.words`; empty where it is."""
    gate = Gate.objects.filter(enterprise=school).first()
    return gate.held_reason if gate else ""


def licence_is_over(school: Enterprise) -> bool:
    """Whether the service said that the school's account has ended; False where it said nothing."""
    ends_at = school.licence_ends_at
    return ends_at is not None and ends_at <= timezone.now()


def callback_state(school: Enterprise) -> str:
    """Where the service calls back: ours · sending (it is being told ours) · other · none.

    "other" too where we are set to use our own address and somebody changed it outside.
    """
    told = school.observed.get("call_back_url", "")
    ours, wanted = school.own_callback_url, school.call_back_url
    if told == wanted == ours:
        return "ours"
    if wanted == ours and (school.sync_state in _ON_ITS_WAY or not school.observed):
        return "sending"
    return "other" if told or wanted != ours and wanted else "none"
