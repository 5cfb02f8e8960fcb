"""Read the metadata of a provider (IDPSSODescriptor): entity ID, addresses and certificates."""

from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from requests import RequestException

from accounts.school.identity.check import failure_message
from accounts.school.identity.guarded_session import guarded_session
from accounts.school.identity.saml.certificates import CertificateRefused, read_certificates
from accounts.school.identity.saml.configuration import REDIRECT
from accounts.school.identity.saml.documents import (
    DS,
    MD,
    DocumentRefused,
    parse_metadata,
    plain_text,
)
from console.inputs.addresses import is_web_address


class ProviderMetadata(NamedTuple):
    """What a sign-in needs to know of a provider. The names are those of the columns."""

    issuer: str
    sso_url: str
    slo_url: str
    certificates: list[str]


def fetch_metadata(url: str) -> ProviderMetadata:
    """Fetch and read metadata. ValidationError with a sentence if there are none to use."""
    try:
        with guarded_session() as session:
            answer = session.get(url)
            answer.raise_for_status()
            content = answer.content
    except RequestException as error:
        raise ValidationError(failure_message(error)) from None
    return read_metadata(content)


def read_metadata(raw: bytes) -> ProviderMetadata:
    """Read metadata. ValidationError with a sentence if they cannot be used."""
    try:
        root = parse_metadata(raw)
        entity = _entity(root)
        role = entity.find(f"{MD}IDPSSODescriptor")
        found = ProviderMetadata(
            issuer=str(entity.get("entityID") or ""),
            sso_url=_address(role, "SingleSignOnService", "Location"),
            slo_url=_address(role, "SingleLogoutService", "ResponseLocation"),
            certificates=_certificates(role),
        )
    except DocumentRefused:
        raise ValidationError(_("This is not a metadata document of SAML 2.0.")) from None
    except CertificateRefused as error:
        raise ValidationError(certificate_message(error)) from None
    if not found.issuer or not found.sso_url:
        raise ValidationError(
            _("The metadata lack the entity ID, or a sign-in address for the HTTP-Redirect binding.")
        )
    if not found.certificates:
        raise ValidationError(_("The metadata have no certificate for signatures."))
    return found


def certificate_message(error: CertificateRefused) -> str:
    """Return what is wrong with a certificate."""
    texts = {
        "key": _("A certificate has a key that is too weak. RSA needs at least 2048 bits."),
        "many": _("There are more than five certificates. Leave out those that are no longer used."),
    }
    return texts.get(str(error), _("This is not a certificate. Paste it as the provider shows it (PEM)."))


def _entity(root: Any) -> Any:
    """Return the one entity that signs people in."""
    found = [
        one for one in root.iter(f"{MD}EntityDescriptor") if one.find(f"{MD}IDPSSODescriptor") is not None
    ]
    if not found:
        raise ValidationError(_("The metadata describe no identity provider."))
    if len(found) > 1:
        raise ValidationError(
            _("The metadata describe several identity providers. Paste only the part of your school's.")
        )
    return found[0]


def _address(role: Any, service: str, preferred: str) -> str:
    """Return the address of a service for the redirect binding, "" without one that browsers can open."""
    rows = role.findall(f"{MD}{service}")
    row = next((one for one in rows if one.get("Binding") == REDIRECT), None)
    text = "" if row is None else str(row.get(preferred) or row.get("Location") or "")
    return text if len(text) <= 500 and is_web_address(text) else ""


def _certificates(role: Any) -> list[str]:
    """Return the certificates that may sign: those of no stated use may, too."""
    texts = [
        plain_text(certificate)
        for key in role.findall(f"{MD}KeyDescriptor")
        if key.get("use") in (None, "signing")
        for certificate in key.iter(f"{DS}X509Certificate")
    ]
    blocks = (f"-----BEGIN CERTIFICATE-----{text}-----END CERTIFICATE-----" for text in texts)
    return read_certificates("\n".join(blocks))
