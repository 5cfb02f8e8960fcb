"""State of a school's connection: API key, licence and callback address."""

from django.utils import timezone

from accounts.models import Enterprise
from console.iclass import SignatureRefused, UnknownEnterprise
from console.outbox.gates import KEY_HOLD_REASONS
from console.outbox.models import Gate
from console.outbox.reasons import reason_of
from console.outbox.services import hold_school, resume
from console.outbox.states import SyncState

LICENCE_EXPIRED = "expired"
#: Sync states in which our value may not have arrived yet.
_PENDING_STATES = (SyncState.LOCAL, SyncState.SENDING, SyncState.CHECKING, SyncState.HELD)


def hold_for_refused_key(school: Enterprise, error: SignatureRefused | UnknownEnterprise) -> None:
    """Hold all operations of a school with a refused key. Each reconciliation tries the key again."""
    hold_school(school, reason_of(error))


def release_for_valid_key(school: Enterprise) -> None:
    """Resume operations held for a refused key or an expired licence; hold all if it has expired."""
    expired = is_licence_over(school)
    resume(school, reasons=KEY_HOLD_REASONS if expired else (*KEY_HOLD_REASONS, LICENCE_EXPIRED))
    if expired:
        hold_school(school, LICENCE_EXPIRED)


def held_reason(school: Enterprise) -> str:
    """Return why the school's operations are held (`console.outbox.reasons`), or an empty string."""
    gate = Gate.objects.filter(enterprise=school).first()
    return gate.held_reason if gate else ""


def is_licence_over(school: Enterprise) -> bool:
    """Return whether the licence has expired; False if its end is unknown."""
    ends_at = school.licence_ends_at
    return ends_at is not None and ends_at <= timezone.now()


def callback_state(school: Enterprise) -> str:
    """Return where the API sends callbacks: "ours", "sending" (our address is being set), "other" or "none".

    "other" includes our own address that was changed outside the console.
    """
    observed = school.observed.get("call_back_url", "")
    ours, desired = school.own_callback_url, school.call_back_url
    if observed == desired == ours:
        return "ours"
    if desired == ours and (school.sync_state in _PENDING_STATES or not school.observed):
        return "sending"
    return "other" if observed or desired != ours and desired else "none"
