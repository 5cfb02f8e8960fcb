"""Lockout: every check of a password or code takes an attempt first; failures are recorded."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import GuardianAccount, User
from accounts.sign_in import attempt_limits
from accounts.sign_in.attempt_limits import AttemptLimit
from accounts.sign_in.permissions import protect_superadmin
from console.audit.trail import record
from console.concurrency import service


class Locked(Exception):
    """No attempt is allowed before `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until

    @property
    def seconds(self) -> int:
        return max(1, int((self.until - timezone.now()).total_seconds()) + 1)

    @property
    def message(self) -> str:
        local = timezone.localtime(self.until)
        time_format = "H:i" if local.date() == timezone.localdate() else "Y-m-d H:i"
        return _(
            "Too many failed attempts. Try again after %(time)s, or ask a school administrator to unlock you."
        ) % {"time": date_format(local, time_format)}


@dataclass(frozen=True)
class SignInAttempt:
    """An attempt in progress. Call `record_success` or `record_failure` afterwards.

    `by` is what was checked: password, factor, proof, link or passkey. `login` is the account whose password
    may be checked; empty where it is locked, and where no account was named (`for_account`).
    """

    limits: Sequence[AttemptLimit]
    address: str
    by: str
    login: str = ""

    def for_account(self, login: str) -> "SignInAttempt":
        """Count the attempt for the account whose password is checked, on whichever page and however its
        login was typed.

        The lock of an account is not shown: what a page answers depends on what was typed alone, so that
        nobody learns who has a user ID, in which school, or that it is an operator's name.
        """
        if attempt_limits.take_attempt(attempt_limits.account_limit(login)) is not None:
            return self
        return replace(self, login=login)

    def record_success(self) -> None:
        """Reset the limits of account, login and factor.

        An address only gets one attempt back, so that one valid login cannot reset the failures of others; so
        does what was typed where it is not the whole login: somebody else may have the same name.
        """
        if self.login:
            attempt_limits.reset_limit(attempt_limits.account_limit(self.login))
        for limit in self.limits:
            is_shared = bool(self.login) and limit != attempt_limits.login_limit(self.login)
            if is_shared or limit.of == attempt_limits.LimitType.ADDRESS:
                attempt_limits.return_attempt(limit)
            else:
                attempt_limits.reset_limit(limit)

    def record_failure(self, subject: User | GuardianAccount | None) -> None:
        """Record the failure, for `subject` if it is known who. Raise Locked after the last attempt."""
        after: dict[str, Any] = {"by": self.by, "address": self.address}
        record("person.sign_in_failed", subject, by=None, after=after)
        limits = [*self.limits, *([attempt_limits.account_limit(self.login)] if self.login else [])]
        locks = {limit: until for limit in limits if (until := attempt_limits.record_failure(limit))}
        for of, until in {limit.of: until for limit, until in locks.items()}.items():
            lock = {**after, "locked": of.value, "until": until}
            record("person.locked", subject, by=None, after=lock)
        if shown := [locks[limit] for limit in self.limits if limit in locks]:
            raise Locked(max(shown))


def start_password_attempt(login: str, address: str) -> SignInAttempt:
    """Start a password attempt for a login, which need not exist. Raise Locked."""
    limits = (attempt_limits.address_limit(address), attempt_limits.login_limit(login))
    return _start_attempt(limits, address, "password")


def start_factor_attempt(person: User, address: str) -> SignInAttempt:
    """Start an attempt at a second factor. Raise Locked."""
    return _start_attempt(
        (attempt_limits.address_limit(address), attempt_limits.factor_limit(person)), address, "factor"
    )


def start_reauth_attempt(person: User, address: str) -> SignInAttempt:
    """Start a reauthentication attempt. Raise Locked."""
    return _start_attempt((attempt_limits.reauth_limit(person),), address, "proof")


def start_passkey_attempt(address: str) -> SignInAttempt:
    """Start an attempt to sign in with a passkey. Only the address counts: nobody can guess a passkey, and
    nobody shall lock others out. Raise Locked."""
    return _start_attempt((attempt_limits.address_limit(address),), address, "passkey")


def start_link_attempt(address: str) -> SignInAttempt:
    """Start an attempt at opening a password link. Raise Locked."""
    return _start_attempt((attempt_limits.link_limit(address),), address, "link")


def _start_attempt(limits: tuple[AttemptLimit, ...], address: str, by: str) -> SignInAttempt:
    """Take an attempt from all limits or from none."""
    for index, limit in enumerate(limits):
        until = attempt_limits.take_attempt(limit)
        if until is not None:
            for earlier in limits[:index]:
                attempt_limits.return_attempt(earlier)
            raise Locked(until)
    return SignInAttempt(limits, address, by)


def is_locked(person: User) -> bool:
    """Return whether a person is locked after failed attempts."""
    return any(attempt_limits.locked_until(limit) for limit in _limits_for(person))


@service
def unlock(*, person: User, by: User | None) -> None:
    """Reset the limits of a person."""
    protect_superadmin(person, by)
    for limit in _limits_for(person):
        attempt_limits.reset_limit(limit)
    record("person.unlock", person, by=by)


def _limits_for(person: User) -> tuple[AttemptLimit, ...]:
    return (
        attempt_limits.login_limit(person.login),
        attempt_limits.account_limit(person.login),
        attempt_limits.factor_limit(person),
        attempt_limits.reauth_limit(person),
    )
