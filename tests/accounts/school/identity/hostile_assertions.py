"""Generator of hostile responses of SAML 2.0: each is wrong in a way that a sign-in has to notice.

All are made as an attacker could: from an answer that they got for their own account, with a key of their
own, as another service or school of the same provider gets them, or by a provider that is set up carelessly.
"""

import base64
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

import xmlsec
from lxml import etree

from tests.accounts.school.identity.hostile_wrapping import DS, SAML, Wrapping
from tests.accounts.school.identity.saml_idp import NS, KeyPair, SamlIdp, encode, saml_time, sign

ALGORITHMS = "http://www.w3.org/2000/09/xmldsig#"
STRANGE_TRANSFORMS = (
    "http://www.w3.org/TR/1999/REC-xslt-19991116",
    "http://www.w3.org/TR/1999/REC-xpath-19991116",
    "http://www.w3.org/2000/09/xmldsig#base64",
    "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
)
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DOCTYPES = (
    '<!DOCTYPE r [<!ENTITY x "alice">]>',
    '<!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd">',
    '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>',
    '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "<!DOCTYPE r [<!ATTLIST samlp:Response ID ID #IMPLIED>]>",
    f'<!DOCTYPE r [<!ENTITY l0 "ha">{LAUGHS}]>',
)


class HostileResponse(NamedTuple):
    """What is wrong, and the response in base64."""

    kind: str
    text: str


