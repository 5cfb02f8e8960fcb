"""Services for passwords, REST tokens and the end of access.

Whoever writes a person's e-mail address, role or activity, or an account at an identity provider, calls
`end_access_after_change` or `end_all_access` in the same transaction;
`tests/architecture/test_end_of_access.py` finds who does.
"""

from collections.abc import Collection, Iterable
from itertools import islice
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.dispatch import Signal
from django.utils import timezone

from accounts.models import PasswordLink, User
from accounts.sign_in import (
    api_tokens,
    attempt_limits,
    devices,
    forgotten_passwords,
    password_links,
    second_factor,
    sessions,
    verified_addresses,
)
from accounts.sign_in.permissions import protect_erased, protect_superadmin
from console.audit.trail import record
from console.concurrency import (
    lock_row,
    service,
)
from console.policy.models import ApiToken

BATCH = 2_000
#: Sent with `people`, `by` and `reason` when all access of people ends, for what other apps have given them.
access_ended = Signal()


@service
def change_password(*, person: User, password: str, by: User | None, keep_passkeys: bool = False) -> User:
    """Set a person's password; an empty one disables sign-in.

    A password from somebody else ends all access, and the passkeys, too, unless they are to stay.
    """
    stored = lock_row(person)
    protect_superadmin(stored, by)
    protect_erased(stored)
    set_or_clear_password(stored, password)
    stored.save(update_fields=["password"])
    record("person.password", stored, by=by, after={"password": "changed"})
    if by is not None and by != stored:  # an intruder may have created a token, or added a passkey
        if not keep_passkeys:
            second_factor.delete_passkeys(stored, by=by)
        end_all_access([stored], by=by, reason="password")
        return stored
    sessions.end_all_sessions(stored, by=by, reason="password")
    password_links.revoke_open_links([stored], by=by, reason="password")
    password_links.drop_requests([stored])
    return stored


def use_link(link: PasswordLink) -> User | None:
    """Use up a link in the caller's transaction: unlock sign-in, and return the person, whose row is locked.

    A link that came by e-mail shows that the address is the person's. None if the link was used, replaced or
    revoked in the meantime.
    """
    person = lock_row(link.person)
    stored = password_links.find_link(lock_row(link).digest)
    if stored is None:
        return None
    stored.used_at = timezone.now()
    stored.save(update_fields=["used_at"])
    person.verified_e_mail = stored.sent_to or person.verified_e_mail
    person.save(update_fields=["verified_e_mail"])
    password_links.drop_requests([person])
    for limit in (attempt_limits.login_limit, attempt_limits.account_limit):
        attempt_limits.reset_limit(limit(person.login))
    return person


@service
def set_password_by_link(*, link: PasswordLink, password: str, keep_passkeys: bool = False) -> User | None:
    """Use up a link, set the password and end all access, and the passkeys, too, unless they are to stay.

    Return the person; None if the link is late.
    """
    person = use_link(link)
    if person is None:
        return None
    person.set_password(password)
    person.save(update_fields=["password"])
    record("person.password", person, by=person, after={"password": "changed", "by": "link"})
    if not keep_passkeys:
        second_factor.delete_passkeys(person, by=person)
    end_all_access([person], by=person, reason="password")
    return person


def set_or_clear_password(person: User, password: str) -> None:
    if password:
        person.set_password(password)
    else:
        person.set_unusable_password()


def revoke_user_token(*, token: ApiToken, by: User) -> None:
    """Revoke a REST token of another person of the school."""
    protect_superadmin(token.user, by)
    api_tokens.revoke_token(token=token, by=by)


def end_access_after_change(people: Iterable[User], changed: Collection[str], *, by: User | None) -> None:
    """End what a change of these columns leaves open, for people whose rows are locked.

    Another role ends all access. Another e-mail address ends what went to the former one, which may be the
    mailbox of somebody else: the password link and the proof that the address is theirs.
    """
    people = list(people)
    if "e_mail" in changed:
        verified_addresses.forget_verification(people)
        password_links.revoke_open_links(people, by=by, reason="e_mail")
    if "role" in changed:
        end_all_access(people, by=by, reason="role")


def end_all_access(people: Iterable[User], *, by: User | None, reason: str) -> None:
    """End every way in of people whose rows are locked, each on record with the reason.

    Ends sessions, password links and the requests for one, REST tokens and calendar feeds. A password and
    passkeys stay; they are of no use to somebody who is deactivated. Whoever resets the password ends the
    passkeys besides.
    """
    remaining = iter(people)
    while batch := list(islice(remaining, BATCH)):
        for person in _people_with(UserSession, batch):
            sessions.end_all_sessions(person, by=by, reason=reason)
        password_links.revoke_open_links(batch, by=by, reason=reason)
        password_links.drop_requests(batch)
        for person in _people_with(ApiToken, batch):
            api_tokens.revoke_all_tokens(person, by=by, reason=reason)
        access_ended.send(sender=User, people=batch, by=by, reason=reason)


def _people_with(model: Any, people: list[User]) -> list[User]:
    """Return those of the people who have rows of a model."""
    keys = set(model.objects.filter(user__in=people).values_list("user_id", flat=True))
    return [person for person in people if person.pk in keys]


def delete_expired() -> int:
    """Delete what expired: sessions, tokens, password links, requests, devices, limits; return how many."""
    stored = Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]
    rows: int = UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()[0]
    rows += password_links.delete_expired_links() + api_tokens.delete_expired_tokens()
    rows += forgotten_passwords.delete_old_requests() + devices.delete_expired_devices()
    return stored + rows + attempt_limits.delete_expired()
