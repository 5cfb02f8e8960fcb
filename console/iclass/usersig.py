"""UserSig: the ticket for signing in to Tencent's instant messaging.

iclass requires them as `admin_sig` and `record_user_sig`. The published packages are no longer maintained, so
both forms are implemented here: V1 signs with a PEM key (ECDSA, P-256, SHA-256), V2 with a secret text (HMAC,
SHA-256).
"""

import base64
import hashlib
import hmac
import re
import zlib

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

PEM_MARK = "-----BEGIN"
V1_VERSION = "201512300000"
# Both signatures cover lines of text: an identifier with a line break could inject a line.
LINE_BREAKING = re.compile(r"[\x00-\x1f\x7f]")
URL_SAFE = bytes.maketrans(b"+/=", b"*-_")


class InvalidPrivateKey(ValueError):
    """The private key cannot sign a UserSig. The message never contains the key."""


def user_sig(private_key: str, *, sdkappid: int, identifier: str, lifetime_s: int, now: float) -> str:
    """Return the UserSig of `identifier`, valid for `lifetime_s` seconds from `now` (Unix seconds).

    A key that begins with `-----BEGIN` makes V1, any other V2. InvalidPrivateKey for an unusable key,
    ValueError for an identifier that is empty or contains control characters.
    """
    if not identifier or LINE_BREAKING.search(identifier):
        raise ValueError("an identifier is one line of text and not empty")
    key = private_key.strip()
    if not key:
        raise InvalidPrivateKey("the private key is empty")
    build = _v1 if key.startswith(PEM_MARK) else _v2
    fields = build(key, sdkappid, identifier, lifetime_s, int(now))
    packed = zlib.compress(msgspec.json.encode(fields))
    return base64.b64encode(packed).translate(URL_SAFE).decode()


def _v1(key: str, sdkappid: int, identifier: str, lifetime_s: int, now: int) -> dict[str, str | int]:
    signed = {
        "TLS.appid_at_3rd": "0",
        "TLS.account_type": "0",
        "TLS.identifier": identifier,
        "TLS.sdk_appid": str(sdkappid),
        "TLS.time": str(now),
        "TLS.expire_after": str(lifetime_s),
    }
    signature = _ec_key(key).sign(_lines(signed), ec.ECDSA(SHA256()))
    return {**signed, "TLS.version": V1_VERSION, "TLS.sig": base64.b64encode(signature).decode()}


def _v2(key: str, sdkappid: int, identifier: str, lifetime_s: int, now: int) -> dict[str, str | int]:
    signed: dict[str, str | int] = {
        "TLS.identifier": identifier,
        "TLS.sdkappid": sdkappid,
        "TLS.time": now,
        "TLS.expire": lifetime_s,
    }
    signature = hmac.new(key.encode(), _lines(signed), hashlib.sha256).digest()
    return {"TLS.ver": "2.0", **signed, "TLS.sig": base64.b64encode(signature).decode()}


def _lines(fields: dict[str, str] | dict[str, str | int]) -> bytes:
    """Return the signed text: one `name:value` line per field, in the order that both sides agree on."""
    return "".join(f"{name}:{value}\n" for name, value in fields.items()).encode()


def _ec_key(pem: str) -> ec.EllipticCurvePrivateKey:
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise InvalidPrivateKey("the private key is no PEM key for ECDSA on P-256 without a password")
    return key