class SamlForge:
    """Makes hostile responses of a provider to a request. `overheard` are good ones of other sign-ins."""

    def __init__(
        self, idp: SamlIdp, own: tuple[str, str], other: tuple[str, str], seed: int, overheard: list[str]
    ) -> None:
        self.idp, self.own, self.other, self.overheard = idp, own, other, overheard
        self.random = random.Random(seed)
        self.foreign = KeyPair()
        self.request_id = ""
        wrapping = Wrapping(self.random, "alice")
        self.kinds: list[tuple[str, Callable[[], Any]]] = [
            *(
                (f"{one.__name__} {sign}", partial(self._wrapped, one, paths))
                for one, sign, paths in [
                    *((one, "response", ("samlp:Response",)) for one in wrapping.of_response),
                    *((one, "both", ("saml:Assertion", "samlp:Response")) for one in wrapping.of_response),
                    *((one, "assertion", ("saml:Assertion",)) for one in wrapping.of_assertion),
                    *((one, "both", ("saml:Assertion", "samlp:Response")) for one in wrapping.of_assertion),
                ]
            ),
            *((kind, partial(self._changed, change)) for kind, change in self._changes().items()),
            ("unsigned", lambda: self._made(signs=())),
            ("response signed alone", lambda: self._made(signs=("samlp:Response",))),
            ("signed by another key", lambda: self._by(self.foreign)),
            ("provider of another school", self._of_other_school),
            ("other service or school", lambda: self._made(own=self.other)),
            ("weak algorithm", self._weak),
            ("public key as secret", self._public_key_as_secret),
            ("signature emptied", partial(self._emptied, ("SignatureValue", "DigestValue"))),
            ("signature changed", self._signature_changed),
            ("parts of the signature gone", self._signature_cut),
            ("content changed", self._content_changed),
            ("comment in a name", self._commented),
            ("document type", self._with_doctype),
            ("transform", self._transformed),
            ("reference", self._referenced),
            ("two assertions", self._two_assertions),
            ("encrypted", self._encrypted),
            ("replayed", lambda: self._pick(self.overheard)),
            ("huge", self._huge),
            ("no response", self._junk),
        ]

    def responses(self, count: int, request_id: str) -> Iterator[HostileResponse]:
        """Yield so many, each kind equally often, as answers to a request that waits for one."""
        self.request_id = request_id
        for number in range(count):
            kind, make = self.kinds[number % len(self.kinds)]
            made = make()
            yield HostileResponse(kind, made if isinstance(made, str) else encode(made))

    def _changes(self) -> dict[str, Callable[[], dict[str, str]]]:
        """Values that are wrong, under a good signature."""
        entity, consumer = self.own
        ago, ahead = (lambda: saml_time(self._moment(-1))), (lambda: saml_time(self._moment(1)))
        near = [f"{consumer}?x=1", f"{consumer}x", consumer.upper(), consumer[:-1], "", self.other[1]]
        return {
            "audience": lambda: {"audience": self._pick([f"{entity}/", entity[:-1], "x", "", self.other[0]])},
            "issuer": lambda: {"issuer": self._pick([f"{self.idp.issuer}/", "https://e.example", "", "x"])},
            "destination": lambda: {"destination": self._pick(near)},
            "recipient": lambda: {"recipient": self._pick(near)},
            "another request": lambda: {"request_id": "_other", "confirmed_id": "_other"},
            "request of the assertion": lambda: {"confirmed_id": self._pick(["", "_other", " "])},
            "started at the provider": lambda: {"request_id": "", "confirmed_id": ""},
            "expired": lambda: {"ends": ago()},
            "not yet valid": lambda: {"begins": ahead()},
            "made long ago": lambda: {"now": ago()},
            "of the future": lambda: {"now": ahead()},
            "no time": lambda: {self._pick(["ends", "now"]): self._pick(["", "x", "NaN", "2026", "0"])},
            "no success": lambda: {
                "status": self._pick(["Responder", "Requester", "AuthnFailed", "success"])
            },
            "nameless": lambda: {"name_id": self._pick(["", " ", "n" * 192])},
            "another name each time": lambda: {
                "name_format": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
            },
        }

    def _moment(self, side: int) -> datetime:
        return datetime.now(UTC) + side * timedelta(seconds=self.random.randint(700, 10**7))

    def _pick(self, values: Any) -> Any:
        return self.random.choice(list(values))

    def _made(self, own: tuple[str, str] | None = None, **attributes: Any) -> Any:
        """A document of the provider with other attributes of its own."""
        former = {name: getattr(self.idp, name) for name in attributes}
        vars(self.idp).update(attributes)
        try:
            return self.idp.response(self.request_id, own or self.own)
        finally:
            vars(self.idp).update(former)

    def _wrapped(self, form: Callable[[Any], Any], paths: tuple[str, ...]) -> Any:
        return form(self._made(signs=paths))

    def _changed(self, change: Callable[[], dict[str, str]]) -> Any:
        return self._made(changes=change())

    def _by(self, keys: KeyPair) -> Any:
        return self._made(keys=keys)

    def _of_other_school(self) -> Any:
        return self._made(keys=self.foreign, issuer=self._pick([self.idp.issuer, "https://other.example"]))

    def _weak(self) -> Any:
        root = self._made(signs=())
        method, digest = self._pick(
            [
                (xmlsec.Transform.RSA_SHA1, xmlsec.Transform.SHA1),
                (xmlsec.Transform.RSA_SHA1, xmlsec.Transform.SHA256),
                (xmlsec.Transform.RSA_SHA256, xmlsec.Transform.SHA1),
            ]
        )
        sign(root.find("saml:Assertion", NS), self.idp.keys, method=method, digest=digest)
        return root

    def _public_key_as_secret(self) -> Any:
        root = self._made(signs=())
        pem = self.idp.keys.pem
        secret = self._pick([pem, pem.strip(), "".join(pem.splitlines()[1:-1]), " "])
        key = xmlsec.Key.from_binary_data(xmlsec.KeyData.HMAC, secret.encode())
        method = self._pick([xmlsec.Transform.HMAC_SHA256, xmlsec.Transform.HMAC_SHA1])
        sign(root.find("saml:Assertion", NS), self.idp.keys, method=method, key=key)
        return root

    def _emptied(self, names: tuple[str, ...]) -> Any:
        root = self._made()
        next(root.iter(f"{DS}{self._pick(names)}")).text = self._pick(["", " ", "AA=="])
        return root

    def _signature_changed(self) -> Any:
        root = self._made()
        element = next(root.iter(f"{DS}SignatureValue"))
        raw = bytearray(base64.b64decode(element.text))
        raw[self.random.randrange(len(raw))] ^= self.random.randint(1, 255)
        element.text = base64.b64encode(bytes(raw)).decode()
        return root

    def _signature_cut(self) -> Any:
        root = self._made()
        name = self._pick(["SignedInfo", "SignatureValue", "Reference", "Transforms", "DigestMethod"])
        element = next(root.iter(f"{DS}{name}"))
        element.getparent().remove(element)
        return root

    def _content_changed(self) -> Any:
        root = self._made()
        element = next(root.iter(f"{SAML}{self._pick(['NameID', 'AttributeValue', 'Audience'])}"))
        element.text = "alice"
        return root

    def _commented(self) -> Any:
        """The signature covers the text without a comment, which a reader may take for the end of it."""
        root = self._made(name_id="alice.mallory", attributes={"uid": "alice.mallory"})
        cut = self._pick(["<!---->", "<!-- x -->", "<?x y?>", "<![CDATA[]]>"])
        return etree.tostring(root).replace(b"alice.mallory", f"alice{cut}.mallory".encode())

    def _with_doctype(self) -> Any:
        raw = etree.tostring(self._made()).decode()
        used = self._pick(["", "&x;", "&l9;"])
        text = f"{self._pick(DOCTYPES)}{raw.replace('<saml:NameID', f'{used}<saml:NameID', 1)}"
        encoding = self._pick(["utf-8", "utf-16", "utf-32"])
        declared = self._pick(["", f'<?xml version="1.0" encoding="{self._pick([encoding, "utf-7"])}"?>'])
        return f"{declared}{text}".encode(encoding)

    def _transformed(self) -> Any:
        """A transform more, or another one, with a signature that counts it in where that is possible."""
        root = self._made()
        assertion = root.find("saml:Assertion", NS)
        transforms = next(assertion.iter(f"{DS}Transforms"))
        place = self.random.randrange(3)
        transforms.insert(place, etree.Element(f"{DS}Transform", Algorithm=self._pick(STRANGE_TRANSFORMS)))
        if self._pick([True, False]):
            transforms.remove(transforms[0 if place else 1])
        context = xmlsec.SignatureContext()
        context.key = self.idp.keys.key
        context.register_id(assertion, "ID", None)
        try:
            context.sign(assertion.find(f"{DS}Signature"))
        except xmlsec.Error:  # what cannot be signed is refused as well
            return root
        return root

    def _referenced(self) -> Any:
        root = self._made()
        reference = next(root.iter(f"{DS}Reference"))
        uri = self._pick(
            ["", "#", "#_other", "#xpointer(/)", f"#{root.get('ID')}", "http://127.0.0.1:9/", None]
        )
        if uri is None:
            reference.getparent().append(etree.fromstring(etree.tostring(reference)))
        else:
            reference.set("URI", uri)
        return root

    def _two_assertions(self) -> Any:
        """Both are signed: one of the attacker, one of the victim, of another request."""
        root = self._made()
        second = self._made(name_id="s-2", attributes={"uid": "alice"}).find("saml:Assertion", NS)
        root.insert(self._pick([1, len(root)]), second)
        return root

    def _encrypted(self) -> Any:
        root = self._made(signs=self._pick([(), ("samlp:Response",)]))
        assertion = root.find("saml:Assertion", NS)
        box = etree.Element(f"{SAML}{self._pick(['EncryptedAssertion', 'EncryptedID'])}")
        (root if box.tag.endswith("Assertion") else assertion).append(box)
        if self._pick([True, False]):
            root.remove(assertion)
        return root

    def _huge(self) -> Any:
        root = self._made(attributes={"uid": "alice", "x": "y" * 80_000})
        if self._pick([True, False]):
            return etree.tostring(root)
        depth = 3_000
        return f"{'<a>' * depth}{'</a>' * depth}".encode()

    def _junk(self) -> str:
        texts = [b"", b"x", b"{}", b"<a/>", b"\0" * 9, b"<samlp:Response/>", b"\xff\xfe<a/>", b"<?xml?>"]
        request = f'<samlp:LogoutResponse xmlns:samlp="{NS["samlp"]}" ID="_x" Version="2.0"/>'.encode()
        plain = ["", "%%%", "x" * 70_001, "=", "𝒶"]
        return str(self._pick([*plain, *(base64.b64encode(one).decode() for one in (*texts, request))]))
