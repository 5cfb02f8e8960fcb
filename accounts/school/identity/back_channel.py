"""Sign-out by the provider: a logout token ends the sessions that began with it."""

from datetime import UTC, datetime
from typing import Any

from allauth.usersessions.models import UserSession

from accounts.models import IdentityLink, IdentityProvider
from accounts.school.identity.account_switch import IDENTITY_KEY
from accounts.school.identity.check import fetch_description, fetch_keys
from accounts.school.identity.guarded_session import guarded_session
from accounts.school.identity.id_tokens import LEEWAY_S, verify_logout_token
from accounts.school.identity.kinds import issuer_of
from accounts.sign_in import sessions


def sign_out(provider: IdentityProvider, token: str) -> int:
    """Verify a logout token and end the sessions; return how many. TokenRefused for an invalid one.

    A token that is sent again ends nothing that began after it was made, so that it needs no memory.
    """
    with guarded_session() as session:
        description = fetch_description(session, issuer_of(provider))
        keys = fetch_keys(session, description["jwks_uri"])
    claims = verify_logout_token(token, keys, issuer=description["issuer"], client_id=provider.client_id)
    sid = claims.get("sid")
    named = {"subject": claims["sub"]} if "sub" in claims else {"session_ids__contains": [sid]}
    made_at = datetime.fromtimestamp(claims["iat"] + LEEWAY_S, tz=UTC)
    return end_sessions_of(provider, named, sids=None if sid is None else {sid}, made_at=made_at)


def end_sessions_of(
    provider: IdentityProvider, named: dict[str, Any], *, sids: set[str] | None, made_at: datetime
) -> int:
    """End the sessions of accounts, all or those that began with one of `sids`; return how many.

    `named` is a condition on links; those that began after `made_at` stay.
    """
    links = IdentityLink.objects.select_related("person__enterprise").filter(provider=provider, **named)
    return sum(_end_sessions(link, sids, made_at) for link in links)


def _end_sessions(link: IdentityLink, sids: set[str] | None, made_at: datetime) -> int:
    rows = UserSession.objects.filter(user=link.person, created_at__lte=made_at)
    ended = [row for row in rows if _began_with(row, link, sids)]
    return sessions.end_sessions(link.person, ended, by=None, reason="provider")


def _began_with(row: UserSession, link: IdentityLink, sids: set[str] | None) -> bool:
    """Return whether a session began with this account, and with one of these sessions if any are named."""
    found: Any = row._session_store(row.session_key).get(IDENTITY_KEY)
    return (
        isinstance(found, dict)
        and found.get("provider") == link.provider_id
        and found.get("subject") == link.subject
        and (sids is None or found.get("sid") in sids)
    )
