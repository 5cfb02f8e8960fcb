"""Validation of the response that signs somebody in (SAML 2.0 Profiles, Web Browser SSO, 4.1.4).

Three checks: the form of the document; what python3-saml leaves to the caller or takes lightly, such as a
response that answers no request, addresses that only begin like ours, an audience or time that is missing;
and the whole validation of python3-saml, with the signature. Nothing is believed before all have passed.
"""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.utils import timezone

from accounts.models import IdentityProvider
from accounts.school.identity.saml.claims import claims_of
from accounts.school.identity.saml.configuration import library_settings, own_addresses
from accounts.school.identity.saml.documents import (
    DS,
    SAML,
    SAMLP,
    DocumentRefused,
    decode_message,
    only_child,
    parse_message,
    plain_text,
)
from accounts.school.identity.saml.signatures import check_signature_form, check_unique_ids
from console.lazy_import import LazyModule

library = LazyModule("onelogin.saml2.response")

SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
#: Attributes that name the account where the NameID is another one each time.
SUBJECT_ATTRIBUTES = (
    "urn:oasis:names:tc:SAML:attribute:pairwise-id",
    "urn:oasis:names:tc:SAML:attribute:subject-id",
    "urn:oid:1.3.6.1.4.1.5923.1.1.1.10",
)
#: Difference of clocks that is accepted, and the age of an answer.
SKEW, MAX_AGE = timedelta(seconds=60), timedelta(minutes=10)
#: allauth stores at most so many characters of a subject.
MAX_SUBJECT_LENGTH = 191


class ResponseRefused(Exception):
    """Nobody is signed in. `reason` is that of a sentence for the person, the argument is for the trail."""

    def __init__(self, detail: str, reason: str = "failed") -> None:
        super().__init__(detail)
        self.reason = reason


class Assertion(NamedTuple):
    """What a provider asserts: the request that it answers, and the claims about the account."""

    id: str
    request_id: str
    subject: str
    session_id: str
    claims: dict[str, Any]
    ends_at: datetime


def read_response(provider: IdentityProvider, text: str) -> Assertion:
    """Return the assertion of a response in base64. ResponseRefused if anything about it is wrong."""
    try:
        raw = decode_message(text)
        root = parse_message(raw)
        element = _check_form(root)
        # First what has a sentence of its own; nothing of it counts before the signature is verified.
        assertion = _check_content(provider, root, element)
        _check_with_library(provider, raw, assertion.request_id)
        return assertion
    except DocumentRefused as error:
        raise ResponseRefused(str(error)) from None


def _check_form(root: Any) -> Any:
    """Return the one assertion of a response that answers a request, signed in a way that counts."""
    if root.tag != f"{SAMLP}Response":
        raise ResponseRefused("not a response")
    status = only_child(only_child(root, f"{SAMLP}Status"), f"{SAMLP}StatusCode").get("Value")
    if status != SUCCESS:
        raise ResponseRefused(f"status {str(status).rpartition(':')[2][:40]}", "denied")
    if not root.get("InResponseTo"):
        raise ResponseRefused("answers no request", "unasked")
    if (
        next(root.iter(f"{SAML}EncryptedAssertion", f"{SAML}EncryptedID", f"{SAML}EncryptedAttribute"), None)
        is not None
    ):
        raise ResponseRefused("encrypted", "encrypted")
    everywhere = list(root.iter(f"{SAML}Assertion"))
    element = only_child(root, f"{SAML}Assertion")
    if len(everywhere) != 1 or len(list(root.iter(f"{SAMLP}Response"))) != 1:
        raise ResponseRefused("several assertions or responses")
    check_unique_ids(root)
    if element.find(f"{DS}Signature") is None:
        raise ResponseRefused("assertion not signed", "unsigned")
    check_signature_form(element)
    signatures = list(root.iter(f"{DS}Signature"))
    if root.find(f"{DS}Signature") is not None:
        check_signature_form(root)
    if len(signatures) != len(root.findall(f"{DS}Signature")) + 1:
        raise ResponseRefused("signature elsewhere")
    return element


