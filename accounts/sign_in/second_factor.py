"""Second factor: codes of an authenticator app (TOTP), passkeys, and recovery codes."""

from typing import Any, Literal

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt, encrypt
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.sign_in import sessions
from accounts.sign_in.permissions import protect_superadmin
from console.audit.trail import record
from console.concurrency import lock_row, service
from console.notifications.services import notify
from console.policy import role_of

#: Roles that need a second factor.
REQUIRED_ROLES = frozenset({"operator", "superadmin", "admin"})
STEP_S = 30
#: Accepted time steps, because clocks of phones differ.
STEP_DRIFT = (-1, 0, 1)
#: Session keys: the second factor is set up or verified; the secret offered during setup.
HERE, PENDING = "second_factor", "pending_factor"


#: A factor of one's own; recovery codes only replace a lost one.
FACTOR_TYPES = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def is_enabled(person: User) -> bool:
    """Return whether signing in asks for a second factor. Recovery codes may be what a reset left of it."""
    return bool(Authenticator.objects.filter(user=person).exists())


def has_factor(person: User) -> bool:
    """Return whether the person has an app or a passkey."""
    return bool(Authenticator.objects.filter(user=person, type__in=FACTOR_TYPES).exists())


def has_app(person: User) -> bool:
    return bool(Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists())


def has_passkey(person: User) -> bool:
    return bool(Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN).exists())


def is_required_for_role(person: Any) -> bool:
    """Return whether the person's role needs a second factor in production."""
    return role_of(person) in REQUIRED_ROLES


def is_required(person: Any) -> bool:
    """Return whether the person needs a second factor in this installation."""
    return settings.REQUIRE_TWO_FACTOR and is_required_for_role(person)


def is_missing(request: HttpRequest) -> bool:
    """Return whether the user has yet to set up a required second factor. Queried once per session."""
    if request.session.get(HERE) or not is_required(request.user):
        return False
    person: Any = request.user
    if has_factor(person):
        request.session[HERE] = True
        return False
    return True


def pending_secret(request: HttpRequest) -> str:
    """Return the secret of the setup: 160 bits in base32, sealed in the session until a code is verified."""
    if PENDING not in request.session:
        request.session[PENDING] = encrypt(generate_totp_secret())
    return str(decrypt(request.session[PENDING]))


def discard_pending_secret(request: HttpRequest) -> None:
    request.session.pop(PENDING, None)


def matching_step(secret: str, code: str, after: int = 0) -> int | None:
    """Return the time step of a code, if it is later than `after`; else None."""
    now = int(timezone.now().timestamp()) // STEP_S
    typed = "".join(code.split())
    for step in (now + drift for drift in STEP_DRIFT):
        if constant_time_compare(format_hotp_value(hotp_value(secret, step)), typed) and step > after:
            return step
    return None


@service
def enable(*, person: User, secret: str, code: str, by: User) -> None:
    """Enable the second factor after a valid code, and create recovery codes."""
    lock_row(person)  # serialize concurrent setups
    if has_app(person):
        raise ValidationError(_("Your second factor is already set up."))
    step = matching_step(secret, code)
    if step is None:
        raise ValidationError(_("The code is incorrect. Wait for the next one and try again."))
    data = {"secret": encrypt(secret), "last_step": step}
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data=data)
    _create_recovery_codes(person)
    record("person.factor_on", person, by=by)
    sessions.end_all_sessions(person, by=by, reason="second factor")


@service
def disable(*, person: User, by: User) -> None:
    """Remove one's own app. Raise ValidationError if the role needs a factor and there is no passkey."""
    if is_required(lock_row(person)) and not has_passkey(person):
        raise ValidationError(
            _("Your role requires the second factor. Set up a new app to replace the old one.")
        )
    Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).delete()
    delete_recovery_codes_without_factor(person)
    record("person.factor_off", person, by=by)


@service
def reset(*, person: User, by: User | None, reason: str = "") -> None:
    """Remove a person's lost second factor, passkeys included, and end their sessions."""
    protect_superadmin(lock_row(person), by)
    if by == person:
        raise ValidationError(_("You cannot reset your own second factor. Ask another administrator."))
    Authenticator.objects.filter(user=person).delete()
    record("person.factor_reset", person, by=by, reason=reason)
    sessions.end_all_sessions(person, by=by, reason="second factor")


def delete_passkey(passkey: Authenticator, *, by: User, reason: str = "") -> None:
    """Delete a passkey of somebody whose row is locked, on record, and notify them.

    Operators have no notifications; their trail shows it.
    """
    person, key, name = passkey.user, f"passkey.removed {passkey.pk}", passkey.data["name"]
    passkey.delete()
    record("person.passkey_removed", person, by=by, before={"name": name}, reason=reason)
    if person.enterprise_id is not None:
        link, args = reverse("accounts:my_sign_in"), {"passkey": name}
        notify("passkey.removed", people=[person], key=key, args=args, link=link)


def delete_passkeys(person: User, *, by: User) -> None:
    """Delete the passkeys of somebody whose password was reset. Their recovery codes stay.

    So the next sign-in asks for a code: a new password replaces no second factor.
    """
    for passkey in Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN).order_by("pk"):
        delete_passkey(passkey, by=by, reason="password")


@transaction.atomic
def verify_code(person: User, code: str) -> Literal["totp", "recovery_code", ""]:
    """Return the type of factor that the code belongs to, or "". Each code is valid once.

    A recovery code that stands for a factor which was reset ends what is left of it.
    """
    rows = Authenticator.objects.select_for_update().filter(user=person)
    factors = {row.type: row for row in rows}
    totp = factors.get(Authenticator.Type.TOTP)
    if totp is not None and _use_step(totp, code):
        return "totp"
    codes = factors.get(Authenticator.Type.RECOVERY_CODES)
    if codes is not None and RecoveryCodes(codes).validate_code("".join(code.split()).replace("-", "")):
        left = len(unused_recovery_codes(person))
        record("person.recovery_code_used", person, by=person, after={"left": left})
        delete_recovery_codes_without_factor(person)
        return "recovery_code"
    return ""


@service
def renew_recovery_codes(*, person: User, by: User) -> None:
    """Replace the recovery codes."""
    lock_row(person)
    if not has_factor(person):
        raise ValidationError(_("Set up the second factor first. It comes with recovery codes."))
    _create_recovery_codes(person)
    record("person.recovery_codes", person, by=by)


def unused_recovery_codes(person: User) -> list[str]:
    """Return the unused recovery codes."""
    row = Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).first()
    return RecoveryCodes(row).get_unused_codes() if row else []


def create_missing_recovery_codes(person: User) -> bool:
    """Create recovery codes for somebody who has none left; return whether there are new ones."""
    if unused_recovery_codes(person):
        return False
    _create_recovery_codes(person)
    return True


def delete_recovery_codes_without_factor(person: User) -> None:
    """Delete the recovery codes of somebody whose last factor is gone."""
    if not has_factor(person):
        Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).delete()


def _create_recovery_codes(person: User) -> None:
    Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).delete()
    RecoveryCodes.activate(person)


def _use_step(totp: Authenticator, code: str) -> bool:
    """Return whether the code is valid and unused, and mark it as used."""
    step = matching_step(decrypt(totp.data["secret"]), code, after=totp.data.get("last_step", 0))
    if step is None:
        return False
    totp.data["last_step"], totp.last_used_at = step, timezone.now()
    totp.save(update_fields=["data", "last_used_at"])
    return True
