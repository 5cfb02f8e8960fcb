"""The exchange with the browser: options for its dialog, and verification of its answer.

The library verifies challenge, origin, relying party and signature. In addition, the origin is exactly
that of PUBLIC_URL, the device has verified the person (PIN, finger or face), a challenge counts once even
if two requests bring it at the same time, and a counter that does not grow is refused, because it tells of a
copy.
"""

from typing import Any, NamedTuple

from allauth.account.utils import url_str_to_user_pk
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from accounts.sign_in.passkeys import relying_party
from accounts.sign_in.passkeys.answers import PARSE_ERRORS, parse_assertion, parse_registration, storable
from accounts.sign_in.passkeys.challenges import ADD, PasskeyRefused, store_challenge, take_challenge
from console.audit.trail import record
from console.lazy_import import LazyModule

server_module, webauthn = LazyModule("fido2.server"), LazyModule("fido2.webauthn")
#: Longer than the ID of any person.
MAX_HANDLE_BYTES = 20


class NewPasskey(NamedTuple):
    """A verified new passkey: what is stored, and its counter."""

    credential: dict[str, Any]
    sign_count: int


def creation_options(request: HttpRequest, person: User) -> dict[str, Any]:
    """Return the options for creating a passkey, and keep their challenge."""
    options, state = _server().register_begin(
        webauthn.PublicKeyCredentialUserEntity(**get_adapter().get_public_key_credential_user_entity(person)),
        credentials=[_public_part(row) for row in passkey_rows(person)],
        resident_key_requirement=webauthn.ResidentKeyRequirement.REQUIRED,
        user_verification=webauthn.UserVerificationRequirement.REQUIRED,
    )
    store_challenge(request, ADD, person, state)
    return dict(options)


def read_new_passkey(request: HttpRequest, person: User, answer: str) -> NewPasskey:
    """Verify a new passkey. Raise PasskeyRefused."""
    state = take_challenge(request, ADD, person)
    registration = parse_registration(answer)
    try:
        data = _server().register_complete(state, registration)
        credential = storable(registration)
    except PARSE_ERRORS as error:
        raise PasskeyRefused(str(error)) from None
    return NewPasskey(credential, data.counter)


def request_options(request: HttpRequest, purpose: str, person: User | None = None) -> dict[str, Any]:
    """Return the options for using a passkey, and keep their challenge.

    Without a person they name no passkey, so that they tell nothing about who has one.
    """
    options, state = _server().authenticate_begin(
        credentials=[_public_part(row) for row in passkey_rows(person)] if person else None,
        user_verification=webauthn.UserVerificationRequirement.REQUIRED,
    )
    store_challenge(request, purpose, person, state)
    return dict(options)


def verify(request: HttpRequest, purpose: str, answer: str, person: User | None = None) -> User:
    """Return the person whose passkey answered: `person`, if given. Raise PasskeyRefused."""
    state = take_challenge(request, purpose, person)
    assertion = parse_assertion(answer)
    owner = _owner_of(assertion.response.user_handle)
    if person is not None and owner is not None and owner.pk != person.pk:
        raise PasskeyRefused("The passkey belongs to somebody else.")
    owner = person or owner
    if owner is None:
        raise PasskeyRefused("Nobody has this passkey.")
    if _use_passkey(owner, state, assertion):
        return owner
    record("person.passkey_copied", owner, by=None)
    raise PasskeyRefused("The counter did not grow.")


def passkey_rows(person: User) -> Any:
    """Return the passkeys of a person, oldest first."""
    return Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN).order_by("pk")


@transaction.atomic
def _use_passkey(owner: User, state: dict[str, Any], assertion: Any) -> bool:
    """Verify the answer and mark the passkey as used; return False if the counter tells of a copy."""
    rows = passkey_rows(owner).select_for_update()
    row = next((one for one in rows if one.data["credential"]["id"] == assertion.id), None)
    if row is None:
        raise PasskeyRefused("This person has no such passkey.")
    try:
        _server().authenticate_complete(state, [_public_part(row)], assertion)
    except PARSE_ERRORS as error:
        raise PasskeyRefused(str(error)) from None
    if state["at"] <= row.data.get("challenge_at", 0):
        raise PasskeyRefused("The challenge was used before.")
    counter, former = assertion.response.authenticator_data.counter, row.data.get("sign_count", 0)
    if (counter or former) and counter <= former:
        return False
    row.data |= {"sign_count": counter, "challenge_at": state["at"]}
    row.last_used_at = timezone.now()
    row.save(update_fields=["data", "last_used_at"])
    return True


def _owner_of(handle: bytes | None) -> User | None:
    """Return the active person with this user handle, which their device stores beside the passkey."""
    if not handle or len(handle) > MAX_HANDLE_BYTES:
        return None
    try:
        pk = url_str_to_user_pk(handle.decode("ascii"))
    except ValueError:
        return None
    return User.objects.select_related("enterprise").filter(pk=pk, is_active=True).first()


def _public_part(row: Authenticator) -> Any:
    """Return ID and public key of a stored passkey."""
    return row.wrap().authenticator_data.credential_data


def _server() -> Any:
    relying_party.require_available()
    party = webauthn.PublicKeyCredentialRpEntity(**get_adapter().get_public_key_credential_rp_entity())
    return server_module.Fido2Server(party, verify_origin=lambda given: given == relying_party.origin())
