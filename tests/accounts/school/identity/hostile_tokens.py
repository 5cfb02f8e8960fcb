"""Generator of hostile ID tokens: each is wrong in at least one way that a sign-in has to notice.

All are made as an attacker could: with a key of their own, with the provider's public key as a secret, from a
token that was overheard, or as another client or school of the same provider gets them.
"""

import base64
import hashlib
import hmac
import json
import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.accounts.school.identity.oidc_provider import CLIENT, OidcProvider, b64, new_key

Body = dict[str, Any]
GOOD_HEAD = {"alg": "RS256", "typ": "JWT", "kid": "one"}
OTHER_CLIENT = "another-school"
#: Values that no claim may have, of every type.
JUNK: list[Any] = [
    "",
    " ",
    "x",
    0,
    1,
    -1,
    True,
    False,
    None,
    [],
    {},
    ["x"],
    {"a": "b"},
    "\0",
    "𝒶" * 300,
    1e308,
]


class HostileToken(NamedTuple):
    """What is wrong, and the token."""

    kind: str
    token: Any


class TokenForge:
    """Makes hostile tokens from the body of a good one. `overheard` are good tokens of other sign-ins."""

    def __init__(self, provider: OidcProvider, seed: int, overheard: list[str]) -> None:
        self.provider, self.random, self.overheard = provider, random.Random(seed), overheard
        self.foreign_key = new_key()
        self.kinds: list[tuple[str, Callable[[Body], Any]]] = [
            *((kind, partial(self._changed_claims, change)) for kind, change in self._changes().items()),
            ("without a claim", self._without_claim),
            ("time of another type", self._odd_time),
            ("no algorithm", self._unsigned),
            ("public key as secret", self._public_key_as_secret),
            ("foreign key", self._foreign_key),
            ("key in the header", self._key_in_header),
            ("wrong kid", self._wrong_kid),
            ("wrong algorithm", self._wrong_algorithm),
            ("critical header", lambda body: self._sign(body, GOOD_HEAD | {"crit": ["exp"], "exp": 1})),
            ("body changed", self._changed_body),
            ("signature changed", self._changed_signature),
            ("signature cut", lambda body: self._sign(body)[: -self._number(2, 300)]),
            ("replayed", lambda _body: self._pick(self.overheard)),
            ("no token", lambda _body: self._pick([*JUNK, "a.b", "a.b.c", "..", "." * 999, "x" * 20_000])),
        ]

    def _changes(self) -> dict[str, Callable[[Body], Body]]:
        """Claims that are wrong, in a token with a good signature."""
        return {
            "audience": lambda body: {"aud": self._pick([OTHER_CLIENT, [OTHER_CLIENT], *JUNK])},
            "issuer": lambda body: {"iss": self._issuer(body)},
            "nonce": lambda body: {"nonce": self._pick([body["nonce"][:-1], *JUNK])},
            "expired": lambda body: {"exp": body["iat"] - self._number(61, 10**6)},
            "made long ago": lambda body: {"iat": body["iat"] - self._number(700, 10**8)},
            "of the future": lambda body: {"iat": body["iat"] + self._number(120, 10**6)},
            "not yet valid": lambda body: {"nbf": body["iat"] + self._number(120, 10**6)},
            "subject": lambda _body: {"sub": self._pick(["", None, 7, [], {}, "s" * 256, "\0"])},
            "azp": lambda _body: {"azp": self._pick([OTHER_CLIENT, *JUNK])},
            "audiences without azp": lambda _body: {"aud": [CLIENT, OTHER_CLIENT]},
        }

    def _changed_claims(self, change: Callable[[Body], Body], body: Body) -> str:
        return self._sign(body | change(body))

    def _wrong_kid(self, body: Body) -> str:
        return self._sign(body, GOOD_HEAD | {"kid": self._pick(["two", *JUNK[:8], *JUNK[9:]])})

    def tokens(self, count: int, body: Callable[[], Body]) -> Iterator[HostileToken]:
        """Yield so many tokens, each kind equally often; `body()` is that of a token that would be taken."""
        for number in range(count):
            kind, make = self.kinds[number % len(self.kinds)]
            yield HostileToken(kind, make(body()))

    def _pick(self, values: list[Any]) -> Any:
        return self.random.choice(values)

    def _number(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def _sign(self, body: Body, head: Body | None = None) -> str:
        return self.provider.sign(body, head)

    def _issuer(self, body: Body) -> Any:
        issuer = body["iss"]
        near = [f"{issuer}/", issuer.upper(), f" {issuer}", f"{issuer}.example", issuer[:-1], [issuer]]
        return self._pick([*near, "https://elsewhere.example", *JUNK])

    def _without_claim(self, body: Body) -> str:
        gone = self._pick(["iss", "aud", "exp", "iat", "nonce", "sub"])
        return self._sign({name: value for name, value in body.items() if name != gone})

    def _odd_time(self, body: Body) -> str:
        odd = self._pick(["soon", None, [], {}, "", "NaN"])
        return self._sign(body | {self._pick(["exp", "iat"]): odd})

    def _unsigned(self, body: Body) -> str:
        head = {"alg": self._pick(["none", "None", "NONE", "", None]), "typ": "JWT", "kid": "one"}
        end = self._pick(["", "x", self._sign(body).rpartition(".")[2]])
        return f"{_part(head)}.{_part(body)}.{end}"

    def _public_key_as_secret(self, body: Body) -> str:
        public = self.provider.key.public_key()
        encodings = [
            public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
            public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
            public.public_bytes(Encoding.PEM, PublicFormat.PKCS1),
            json.dumps(self.provider.answer("/keys", {})).encode(),
            b"",
        ]
        bits = self._pick(["256", "384", "512"])
        signed = f"{_part(GOOD_HEAD | {'alg': f'HS{bits}'})}.{_part(body)}"
        mac = hmac.new(self._pick(encodings), signed.encode(), getattr(hashlib, f"sha{bits}"))
        return f"{signed}.{b64(mac.digest())}"

    def _foreign_key(self, body: Body, head: Body | None = None) -> str:
        own, self.provider.signing_key = self.provider.signing_key, self.foreign_key
        try:
            return self._sign(body, head)
        finally:
            self.provider.signing_key = own

    def _key_in_header(self, body: Body) -> str:
        numbers = self.foreign_key.public_key().public_numbers()
        n = b64(numbers.n.to_bytes(256, "big"))
        jwk = {"kty": "RSA", "n": n, "e": "AQAB", "kid": self._pick(["one", "mine"])}
        place = self._pick(
            [{"jwk": jwk}, {"jku": "https://elsewhere.example/keys"}, {"x5u": "https://e.example"}]
        )
        return self._foreign_key(body, GOOD_HEAD | place)

    def _wrong_algorithm(self, body: Body) -> str:
        algorithm = self._pick(["RS384", "RS512", "PS256", "ES256", "EdDSA", "HS256", "RS1", 7, [], {}])
        return self._sign(body, GOOD_HEAD | {"alg": algorithm})

    def _changed_body(self, body: Body) -> str:
        head, _old, signature = self._sign(body).split(".")
        changed = body | {self._pick(["preferred_username", "sub", "groups", "extra"]): "mallory"}
        return f"{head}.{_part(changed)}.{signature}"

    def _changed_signature(self, body: Body) -> str:
        front, _dot, signature = self._sign(body).rpartition(".")
        raw = bytearray(base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4)))
        raw[self._number(0, len(raw) - 1)] ^= self._number(1, 255)
        return f"{front}.{b64(bytes(raw))}"


def _part(value: Any) -> str:
    return b64(json.dumps(value).encode())
