"""A small OpenID Connect provider on loopback: discovery, keys, code flow with PKCE, RS256 tokens."""

import base64
import functools
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

CLIENT, SECRET = "iclass-console", "the-secret-of-the-client"


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@functools.cache
def usual_key() -> rsa.RSAPrivateKey:
    """Of every provider that has no other: making one takes a tenth of a second and more."""
    return new_key()


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class OidcProvider:
    """What the provider is made to say. `signing_key` may be a key that it does not publish."""

    issuer: str = ""
    claimed_issuer: str = ""
    key: rsa.RSAPrivateKey = field(default_factory=usual_key)
    signing_key: rsa.RSAPrivateKey | None = None
    claims: dict[str, Any] = field(default_factory=dict)
    token_changes: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    #: What the discovery, the answer of the token endpoint and the way back say besides, and userinfo.
    discovery_changes: dict[str, Any] = field(default_factory=dict)
    raw_token: Callable[[dict[str, Any]], Any] | None = None
    back: dict[str, str] = field(default_factory=dict)
    userinfo: dict[str, Any] | None = None
    dies_at: str = ""

    def callback_url_after_login(self, way: str) -> str:
        """What a person's browser is sent to after they signed in at the provider."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(way).query).items()}
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']} | self.back)}"

    def body(self, nonce: str) -> dict[str, Any]:
        """The claims of a token that is as it has to be, with what the test says."""
        now = int(time.time())
        fixed = {"iss": self.issuer, "aud": CLIENT, "sub": "s-1", "iat": now, "exp": now + 300}
        return fixed | {"nonce": nonce} | self.claims | self.token_changes

    def sign(self, body: dict[str, Any], head: dict[str, Any] | None = None) -> str:
        """A token with the signature of the provider's key, or of another one."""
        head = {"alg": "RS256", "typ": "JWT", "kid": "one"} if head is None else head
        signed = ".".join(b64(json.dumps(part).encode()) for part in (head, body))
        key = self.signing_key or self.key
        return f"{signed}.{b64(key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"

    def answer(self, path: str, form: dict[str, str]) -> dict[str, Any] | None:
        """The JSON of an address; None where it refuses."""
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            return self._discovery()
        if path == "/keys":
            numbers = self.key.public_key().public_numbers()
            n, e = (b64(v.to_bytes((v.bit_length() + 7) // 8, "big")) for v in (numbers.n, numbers.e))
            return {"keys": [{"kty": "RSA", "kid": "one", "alg": "RS256", "use": "sig", "n": n, "e": e}]}
        if path == "/userinfo":
            return self.userinfo
        return self._token(form) if path == "/token" else None

    def _discovery(self) -> dict[str, Any]:
        places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {
            "issuer": self.claimed_issuer or self.issuer,
            **{name: f"{self.issuer}/{place}" for name, place in places.items()},
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            **({"userinfo_endpoint": f"{self.issuer}/userinfo"} if self.userinfo is not None else {}),
            **self.discovery_changes,
        }

    def _token(self, form: dict[str, str]) -> dict[str, Any] | None:
        wanted = self.codes.pop(form.get("code", ""), None)
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if (
            wanted is None
            or (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET)
            or form.get("redirect_uri") != wanted["redirect_uri"]
            or b64(verifier) != wanted.get("code_challenge")
        ):
            return None
        body = self.body(wanted.get("nonce", ""))
        token = self.raw_token(body) if self.raw_token else self.sign(body)
        return {"access_token": "a", "token_type": "Bearer", "id_token": token}


@contextmanager
def running_provider() -> Iterator[OidcProvider]:
    provider = OidcProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            self._answer({name: values[0] for name, values in parse_qs(body).items()})

        def _answer(self, form: dict[str, str]) -> None:
            if provider.dies_at and urlsplit(self.path).path == provider.dies_at:
                self.connection.close()  # in the middle of a sentence
                return
            told = provider.answer(urlsplit(self.path).path, form)
            body = json.dumps(told if told is not None else {"error": "invalid_grant"}).encode()
            self.send_response(200 if told is not None else 400)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
