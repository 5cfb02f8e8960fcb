"""The claims of an assertion, under the names of OpenID Connect, which matching and rules know.

An attribute keeps its name, and its friendly name where it has one. The usual names of a user ID, an
employee number, a name and an address are known besides.
"""

from typing import Any

from accounts.models import IdentityProvider
from accounts.school.identity.saml.documents import SAML, only_child, plain_text

Values = dict[str, list[str]]
#: As which attributes a claim comes, by preference: plain, as OID (LDAP), as address (Active Directory).
NAMES: dict[str, tuple[str, ...]] = {
    "preferred_username": (
        *("preferred_username", "uid", "urn:oid:0.9.2342.19200300.100.1.1", "sAMAccountName"),
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
    ),
    "email": (
        *("email", "mail", "urn:oid:0.9.2342.19200300.100.1.3"),
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    ),
    "employee_number": ("employee_number", "employeeNumber", "urn:oid:2.16.840.1.113730.3.1.3"),
    "name": (
        *("name", "displayName", "urn:oid:2.16.840.1.113730.3.1.241", "cn", "urn:oid:2.5.4.3"),
        "http://schemas.microsoft.com/identity/claims/displayname",
    ),
}
NAME_ID, ADDRESS = "NameID", "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
#: At most so many attributes, values of one, and characters of a value.
MAX_ATTRIBUTES, MAX_VALUES, MAX_LENGTH = 200, 1_000, 1_000


def claims_of(provider: IdentityProvider, assertion: Any, name_id: Any) -> dict[str, Any]:
    """Return the claims: a text, or a list of several. Those that the console sets cannot be asserted."""
    name = plain_text(name_id)
    values = _attribute_values(assertion)
    claims: dict[str, Any] = {
        key: found[0] if len(found) == 1 else found for key, found in values.items() if found
    }
    for claim, aliases in NAMES.items():
        found = next((claims[alias] for alias in aliases if alias in claims), None)
        if found is not None:
            claims[claim] = found
    if name_id.get("Format") == ADDRESS:
        claims.setdefault("email", name)
    own = {"sub": name, NAME_ID: name, "email_verified": is_own_address(provider, claims.get("email"))}
    return claims | own


def usual_name(claim: str) -> str:
    """Return the name that an attribute usually has at SAML, for pages."""
    return {"preferred_username": "uid", "email": "mail", "employee_number": "employeeNumber"}.get(
        claim, claim
    )


def is_own_address(provider: IdentityProvider, address: object) -> bool:
    """Return whether an address is of the provider's mail domains. SAML does not say whether one is verified:
    in these domains it is the school that gives out addresses, anywhere else nobody can tell."""
    text = address if isinstance(address, str) else ""
    return text.rpartition("@")[2].lower() in provider.mail_domains


def _attribute_values(assertion: Any) -> Values:
    values: Values = {}
    for attribute in assertion.iterfind(f"{SAML}AttributeStatement/{SAML}Attribute"):
        texts = [_value(one) for one in attribute.iterfind(f"{SAML}AttributeValue")]
        for name in {attribute.get("Name"), attribute.get("FriendlyName")} - {None, ""}:
            if len(values) < MAX_ATTRIBUTES or name in values:
                known = values.setdefault(name, [])
                known.extend(one for one in texts if one and len(known) < MAX_VALUES)
    return values


def _value(element: Any) -> str:
    """Return the text of a value, or of the NameID in it (eduPersonTargetedID); "" for anything else."""
    if len(element):
        nested = element.findall(f"{SAML}NameID")
        if len(element) != 1 or len(nested) != 1:
            return ""
        element = only_child(element, f"{SAML}NameID")
    text = "" if len(element) else plain_text(element)
    return text if len(text) <= MAX_LENGTH else ""
