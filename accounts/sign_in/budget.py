"""The budget of guesses: a guess is taken out before the password is looked at, and given back if right.

A row for each login, each address and each second factor. One statement takes a guess, so a hundred guesses
in the same instant cannot take more than are left; and rows are the same for every process of every machine,
which a cache in memory is not and a broker need not be. The figures are settings, the sums stand in
docs/security.md.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Guesses, User
from console import failpoints

Of = Guesses.Of
#: After so long without a guess the next lock is a first one again.
FORGOTTEN_AFTER = timedelta(hours=24)
COUNTED = failpoints.defence("sign_in.counted", "guesses are counted, and too many are not looked at")

TAKE = """
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


class Account(NamedTuple):
    """Whose budget, and how much of it a window holds. Only an address does not grow its locks."""

    of: Of
    key: str
    limit: int
    grows: bool = True


def of_login(login: str) -> Account:
    """Of a login as it was typed, whether anybody has it or not."""
    return Account(Of.LOGIN, _digest(login.strip().casefold()), settings.SIGN_IN_ACCOUNT_TRIES)


def of_address(address: str) -> Account:
    """Of an address; IPv6 is given out by the /64, so that is counted."""
    whole = ip_address(address) if address else None
    if whole is not None and whole.version == 6:
        address = str(ip_network((address, 64), strict=False))
    return Account(Of.ADDRESS, _digest(address), settings.SIGN_IN_ADDRESS_TRIES, grows=False)


def of_factor(person: User) -> Account:
    """Of the codes of a person's second factor."""
    return Account(Of.FACTOR, _digest(str(person.pk)), settings.SIGN_IN_ACCOUNT_TRIES)


def of_proof(person: User) -> Account:
    """Of proof within a session: apart from the door's, or a stranger there could keep its owner out."""
    return Account(Of.FACTOR, _digest(f"proof {person.pk}"), settings.SIGN_IN_ACCOUNT_TRIES)


def take(account: Account) -> datetime | None:
    """Take one guess out: None where there was one, else when to come back."""
    if not COUNTED.up:
        return None
    now = timezone.now()
    values = {
        "of": account.of,
        "key": account.key,
        "limit": account.limit,
        "now": now,
        "window": now + timedelta(seconds=settings.SIGN_IN_WINDOW_S),
        "forgotten": now - FORGOTTEN_AFTER,
    }
    with connection.cursor() as cursor:
        cursor.execute(TAKE, values)
        if cursor.fetchone() is not None:
            return None
    row = Guesses.objects.get(of=account.of, key=account.key)
    return row.locked_until or row.window_ends_at


@transaction.atomic
def failed(account: Account) -> datetime | None:
    """The guess was wrong: until when the account is locked, where that was the last one; else None."""
    row = Guesses.objects.select_for_update().filter(of=account.of, key=account.key).first()
    if row is None or row.locked_until is not None or row.tries < account.limit:
        return None
    seconds = settings.SIGN_IN_LOCK_S * (2 ** min(row.locks, 16) if account.grows else 1)
    row.locked_until = timezone.now() + timedelta(seconds=min(seconds, settings.SIGN_IN_LOCK_CAP_S))
    row.locks += 1
    row.save(update_fields=["locked_until", "locks"])
    return row.locked_until


def give_back(account: Account) -> None:
    """The guess did not count: it was right, or the password was never looked at."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_guesses SET tries = tries - 1 WHERE of = %s AND key = %s AND tries > 0",
            [account.of, account.key],
        )


def forget(account: Account) -> bool:
    """Begin anew, as after a right guess or where an administrator unlocks; whether it was locked."""
    now = timezone.now()
    rows = Guesses.objects.filter(of=account.of, key=account.key)
    was = rows.filter(locked_until__gt=now).exists()
    rows.delete()
    return was


def locked_until(account: Account) -> datetime | None:
    """Until when nothing is looked at, None where it is not locked."""
    rows = Guesses.objects.filter(of=account.of, key=account.key, locked_until__gt=timezone.now())
    return rows.values_list("locked_until", flat=True).first()


def tidy() -> int:
    """Drop rows that say nothing any more; how many."""
    return Guesses.objects.filter(touched_at__lt=timezone.now() - 2 * FORGOTTEN_AFTER).delete()[0]


def _digest(text: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), b"guesses " + text.encode(), hashlib.sha256).hexdigest()
