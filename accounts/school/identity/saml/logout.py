"""Sign-out by a provider of SAML 2.0: a signed LogoutRequest ends the sessions that it names (4.4 Profiles).

The provider sends it through the browser (redirect or form) or from its server (form). Sessions are found by
the account and the session there, never by a cookie, so that both ways end the same ones.
"""

import base64
import binascii
import secrets
import zlib
from datetime import timedelta
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import urlencode

from accounts.models import IdentityProvider
from accounts.school.identity import back_channel
from accounts.school.identity.saml.configuration import own_addresses
from accounts.school.identity.saml.documents import (
    DS,
    MAX_MESSAGE_BYTES,
    SAML,
    SAMLP,
    DocumentRefused,
    decode_message,
    only_child,
    parse_message,
    plain_text,
)
from accounts.school.identity.saml.responses import SKEW, TRANSIENT, ResponseRefused, saml_time
from accounts.school.identity.saml.signatures import (
    check_signature_form,
    check_unique_ids,
    is_signed_message,
    is_signed_query,
)

MAX_AGE = timedelta(minutes=10)
SIGNATURE_PATH = "/samlp:LogoutRequest/ds:Signature"
#: What a signature of the redirect binding covers, in this order (Bindings, 3.4.4.1).
SIGNED_PARAMETERS = ("SAMLRequest", "RelayState", "SigAlg")


class SignOut(NamedTuple):
    """How many sessions ended, and the ID of the request, for the answer."""

    ended: int
    request_id: str


def sign_out(provider: IdentityProvider, request: HttpRequest) -> SignOut:
    """Verify a LogoutRequest and end the sessions. DocumentRefused or ResponseRefused for an invalid one.

    One that is sent again ends nothing that began after it was made, so that it needs no memory.
    """
    root = _read_query(provider, request) if request.method == "GET" else _read_form(provider, request)
    now, made_at = timezone.now(), saml_time(root.get("IssueInstant"))
    if root.get("Destination") != own_addresses(provider).sign_out:
        raise ResponseRefused("destination")
    if plain_text(only_child(root, f"{SAML}Issuer")) != provider.issuer or root.get("Version") != "2.0":
        raise ResponseRefused("issuer or version")
    ends = root.get("NotOnOrAfter")
    if not now - MAX_AGE <= made_at <= now + SKEW or (ends and now - SKEW >= saml_time(ends)):
        raise ResponseRefused("made at another time", "clock")
    name_id = only_child(root, f"{SAML}NameID")
    indexes = {plain_text(one) for one in root.findall(f"{SAMLP}SessionIndex")}
    named: dict[str, Any] = {"subject": plain_text(name_id)}
    if name_id.get("Format") == TRANSIENT:  # then only the session says who it is
        named = {"session_ids__overlap": list(indexes)}
    ended = back_channel.end_sessions_of(provider, named, sids=indexes or None, made_at=made_at + SKEW)
    return SignOut(ended, root.get("ID", ""))


def answer_url(provider: IdentityProvider, done: SignOut, relay_state: str) -> str:
    """Return the provider's address with our LogoutResponse, or "" if it has none."""
    if not provider.slo_url:
        return ""
    context = {
        "id": f"_{secrets.token_hex(20)}",
        "now": timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "provider": provider,
        "own": own_addresses(provider),
        "request_id": done.request_id,
    }
    xml = render_to_string("accounts/school/identity/saml_logout_response.xml", context)
    packer = zlib.compressobj(wbits=-15)
    packed = base64.b64encode(packer.compress(xml.encode()) + packer.flush()).decode()
    query = {"SAMLResponse": packed} | ({"RelayState": relay_state} if relay_state else {})
    return f"{provider.slo_url}{'&' if '?' in provider.slo_url else '?'}{urlencode(query)}"


def _read_form(provider: IdentityProvider, request: HttpRequest) -> Any:
    """Return the request of a form, whose signature is in the document."""
    raw = decode_message(request.POST.get("SAMLRequest", ""))
    root = _parse(raw)
    check_unique_ids(root)
    check_signature_form(root)
    if len(list(root.iter(f"{DS}Signature"))) != 1:
        raise ResponseRefused("signature elsewhere")
    if not is_signed_message(raw, SIGNATURE_PATH, provider.certificates):
        raise ResponseRefused("signature")
    return root


def _read_query(provider: IdentityProvider, request: HttpRequest) -> Any:
    """Return the request of a query, whose signature is a parameter that covers the others as sent."""
    sent: dict[str, str] = {}
    for part in request.META.get("QUERY_STRING", "").split("&"):
        name, _, value = part.partition("=")
        if name in sent:
            raise ResponseRefused("parameter twice")
        sent[name] = value
    signed = "&".join(f"{name}={sent[name]}" for name in SIGNED_PARAMETERS if name in sent)
    try:
        signature = base64.b64decode(request.GET.get("Signature", ""), validate=True)
        packed = base64.b64decode(request.GET.get("SAMLRequest", ""), validate=True)
        raw = zlib.decompressobj(wbits=-15).decompress(packed, MAX_MESSAGE_BYTES + 1)
    except (binascii.Error, ValueError, zlib.error):
        raise ResponseRefused("form") from None
    if not is_signed_query(signed, signature, request.GET.get("SigAlg", ""), provider.certificates):
        raise ResponseRefused("signature")
    return _parse(raw)


def _parse(raw: bytes) -> Any:
    root = parse_message(raw)
    if root.tag != f"{SAMLP}LogoutRequest":
        raise DocumentRefused("not a logout request")
    return root
