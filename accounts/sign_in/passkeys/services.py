"""Services for passkeys: add, rename, remove. Each is on record, and the person is notified."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import PasswordLink, User
from accounts.sign_in import second_factor, sessions
from accounts.sign_in.passkeys.exchange import NewPasskey, passkey_rows
from accounts.sign_in.permissions import protect_erased
from accounts.sign_in.services import end_all_access, use_link
from console.audit.trail import record
from console.concurrency import lock_row, service
from console.notifications.services import notify

#: Passkeys of one person; each device or security key has one.
MAX_PASSKEYS = 10
NAME_CHARS = 60


@service
def add_passkey(*, person: User, new: NewPasskey, name: str, by: User) -> bool:
    """Store a verified passkey; return whether the person got recovery codes with it.

    The first factor ends the person's other sessions, as the app for codes does.
    """
    stored = lock_row(person)  # serialize with other changes of this person's factors
    protect_erased(stored)
    had_factor = second_factor.is_enabled(stored)
    _store(stored, new, name, by)
    if not had_factor:
        sessions.end_all_sessions(stored, by=by, reason="passkey")
    return second_factor.create_missing_recovery_codes(stored)


@service
def add_passkey_by_link(*, link: PasswordLink, new: NewPasskey, name: str) -> User | None:
    """Use up a password link with a passkey in place of a password; return the person, None if it is late.

    A former password stops working. Somebody who has a second factor keeps it: a link replaces a password,
    never a factor.
    """
    if second_factor.is_enabled(lock_row(link.person)):
        return None
    person = use_link(link)
    if person is None:
        return None
    person.set_unusable_password()
    person.save(update_fields=["password"])
    record("person.password", person, by=person, after={"password": "removed", "by": "link"})
    _store(person, new, name, person)
    end_all_access([person], by=person, reason="passkey")
    second_factor.create_missing_recovery_codes(person)
    return person


@service
def rename_passkey(*, passkey: Authenticator, name: str, by: User) -> None:
    """Give a passkey another name."""
    stored = lock_row(passkey)
    before = stored.data["name"]
    stored.data["name"] = name
    stored.save(update_fields=["data"])
    record("person.passkey_renamed", stored.user, by=by, before={"name": before}, after={"name": name})


@service
def remove_passkey(*, passkey: Authenticator, by: User) -> None:
    """Remove a passkey and end the other sessions, which may have begun with it.

    Raise ValidationError if the person could not sign in any more, or needs a second factor and has no other.
    """
    person = lock_row(passkey.user)
    stored = lock_row(passkey)
    others = passkey_rows(person).exclude(pk=stored.pk).exists()
    elsewhere = (
        person.has_usable_password() or person.identity_links.filter(provider__is_enabled=True).exists()
    )
    if not others and not elsewhere:
        raise ValidationError(_("You sign in with this passkey alone. Add another one before you remove it."))
    if not others and second_factor.is_required(person) and not second_factor.has_app(person):
        raise ValidationError(
            _("Your role requires a second factor. Add another passkey or an app before you remove this one.")
        )
    second_factor.delete_passkey(stored, by=by)
    second_factor.delete_recovery_codes_without_factor(person)
    sessions.end_all_sessions(person, by=by, reason="passkey")


def _store(person: User, new: NewPasskey, name: str, by: User) -> None:
    rows = list(passkey_rows(person))
    if len(rows) >= MAX_PASSKEYS:
        message = _("You have %(count)d passkeys, which is the most. Remove one first.")
        raise ValidationError(message % {"count": MAX_PASSKEYS})
    if any(row.data["credential"]["id"] == new.credential["id"] for row in rows):
        raise ValidationError(_("You have this passkey already."))
    data: dict[str, Any] = {"name": name, "credential": new.credential, "sign_count": new.sign_count}
    row = Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data=data)
    record("person.passkey_added", person, by=by, after={"name": name})
    if person.enterprise_id is not None:  # operators have no notifications; their trail shows it
        link, key = reverse("accounts:my_sign_in"), f"passkey.added {row.pk}"
        notify("passkey.added", people=[person], key=key, args={"passkey": name}, link=link)
