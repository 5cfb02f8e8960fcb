"""Limits of sign-in attempts: an attempt is taken before the password is checked, and returned on success.

There is a row for each login, account, IP address and second factor. One statement takes an attempt, so
concurrent requests cannot take more than are left. The rows are shared by all processes and machines, unlike
a cache.
The limits are settings; docs/security.md gives the reasoning.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import SignInThrottle, User

LimitType = SignInThrottle.Of
#: After this time without an attempt the lock duration starts over.
RESET_AFTER = timedelta(hours=24)

TAKE_SQL = """
INSERT INTO accounts_guesses AS had (of, key, tries, locks, window_ends_at, touched_at)
VALUES (%(of)s, %(key)s, 1, 0, %(window)s, %(now)s)
ON CONFLICT (of, key) DO UPDATE SET
    tries = CASE WHEN had.window_ends_at <= %(now)s OR had.locked_until <= %(now)s
        THEN 1 ELSE had.tries + 1 END,
    window_ends_at = CASE WHEN had.window_ends_at <= %(now)s OR had.locked_until <= %(now)s
        THEN %(window)s ELSE had.window_ends_at END,
    locks = CASE WHEN had.touched_at < %(forgotten)s THEN 0 ELSE had.locks END,
    locked_until = NULL,
    touched_at = %(now)s
WHERE (had.locked_until IS NULL OR had.locked_until <= %(now)s)
    AND (had.tries < %(limit)s OR had.window_ends_at <= %(now)s OR had.locked_until <= %(now)s)
RETURNING 1
"""


class AttemptLimit(NamedTuple):
    """A limit and its key. `limit` is the number of attempts per window; if `grows`, each lock is longer."""

    of: LimitType
    key: str
    limit: int
    grows: bool = True


def login_limit(login: str) -> AttemptLimit:
    """Return the limit of a login as typed, whether it exists or not."""
    return AttemptLimit(LimitType.LOGIN, _digest(login.strip().casefold()), settings.SIGN_IN_ACCOUNT_ATTEMPTS)


def account_limit(login: str) -> AttemptLimit:
    """Return the limit of the login whose password is checked, whatever was typed for it."""
    limit = login_limit(login)
    return limit._replace(key=_digest(f"account {limit.key}"))


def address_limit(address: str) -> AttemptLimit:
    """Return the limit of an IP address. IPv6 counts by /64, the size of one subscriber's network."""
    parsed = ip_address(address) if address else None
    if parsed is not None and parsed.version == 6:
        address = str(ip_network((address, 64), strict=False))
    return AttemptLimit(LimitType.ADDRESS, _digest(address), settings.SIGN_IN_ADDRESS_ATTEMPTS, grows=False)


def link_limit(address: str) -> AttemptLimit:
    """Return the limit of unknown password links of an IP address, which must not block sign-in there."""
    limit = address_limit(address)
    return limit._replace(key=_digest(f"link {limit.key}"))


def forgotten_limits(login: str, address: str) -> tuple[AttemptLimit, AttemptLimit]:
    """Return the limits of requests for a new password; they must not block sign-in, nor the other way."""
    limits = (address_limit(address), login_limit(login))
    by_address, by_login = (one._replace(key=_digest(f"forgotten {one.key}"), grows=False) for one in limits)
    return by_address, by_login


def school_limit(address: str) -> AttemptLimit:
    """Return the limit of sign-in pages of unknown schools of an IP address."""
    limit = address_limit(address)
    return limit._replace(key=_digest(f"school {limit.key}"))


def provider_limit(address: str) -> AttemptLimit:
    """Return the limit of invalid sign-outs by identity providers, which must not block sign-in there."""
    limit = address_limit(address)
    return limit._replace(key=_digest(f"provider {limit.key}"))


def assertion_limit(provider: int, address: str) -> AttemptLimit:
    """Return the limit of refused SAML responses for a provider from an IP address. Each costs a parser and
    a signature; passwords and other providers do not wait for it."""
    limit = address_limit(address)
    return limit._replace(key=_digest(f"assertion {provider} {limit.key}"))


def trail_limit(address: str) -> AttemptLimit:
    """Return the limit of failed sign-ins with a provider of an IP address that are recorded."""
    limit = address_limit(address)
    return limit._replace(key=_digest(f"trail {limit.key}"))


def factor_limit(person: User) -> AttemptLimit:
    """Return the limit of a person's second factor."""
    return AttemptLimit(LimitType.FACTOR, _digest(str(person.pk)), settings.SIGN_IN_ACCOUNT_ATTEMPTS)


def reauth_limit(person: User) -> AttemptLimit:
    """Return the limit of reauthentication, which failed sign-ins by strangers must not block."""
    return AttemptLimit(LimitType.FACTOR, _digest(f"proof {person.pk}"), settings.SIGN_IN_ACCOUNT_ATTEMPTS)


def take_attempt(limit: AttemptLimit) -> datetime | None:
    """Take an attempt; return None if one was left, else when to try again."""
    now = timezone.now()
    values: dict[str, Any] = {
        "of": limit.of,
        "key": limit.key,
        "limit": limit.limit,
        "now": now,
        "window": now + timedelta(seconds=settings.SIGN_IN_WINDOW_S),
        "forgotten": now - RESET_AFTER,
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKE_SQL, values)
        if cursor.fetchone() is not None:
            return None
    row = SignInThrottle.objects.filter(of=limit.of, key=limit.key).first()
    if row is None:  # a concurrent success has reset the limit
        return take_attempt(limit)
    return row.locked_until or row.window_ends_at


@transaction.atomic
def record_failure(limit: AttemptLimit) -> datetime | None:
    """Record a failed attempt; return the end of the lock if it was the last attempt, else None."""
    row = SignInThrottle.objects.select_for_update().filter(of=limit.of, key=limit.key).first()
    if row is None or row.locked_until is not None or row.tries < limit.limit:
        return None
    seconds = settings.SIGN_IN_LOCK_S * (2 ** min(row.locks, 16) if limit.grows else 1)
    row.locked_until = timezone.now() + timedelta(seconds=min(seconds, settings.SIGN_IN_LOCK_MAX_S))
    row.locks += 1
    row.save(update_fields=["locked_until", "locks"])
    return row.locked_until


def return_attempt(limit: AttemptLimit) -> None:
    """Return an attempt that does not count: it succeeded, or nothing was checked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_guesses SET tries = tries - 1 WHERE of = %s AND key = %s AND tries > 0",
            [limit.of, limit.key],
        )


def reset_limit(limit: AttemptLimit) -> bool:
    """Reset a limit after a success or by an administrator; return whether it was locked."""
    now = timezone.now()
    rows = SignInThrottle.objects.filter(of=limit.of, key=limit.key)
    was_locked = rows.filter(locked_until__gt=now).exists()
    rows.delete()
    return was_locked


def locked_until(limit: AttemptLimit) -> datetime | None:
    """Return the end of the current lock, or None."""
    rows = SignInThrottle.objects.filter(of=limit.of, key=limit.key, locked_until__gt=timezone.now())
    return rows.values_list("locked_until", flat=True).first()


def delete_expired() -> int:
    """Delete rows that no longer have an effect; return how many."""
    return SignInThrottle.objects.filter(touched_at__lt=timezone.now() - 2 * RESET_AFTER).delete()[0]


def _digest(text: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), b"guesses " + text.encode(), hashlib.sha256).hexdigest()
