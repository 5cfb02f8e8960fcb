"""The steps of a sign-in: a request goes out, one answer comes in, the browser that asked fetches it.

The answer comes by a form of the provider's site, and browsers send no session cookie with such a form. So
it is checked without a session, and kept sealed for the browser, which a redirect then leads to a page of
ours: there the session is known again, and has to be the one that asked. Otherwise somebody could be
signed in to the account of another by a form that they never saw.
"""

import hashlib
import json
import secrets
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import IdentityProvider, SamlSignIn
from accounts.school.identity.saml.responses import SKEW, Assertion, ResponseRefused
from console.concurrency import Conflict, service

#: How long people may take at the provider, and the browser for the redirect.
REQUEST_LIFETIME, HANDOVER_LIFETIME = timedelta(minutes=15), timedelta(minutes=2)
#: An assertion is remembered until it ends; no longer than this, because without its request it is refused.
MAX_KEPT = timedelta(days=1)
CLAIM_SUBJECT = "sub"


@service
def begin(*, provider: IdentityProvider, request_id: str) -> None:
    """Remember a request that a browser takes to the provider."""
    SamlSignIn.objects.create(
        enterprise_id=provider.enterprise_id,
        provider=provider,
        request_id=request_id,
        kept_until=timezone.now() + REQUEST_LIFETIME,
    )


def take_answer(provider: IdentityProvider, assertion: Assertion) -> str:
    """Keep the assertion for the browser that asked; return the token for it. It counts once.

    Raise ResponseRefused for a request that nobody made lately, or that is answered already.
    """
    try:
        return _take_answer(provider=provider, assertion=assertion)
    except Conflict:
        raise ResponseRefused("used already", "used") from None


@service
def _take_answer(*, provider: IdentityProvider, assertion: Assertion) -> str:
    now = timezone.now()
    rows = SamlSignIn.objects.select_for_update().filter(provider=provider)
    row = rows.filter(request_id=assertion.request_id[:64]).first()
    if row is None or row.started_at < now - REQUEST_LIFETIME:
        raise ResponseRefused("unknown request", "late")
    used = _digest(assertion.id)
    if row.answered_at is not None or rows.filter(assertion=used).exists():
        raise ResponseRefused("used already", "used")
    token = secrets.token_urlsafe(32)
    claims: Any = assertion.claims | {CLAIM_SUBJECT: assertion.subject, "sid": assertion.session_id}
    row.assertion, row.handover, row.answered_at = used, _digest(token), now
    row.claims = json.dumps(claims)
    row.kept_until = max(min(assertion.ends_at + SKEW, now + MAX_KEPT), now + REQUEST_LIFETIME)
    row.save(update_fields=["assertion", "handover", "answered_at", "claims", "kept_until"])
    return token


@service
def finish(*, provider: IdentityProvider, token: str, request_ids: list[str]) -> tuple[str, dict[str, Any]]:
    """Return the ID of the request and the claims, once, to the browser that made one of these requests."""
    rows = SamlSignIn.objects.select_for_update().filter(provider=provider, finished_at=None)
    row = rows.filter(handover=_digest(token), request_id__in=request_ids).first()
    now = timezone.now()
    if row is None or row.answered_at is None or row.claims is None:
        raise ResponseRefused("another browser", "browser")
    if row.answered_at < now - HANDOVER_LIFETIME:
        raise ResponseRefused("too late", "late")
    claims: dict[str, Any] = json.loads(row.claims.reveal())
    row.claims, row.finished_at = None, now
    row.save(update_fields=["claims", "finished_at"])
    return row.request_id, claims


def delete_expired_requests() -> int:
    """Delete sign-ins whose assertion has ended, and empty what no browser fetched; return how many rows."""
    now = timezone.now()
    unfetched = SamlSignIn.objects.filter(claims__isnull=False, answered_at__lt=now - HANDOVER_LIFETIME)
    emptied: int = unfetched.update(claims=None)
    return emptied + SamlSignIn.objects.filter(kept_until__lt=now).delete()[0]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
