"""A small identity provider of SAML 2.0 for tests: it signs what it is told to, right or wrong."""

import base64
import secrets
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit
from xml.sax.saxutils import escape

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from lxml import etree

ISSUER = "https://idp.wonderland.example/metadata"
SSO_URL, SLO_URL = "http://127.0.0.1:9/sso", "http://127.0.0.1:9/slo"
NS = {
    "samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "md": "urn:oasis:names:tc:SAML:2.0:metadata",
}
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
TEMPLATE = """<samlp:Response xmlns:samlp="{samlp}" xmlns:saml="{saml}" ID="{response_id}" Version="2.0" \
IssueInstant="{now}" Destination="{destination}" InResponseTo="{request_id}"><saml:Issuer>{issuer}\
</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:{status}"/>\
</samlp:Status><saml:Assertion ID="{assertion_id}" Version="2.0" IssueInstant="{now}"><saml:Issuer>{issuer}\
</saml:Issuer>\
<saml:Subject><saml:NameID Format="{name_format}">{name_id}</saml:NameID><saml:SubjectConfirmation \
Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData InResponseTo="{confirmed_id}" \
Recipient="{recipient}" NotOnOrAfter="{ends}"/></saml:SubjectConfirmation></saml:Subject>\
<saml:Conditions NotBefore="{begins}" NotOnOrAfter="{ends}"><saml:AudienceRestriction><saml:Audience>\
{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement \
AuthnInstant="{now}" SessionIndex="{session}">\
<saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password\
</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>{attributes}</saml:Assertion></samlp:Response>"""
LOGOUT = """<samlp:LogoutRequest xmlns:samlp="{samlp}" xmlns:saml="{saml}" ID="{response_id}" Version="2.0" \
IssueInstant="{now}" Destination="{destination}"><saml:Issuer>{issuer}</saml:Issuer><saml:NameID \
Format="{name_format}">{name_id}</saml:NameID>{indexes}</samlp:LogoutRequest>"""


def saml_time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def new_id() -> str:
    return f"_{secrets.token_hex(20)}"


class KeyPair:
    """A key and its certificate, valid from `days` before now on."""

    def __init__(self, *, ends_in: timedelta = timedelta(days=365), bits: int = 2048) -> None:
        self.private = rsa.generate_private_key(public_exponent=65537, key_size=bits)
        now = datetime.now(UTC)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.wonderland.example")])
        builder = x509.CertificateBuilder(name, name, self.private.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(days=800)).not_valid_after(now + ends_in)
        self.pem = builder.sign(self.private, hashes.SHA256()).public_bytes(Encoding.PEM).decode()
        plain = self.private.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        self.key = xmlsec.Key.from_memory(plain, xmlsec.KeyFormat.PEM)
        self.key.load_cert_from_memory(self.pem, xmlsec.KeyFormat.PEM)


