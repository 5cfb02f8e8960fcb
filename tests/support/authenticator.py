"""An authenticator in software: it creates and uses passkeys as a browser does, and can be told to cheat."""

import json
import os
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

ORIGIN = "https://console.example.edu"
#: The person is there, the device has verified them; a new key follows.
PRESENT, VERIFIED, WITH_KEY = 1, 4, 64


@dataclass
class SoftAuthenticator:
    """One passkey on one device. `counter` grows by one at each use, as on a security key."""

    origin: str = ORIGIN
    flags: int = PRESENT | VERIFIED
    counter: int = 0
    step: int = 1
    handle: bytes = b""
    credential_id: bytes = field(default_factory=lambda: os.urandom(16))
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def rp_hash(self) -> bytes:
        return sha256(self.origin.split("//")[1].split(":")[0].encode()).digest()

    def create(self, options: dict[str, Any], **changed: Any) -> str:
        """The answer to options for a new passkey."""
        self.handle = websafe_decode(options["publicKey"]["user"]["id"])
        public = ES256.from_cryptography_key(self.key.public_key())
        credential = AttestedCredentialData.create(Aaguid.NONE, self.credential_id, public)
        data = AuthenticatorData.create(self.rp_hash, self.flags | WITH_KEY, self.counter, credential)
        response = {
            "clientDataJSON": self._client_data("webauthn.create", options, changed),
            "attestationObject": bytes(AttestationObject.create("none", data, {})),
        }
        return self._answer(response)

    def use(self, options: dict[str, Any], **changed: Any) -> str:
        """The answer to options for using the passkey."""
        self.counter += self.step
        data = AuthenticatorData.create(self.rp_hash, self.flags, self.counter)
        client_data = self._client_data("webauthn.get", options, changed)
        signed = bytes(data) + sha256(client_data).digest()
        response = {
            "clientDataJSON": client_data,
            "authenticatorData": bytes(data),
            "signature": self.key.sign(signed, ec.ECDSA(hashes.SHA256())),
            "userHandle": self.handle,
        }
        return self._answer(response)

    def _client_data(self, kind: str, options: dict[str, Any], changed: dict[str, Any]) -> bytes:
        challenge = options["publicKey"]["challenge"]
        plain = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(plain | changed).encode()

    def _answer(self, response: dict[str, bytes]) -> str:
        name = websafe_encode(self.credential_id)
        texts = {key: websafe_encode(value) for key, value in response.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": texts})
