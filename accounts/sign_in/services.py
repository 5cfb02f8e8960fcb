"""Services for passwords, REST tokens and the end of access."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import PasswordLink, User
from accounts.sign_in import (
    api_tokens,
    attempt_limits,
    devices,
    forgotten_passwords,
    password_links,
    sessions,
)
from accounts.sign_in.permissions import protect_erased, protect_superadmin
from console.audit.trail import record
from console.concurrency import (
    lock_row,
    service,
)
from console.policy.models import ApiToken


@service
def change_password(*, person: User, password: str, by: User | None) -> User:
    """Set a person's password; an empty one disables sign-in."""
    stored = lock_row(person)
    protect_superadmin(stored, by)
    protect_erased(stored)
    set_or_clear_password(stored, password)
    stored.save(update_fields=["password"])
    record("person.password", stored, by=by, after={"password": "changed"})
    sessions.end_all_sessions(stored, by=by, reason="password")
    password_links.revoke_open_links([stored], by=by, reason="password")
    password_links.drop_requests([stored])
    if by is not None and by != stored:  # an intruder may have created a token
        api_tokens.revoke_all_tokens(stored, by=by, reason="password")
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
    attempt_limits.reset_limit(attempt_limits.login_limit(person.login))
    return person


@service
def set_password_by_link(*, link: PasswordLink, password: str) -> User | None:
    """Use up a link, set the password and end all access. Return the person; None if the link is late."""
    person = use_link(link)
    if person is None:
        return None
    person.set_password(password)
    person.save(update_fields=["password"])
    record("person.password", person, by=person, after={"password": "changed", "by": "link"})
    end_all_access(person, by=person, reason="password")
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


def end_all_access(person: User, *, by: User | None, reason: str) -> None:
    """End a person's sessions, revoke their REST tokens and password link, each on record with the reason."""
    sessions.end_all_sessions(person, by=by, reason=reason)
    password_links.revoke_open_links([person], by=by, reason=reason)
    api_tokens.revoke_all_tokens(person, by=by, reason=reason)


def delete_expired() -> int:
    """Delete what expired: sessions, tokens, password links, requests, devices, limits; return how many."""
    stored = Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]
    rows: int = UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()[0]
    rows += password_links.delete_expired_links() + api_tokens.delete_expired_tokens()
    rows += forgotten_passwords.delete_old_requests() + devices.delete_expired_devices()
    return stored + rows + attempt_limits.delete_expired()