def _check_with_library(provider: IdentityProvider, raw: bytes, request_id: str) -> None:
    own = urlsplit(own_addresses(provider).consumer)
    request_data: dict[str, Any] = {
        "https": "on" if own.scheme == "https" else "off",
        "http_host": own.netloc,
        "script_name": own.path,
        "get_data": {},
        "post_data": {},
    }
    try:
        response = library.OneLogin_Saml2_Response(library_settings(provider), base64.b64encode(raw).decode())
    except SyntaxError:  # of XML, for its parser
        raise ResponseRefused("syntax") from None
    if not response.is_valid(request_data, request_id=request_id):
        raise ResponseRefused(str(response.get_error())[:200])


def _check_content(provider: IdentityProvider, root: Any, element: Any) -> Assertion:
    own, now = own_addresses(provider), timezone.now()
    if root.get("Destination") != own.consumer:
        raise ResponseRefused("destination")
    if element.get("Version") != "2.0" or plain_text(only_child(element, f"{SAML}Issuer")) != provider.issuer:
        raise ResponseRefused("issuer or version")
    for one in (root, element):
        if not now - MAX_AGE <= saml_time(one.get("IssueInstant")) <= now + SKEW:
            raise ResponseRefused("made at another time", "clock")
    ends_at = _check_conditions(only_child(element, f"{SAML}Conditions"), own.entity_id, now)
    subject = only_child(element, f"{SAML}Subject")
    _check_confirmation(subject, own.consumer, root.get("InResponseTo"), now)
    statement = only_child(element, f"{SAML}AuthnStatement")
    name_id = only_child(subject, f"{SAML}NameID")
    claims = claims_of(provider, element, name_id)
    session_id = statement.get("SessionIndex") or ""
    return Assertion(
        id=element.get("ID"),
        request_id=root.get("InResponseTo"),
        subject=_subject(name_id, claims),
        session_id=session_id if len(session_id) <= MAX_SUBJECT_LENGTH else "",
        claims=claims,
        ends_at=ends_at,
    )


def _check_conditions(conditions: Any, audience: str, now: datetime) -> datetime:
    """Check times and audiences; return when the assertion ends."""
    ends_at = saml_time(conditions.get("NotOnOrAfter"))
    begins = conditions.get("NotBefore")
    if now - SKEW >= ends_at or (begins is not None and now + SKEW < saml_time(begins)):
        raise ResponseRefused("expired or not yet valid", "clock")
    restrictions = conditions.findall(f"{SAML}AudienceRestriction")
    texts = [[plain_text(one) for one in each.findall(f"{SAML}Audience")] for each in restrictions]
    if not texts or not all(audience in each for each in texts):
        raise ResponseRefused("audience", "audience")
    return ends_at


def _check_confirmation(subject: Any, consumer: str, request_id: str, now: datetime) -> None:
    """Check that the bearer may use the assertion here, for this request, for some time."""
    confirmation = only_child(subject, f"{SAML}SubjectConfirmation")
    data = only_child(confirmation, f"{SAML}SubjectConfirmationData")
    if confirmation.get("Method") != BEARER or data.get("Recipient") != consumer:
        raise ResponseRefused("recipient or method")
    if data.get("InResponseTo") != request_id:
        raise ResponseRefused("answers another request")
    if now - SKEW >= saml_time(data.get("NotOnOrAfter")):
        raise ResponseRefused("expired", "clock")


def _subject(name_id: Any, claims: dict[str, Any]) -> str:
    """Return what names the account for good. A NameID that is another one each time does not."""
    found: Any = claims["sub"]
    if name_id.get("Format") == TRANSIENT:
        found = next((claims[name] for name in SUBJECT_ATTRIBUTES if name in claims), None)
        if not isinstance(found, str):
            raise ResponseRefused("transient NameID", "transient")
    if not found or len(found) > MAX_SUBJECT_LENGTH:
        raise ResponseRefused("subject")
    return str(found)


def saml_time(text: str | None) -> datetime:
    """Return a time of SAML, which is always in UTC."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        raise ResponseRefused("time") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
