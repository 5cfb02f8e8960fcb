"""Services for REST tokens: create, revoke, notify before they expire, delete."""

from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import User
from console.audit.trail import record
from console.concurrency import DatabaseBusy, lock_row, service
from console.notifications.services import notify
from console.policy.models import ApiToken
from console.policy.token_scopes import ALL_SCOPE, scopes_offered_to
from console.policy.tokens import issue_token

#: Days before the expiry of a token on which its owner is notified.
NOTICE_DAYS = (1, 7)
#: How long an expired token is still listed.
LISTED_FOR = timedelta(days=30)


@service
def create_token(
    *, person: User, name: str, scopes: Collection[str], days: int | None = None, by: User | None
) -> str:
    """Create a token and return it. It cannot be read later.

    Raise ValidationError for an invalid lifetime or a scope outside the person's role. Raise DatabaseBusy if
    the password, role or active state changed since the person was read, because that revokes tokens.
    """
    stored = lock_row(person)
    if stored.get_session_auth_hash() != person.get_session_auth_hash():
        raise DatabaseBusy
    days = settings.REST_TOKEN_DAYS if days is None else days
    if not 1 <= days <= settings.REST_TOKEN_MAX_DAYS:
        message = _("A token is valid for 1 to %(most)d days.") % {"most": settings.REST_TOKEN_MAX_DAYS}
        raise ValidationError({"days": message})
    if beyond := sorted(set(scopes) - {*scopes_offered_to(person), ALL_SCOPE}):
        message = _("This person's role does not allow: %(scopes)s.") % {"scopes": ", ".join(beyond)}
        raise ValidationError({"scopes": message})
    if not scopes:
        raise ValidationError({"scopes": _("Choose at least one permission.")})
    token = issue_token(person, name, scopes=scopes, days=days)
    after = {"name": name, "scopes": sorted(scopes), "days": days}
    record("person.api_token", person, by=by, after=after)
    return token


@service
def revoke_token(*, token: ApiToken, by: User | None) -> None:
    """Revoke a token."""
    _revoke_tokens(token.user, [token], by)


@service
def revoke_all_tokens(person: User, *, by: User | None, reason: str = "") -> int:
    """Revoke every token of a person, for example after a role change; return how many."""
    return _revoke_tokens(person, list(ApiToken.objects.filter(user=person)), by, reason)


def _revoke_tokens(person: User, tokens: list[ApiToken], by: User | None, reason: str = "") -> int:
    for token in tokens:
        before = {"name": token.name, "scopes": token.scopes}
        record("person.api_token_ended", person, by=by, before=before, reason=reason)
        token.delete()
    return len(tokens)


def notify_expiring_tokens() -> int:
    """Notify owners a week and a day before a token expires, once each; return the number of notices."""
    now = timezone.now()
    expiring = ApiToken.objects.filter(
        expires_at__gt=now,
        expires_at__lte=now + timedelta(days=max(NOTICE_DAYS)),
        user__is_active=True,
        user__enterprise__isnull=False,
    ).select_related("user__enterprise")
    return sum(_notify_expiring(token) for token in expiring)


def _notify_expiring(token: ApiToken) -> int:
    left = token.expires_at - timezone.now()
    step = next(days for days in NOTICE_DAYS if left <= timedelta(days=days))
    return notify(
        "token.ends",
        people=[token.user],
        key=f"token {token.pk} {step}",
        args={"name": token.name, "day": f"{localtime(token.expires_at, token.user.enterprise.tz):%Y-%m-%d}"},
        link=reverse("accounts:my_tokens"),
    )


def delete_expired_tokens() -> int:
    """Delete tokens that expired more than LISTED_FOR ago; return how many."""
    return ApiToken.objects.filter(expires_at__lt=timezone.now() - LISTED_FOR).delete()[0]