@dataclass
class SamlIdp:
    """What the provider asserts. `changes` are other values for the template."""

    keys: KeyPair = field(default_factory=KeyPair)
    issuer: str = ISSUER
    attributes: dict[str, Any] = field(default_factory=dict)
    name_id: str = "s-1"
    session: str = "one"
    changes: dict[str, str] = field(default_factory=dict)
    #: What happens to the signed document before it is sent.
    tamper: Callable[[Any], Any] | None = None
    signs: tuple[str, ...] = ("saml:Assertion",)

    def values(self, request_id: str, own: tuple[str, str]) -> dict[str, str]:
        """The values of a response that is as it has to be. `own`: entity ID and consumer address."""
        now = datetime.now(UTC)
        return {
            **NS,
            **{"response_id": new_id(), "assertion_id": new_id(), "request_id": request_id},
            **{"now": saml_time(now), "begins": saml_time(now - timedelta(seconds=30))},
            **{"ends": saml_time(now + timedelta(minutes=5)), "issuer": self.issuer, "status": "Success"},
            **{"audience": own[0], "destination": own[1], "recipient": own[1], "confirmed_id": request_id},
            **{"name_id": escape(self.name_id), "name_format": PERSISTENT, "session": self.session},
            "attributes": attribute_xml(self.attributes),
        }

    def response(self, request_id: str, own: tuple[str, str]) -> Any:
        """The signed document."""
        root = etree.fromstring(TEMPLATE.format(**self.values(request_id, own) | self.changes))
        for path in self.signs:
            target = root if path == "samlp:Response" else root.find(path, NS)
            sign(target, self.keys)
        root = etree.fromstring(etree.tostring(root))  # lxml does not find what xmlsec has added
        return self.tamper(root) if self.tamper else root

    def metadata(self, **more: str) -> str:
        """The metadata document of the provider."""
        body = "".join(self.keys.pem.splitlines()[1:-1])
        redirect = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
        return (
            f'<!-- with a comment --><md:EntityDescriptor xmlns:md="{NS["md"]}" xmlns:ds="{NS["ds"]}" '
            f'entityID="{self.issuer}"><md:IDPSSODescriptor protocolSupportEnumeration="{NS["samlp"]}">'
            f'<md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{body}'
            "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
            f'<md:SingleLogoutService Binding="{redirect}" Location="{SLO_URL}"/>'
            f'<md:SingleSignOnService Binding="{redirect}" Location="{more.get("sso", SSO_URL)}"/>'
            "</md:IDPSSODescriptor></md:EntityDescriptor>"
        )

    def logout_request(self, destination: str, *, indexes: tuple[str, ...] = (), **changes: str) -> Any:
        """A LogoutRequest without a signature."""
        tags = "".join(f"<samlp:SessionIndex>{one}</samlp:SessionIndex>" for one in indexes)
        values = {
            **NS,
            **{"response_id": new_id(), "now": saml_time(datetime.now(UTC)), "issuer": self.issuer},
            **{"name_id": escape(self.name_id), "name_format": PERSISTENT, "destination": destination},
            "indexes": tags,
        }
        return etree.fromstring(LOGOUT.format(**values | changes))

    def signed_query(self, root: Any, keys: KeyPair | None = None) -> str:
        """The query of the redirect binding with its signature."""
        packer = zlib.compressobj(wbits=-15)
        packed = base64.b64encode(packer.compress(etree.tostring(root)) + packer.flush()).decode()
        algorithm = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
        signed = f"SAMLRequest={quote(packed, safe='')}&SigAlg={quote(algorithm, safe='')}"
        context = xmlsec.SignatureContext()
        context.key = (keys or self.keys).key
        signature = context.sign_binary(signed.encode(), xmlsec.Transform.RSA_SHA256)
        return f"{signed}&Signature={quote(base64.b64encode(signature).decode(), safe='')}"


def sign(
    target: Any,
    keys: KeyPair,
    *,
    method: Any = xmlsec.Transform.RSA_SHA256,
    digest: Any = xmlsec.Transform.SHA256,
    key: Any = None,
) -> None:
    """Sign an element, with the signature after its issuer."""
    node = xmlsec.template.create(target, xmlsec.Transform.EXCL_C14N, method, ns="ds")
    target.insert(1, node)
    reference = xmlsec.template.add_reference(node, digest, uri=f"#{target.get('ID')}")
    xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
    xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
    info = xmlsec.template.ensure_key_info(node)
    xmlsec.template.add_x509_data(info)
    context = xmlsec.SignatureContext()
    context.key = key or keys.key
    context.register_id(target, "ID", None)
    context.sign(node)


def attribute_xml(attributes: dict[str, Any]) -> str:
    if not attributes:
        return ""
    rows = []
    for name, value in attributes.items():
        texts = value if isinstance(value, list) else [value]
        tags = "".join(f"<saml:AttributeValue>{escape(str(one))}</saml:AttributeValue>" for one in texts)
        rows.append(f'<saml:Attribute Name="{escape(name)}">{tags}</saml:Attribute>')
    return f"<saml:AttributeStatement>{''.join(rows)}</saml:AttributeStatement>"


def request_id_of(location: str) -> str:
    """The ID of the AuthnRequest in a redirect to the provider."""
    packed = parse_qs(urlsplit(location).query)["SAMLRequest"][0]
    return str(etree.fromstring(zlib.decompress(base64.b64decode(packed), -15)).get("ID"))


def encode(root: Any) -> str:
    raw = root if isinstance(root, bytes) else etree.tostring(root)
    return base64.b64encode(raw).decode()
