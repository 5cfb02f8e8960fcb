"""Which signature is accepted on an element, and its verification with the provider's certificates.

The form is checked before anything is verified: one signature, a child of what it signs, with one reference
to it, and only transforms that leave the content as it is. What lies elsewhere in the document is unsigned.
"""

from typing import Any

from accounts.school.identity.saml.documents import DS, DocumentRefused, only_child
from console.lazy_import import LazyModule

utils = LazyModule("onelogin.saml2.utils")

EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
RSA_ALGORITHMS = frozenset(
    f"http://www.w3.org/2001/04/xmldsig-more#rsa-sha{bits}" for bits in (256, 384, 512)
)
ALGORITHMS = RSA_ALGORITHMS | {
    f"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha{bits}" for bits in (256, 384, 512)
}
DIGESTS = frozenset(
    {
        "http://www.w3.org/2001/04/xmlenc#sha256",
        "http://www.w3.org/2001/04/xmldsig-more#sha384",
        "http://www.w3.org/2001/04/xmlenc#sha512",
    }
)
ID_ATTRIBUTES = ("ID", "Id", "id", "{http://www.w3.org/XML/1998/namespace}id")


class SignatureRefused(DocumentRefused):
    """An element is not signed by the provider, or not in a way that counts."""


def check_unique_ids(root: Any) -> None:
    """Raise SignatureRefused if two elements have the same ID: a reference could mean either."""
    seen: set[str] = set()
    for element in root.iter():
        for name in ID_ATTRIBUTES:
            value = element.get(name)
            if value is None:
                continue
            if value in seen:
                raise SignatureRefused("two elements with one ID")
            seen.add(value)


def check_signature_form(element: Any) -> None:
    """Raise SignatureRefused unless the element has one signature of its own that covers all of it."""
    try:
        info = only_child(only_child(element, f"{DS}Signature"), f"{DS}SignedInfo")
        reference = only_child(info, f"{DS}Reference")
        method = only_child(info, f"{DS}SignatureMethod").get("Algorithm")
        canonical = only_child(info, f"{DS}CanonicalizationMethod").get("Algorithm")
        digest = only_child(reference, f"{DS}DigestMethod").get("Algorithm")
        transforms = only_child(reference, f"{DS}Transforms")
    except DocumentRefused as error:
        raise SignatureRefused(f"form: {error}") from None
    if method not in ALGORITHMS or digest not in DIGESTS or canonical != EXCLUSIVE:
        raise SignatureRefused("algorithm")
    if [one.get("Algorithm") for one in transforms] != [ENVELOPED, EXCLUSIVE]:
        raise SignatureRefused("transforms")
    if not element.get("ID") or reference.get("URI") != f"#{element.get('ID')}":
        raise SignatureRefused("reference")


def is_signed_query(signed: str, signature: bytes, algorithm: str, certificates: list[str]) -> bool:
    """Return whether a query of the redirect binding has the signature of one of the certificates (RSA)."""
    if algorithm not in RSA_ALGORITHMS:
        return False
    verify = utils.OneLogin_Saml2_Utils.validate_binary_sign
    return any(verify(signed, signature, cert, algorithm) for cert in certificates)


def is_signed_message(raw: bytes, xpath: str, certificates: list[str]) -> bool:
    """Return whether the signature at `xpath` of a message is one of the certificates'."""
    verify = utils.OneLogin_Saml2_Utils.validate_sign
    return any(verify(raw, cert=cert, xpath=xpath) for cert in certificates)
