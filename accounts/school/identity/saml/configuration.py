"""The settings of python3-saml for one provider, and our own addresses and metadata at it."""

from typing import Any, NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import IdentityProvider
from console.lazy_import import LazyModule

library = LazyModule("onelogin.saml2.settings")
authn_request = LazyModule("onelogin.saml2.authn_request")

POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"


class OwnAddresses(NamedTuple):
    """What the school enters at the provider. `entity_id` is the address of our metadata."""

    entity_id: str
    consumer: str
    sign_out: str


def own_addresses(provider: IdentityProvider) -> OwnAddresses:
    """Return our addresses for a provider, from PUBLIC_URL: no header of a request can change them."""
    names = ("saml_metadata", "saml_consumer", "saml_sign_out")
    base = settings.PUBLIC_URL.rstrip("/")
    found = (f"{base}{reverse(f'accounts:provider_{name}', args=[provider.slug])}" for name in names)
    return OwnAddresses(*found)


def library_settings(provider: IdentityProvider) -> Any:
    """Return the settings object of python3-saml. Its errors, such as of an address, are ValueErrors here."""
    own = own_addresses(provider)
    values = {
        "strict": True,
        "debug": False,
        "sp": {
            "entityId": own.entity_id,
            "assertionConsumerService": {"url": own.consumer, "binding": POST},
            "singleLogoutService": {"url": own.sign_out, "binding": REDIRECT},
            "NameIDFormat": UNSPECIFIED,
        },
        "idp": {
            "entityId": provider.issuer,
            "singleSignOnService": {"url": provider.sso_url, "binding": REDIRECT},
            "x509certMulti": {"signing": list(provider.certificates)},
        },
        "security": {
            "wantAssertionsSigned": True,
            "wantNameId": True,
            "wantAttributeStatement": False,
            "rejectDeprecatedAlgorithm": True,
            "requestedAuthnContext": False,
            "allowRepeatAttributeName": True,
            "allowSingleLabelDomains": True,
        },
    }
    try:
        return library.OneLogin_Saml2_Settings(values)
    except library.OneLogin_Saml2_Error as error:
        raise ValueError(str(error)) from error


def own_metadata(provider: IdentityProvider) -> str:
    """Return our metadata document for a provider (SPSSODescriptor). It has no end date."""
    context = {"own": own_addresses(provider), "post": POST, "redirect": REDIRECT}
    return render_to_string("accounts/school/identity/saml_metadata.xml", context)


def new_request(provider: IdentityProvider) -> tuple[str, str]:
    """Return the ID of a new AuthnRequest, and the address of the provider with it (redirect binding)."""
    made = authn_request.OneLogin_Saml2_Authn_Request(library_settings(provider))
    query = urlencode({"SAMLRequest": made.get_request()})
    return made.get_id(), f"{provider.sso_url}{'&' if '?' in provider.sso_url else '?'}{query}"
