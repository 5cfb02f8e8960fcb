"""The second factor: a code of an app (TOTP), and recovery codes for the day when the app is gone."""

from typing import Any, Literal

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt, encrypt
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import spare_superadmin
from accounts.sign_in import sessions
from console.audit.trail import record
from console.policy import role_of

#: Who may not work without one.
NEEDED_BY = frozenset({"operator", "superadmin", "admin"})
STEP_S = 30
#: Clocks of phones differ: the step before and the one after are good, too.
DRIFT = (-1, 0, 1)
#: In the session: that it is there or was given, and the secret that is offered to an app.
HERE, PENDING = "second_factor", "pending_factor"


def is_on(person: User) -> bool:
    return Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists()


def would_be_needed(person: Any) -> bool:
    """Whether this person's role may not work without one wherever the console is used for real."""
    return role_of(person) in NEEDED_BY


def is_needed(person: Any) -> bool:
    """Whether this person's role may not work without a second factor in this installation."""
    return settings.REQUIRE_TWO_FACTOR and would_be_needed(person)


def is_missing(request: HttpRequest) -> bool:
    """Whether the person of this session has to set one up first. Asked once a session."""
    if request.session.get(HERE) or not is_needed(request.user):
        return False
    person: Any = request.user
    if is_on(person):
        request.session[HERE] = True
        return False
    return True


def pending_secret(request: HttpRequest) -> str:
    """The secret that is offered to an app: 160 bits in base32, sealed in the session until a code came."""
    if PENDING not in request.session:
        request.session[PENDING] = encrypt(generate_totp_secret())
    return str(decrypt(request.session[PENDING]))


def drop_pending(request: HttpRequest) -> None:
    request.session.pop(PENDING, None)


def matching_step(secret: str, code: str, after: int = 0) -> int | None:
    """The step of time that this code belongs to, later than `after`; None where it belongs to none."""
    now = int(timezone.now().timestamp()) // STEP_S
    typed = "".join(code.split())
    for step in (now + drift for drift in DRIFT):
        if constant_time_compare(format_hotp_value(hotp_value(secret, step)), typed) and step > after:
            return step
    return None


@transaction.atomic
def turn_on(*, person: User, secret: str, code: str, by: User) -> None:
    """Set the second factor up, once its app has shown a right code; recovery codes are made with it."""
    User.objects.select_for_update().get(pk=person.pk)
    if is_on(person):
        raise ValidationError(_("Your second factor is set up already."))
    step = matching_step(secret, code)
    if step is None:
        raise ValidationError(_("This code does not fit. Wait for the next one and type that."))
    data = {"secret": encrypt(secret), "last_step": step}
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data=data)
    _new_codes(person)
    record("person.factor_on", person, by=by)
    sessions.end_all(person, by=by, reason="second factor")


@transaction.atomic
def turn_off(*, person: User, by: User) -> None:
    """Take one's own second factor away; ValidationError where the role may not work without."""
    if is_needed(person):
        raise ValidationError(_("Your role needs the second factor. Set up another app in its place."))
    Authenticator.objects.filter(user=person).delete()
    record("person.factor_off", person, by=by)


@transaction.atomic
def reset(*, person: User, by: User | None, reason: str = "") -> None:
    """Take somebody's lost second factor away and end their sessions. Where it is needed they set up anew."""
    spare_superadmin(person, by)
    if by == person:
        raise ValidationError(_("You cannot reset your own second factor. Ask another administrator."))
    Authenticator.objects.filter(user=person).delete()
    record("person.factor_reset", person, by=by, reason=reason)
    sessions.end_all(person, by=by, reason="second factor")


@transaction.atomic
def accepts(person: User, code: str) -> Literal["totp", "recovery_code", ""]:
    """Which factor this code is of, empty where it is of none. A code is good once."""
    rows = Authenticator.objects.select_for_update().filter(user=person)
    factors = {row.type: row for row in rows}
    totp = factors.get(Authenticator.Type.TOTP)
    if totp is not None and _step_taken(totp, code):
        return "totp"
    codes = factors.get(Authenticator.Type.RECOVERY_CODES)
    if codes is not None and RecoveryCodes(codes).validate_code("".join(code.split()).replace("-", "")):
        left = len(codes_left(person))
        record("person.recovery_code_used", person, by=person, after={"left": left})
        return "recovery_code"
    return ""


@transaction.atomic
def renew_codes(*, person: User, by: User) -> None:
    """New recovery codes; the old ones end."""
    if not is_on(person):
        raise ValidationError(_("Set up the second factor first; recovery codes come with it."))
    _new_codes(person)
    record("person.recovery_codes", person, by=by)


def codes_left(person: User) -> list[str]:
    """The recovery codes that were not used yet."""
    row = Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).first()
    return RecoveryCodes(row).get_unused_codes() if row else []


def _new_codes(person: User) -> None:
    Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).delete()
    RecoveryCodes.activate(person)


def _step_taken(totp: Authenticator, code: str) -> bool:
    """Whether the code fits a step that was not used yet; then that step is used."""
    step = matching_step(decrypt(totp.data["secret"]), code, after=totp.data.get("last_step", 0))
    if step is None:
        return False
    totp.data["last_step"], totp.last_used_at = step, timezone.now()
    totp.save(update_fields=["data", "last_used_at"])
    return True
