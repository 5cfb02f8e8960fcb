"""The gate before every look at a password or a code: within the budget, on record, closed when used up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import spare_superadmin
from accounts.sign_in import budget
from accounts.sign_in.budget import Account
from console.audit.trail import record


class Locked(Exception):
    """Nothing is looked at before `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__()
        self.until = until

    @property
    def seconds(self) -> int:
        return max(1, int((self.until - timezone.now()).total_seconds()) + 1)

    @property
    def words(self) -> str:
        local = timezone.localtime(self.until)
        show = "H:i" if local.date() == timezone.localdate() else "Y-m-d H:i"
        return _(
            "Too many wrong tries. Nothing is looked at before %(time)s; try again then, "
            "or ask an administrator of your school to unlock you."
        ) % {"time": date_format(local, show)}


@dataclass(frozen=True)
class Guess:
    """One guess that was let through. Say afterwards whether it was `right` or `wrong`.

    `subject` is whom it is about where that is known, `by` what was guessed: password, factor or proof.
    """

    accounts: Sequence[Account]
    address: str
    by: str

    def right(self) -> None:
        """Logins and factors begin anew; an address gets one back, or a good login would pay for many."""
        for account in self.accounts:
            if account.of == budget.Of.ADDRESS:
                budget.give_back(account)
            else:
                budget.forget(account)

    def wrong(self, subject: User | None) -> None:
        """On record. Raises Locked where it was the last one."""
        told: dict[str, Any] = {"by": self.by, "address": self.address}
        record("person.sign_in_failed", subject, by=None, after=told)
        locks = [(account, until) for account in self.accounts if (until := budget.failed(account))]
        for account, until in locks:
            whole = {**told, "locked": account.of.value, "until": until}
            record("person.locked", subject, by=None, after=whole)
        if locks:
            raise Locked(max(until for _account, until in locks))


def password_guess(login: str, address: str) -> Guess:
    """A guess at the password of a login, known or not. Raises Locked."""
    return _taken((budget.of_address(address), budget.of_login(login)), address, "password")


def factor_guess(person: User, address: str) -> Guess:
    """A guess at the code of a second factor. Raises Locked."""
    return _taken((budget.of_address(address), budget.of_factor(person)), address, "factor")


def proof_guess(person: User, address: str) -> Guess:
    """A guess at who sits before an open session. Raises Locked."""
    return _taken((budget.of_proof(person),), address, "proof")


def _taken(accounts: tuple[Account, ...], address: str, by: str) -> Guess:
    """All or nothing: what was taken before a refusal is given back, for nothing was looked at."""
    for place, account in enumerate(accounts):
        until = budget.take(account)
        if until is not None:
            for earlier in accounts[:place]:
                budget.give_back(earlier)
            raise Locked(until)
    return Guess(accounts, address, by)


def is_locked(person: User) -> bool:
    """Whether this person is kept out because of wrong tries."""
    return any(budget.locked_until(account) for account in _of(person))


@transaction.atomic
def unlock(*, person: User, by: User | None) -> None:
    """Let somebody try again at once."""
    spare_superadmin(person, by)
    for account in _of(person):
        budget.forget(account)
    record("person.unlock", person, by=by)


def _of(person: User) -> tuple[Account, ...]:
    return budget.of_login(person.login), budget.of_factor(person), budget.of_proof(person)
