"""The key ring: AES-256-GCM over bytes, with the location of the value as associated data.

A sealed value is ASCII text, suitable for text columns and files:

    s1.<key id, 8 hex digits>.<base64url of: set_at (4 bytes) | nonce (12) | ciphertext and tag (16)>

The key ID is a plain prefix, so that one LIKE finds the values that are not sealed with the newest key.
"""

import base64
import binascii
import hashlib
import hmac
import os
import re
import struct
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils import timezone

VERSION = "s1"
SEALED_PATTERN = re.compile(r"s1\.([0-9a-f]{8})\.([A-Za-z0-9_-]{43,}={0,2})", re.ASCII)


class VaultError(Exception):
    """A sealed value cannot be opened or stored. The message names the column, never a byte of the value."""


class SealingKey(NamedTuple):
    id: str
    cipher: AESGCM


class SealedLocation(NamedTuple):
    """The location that a sealed value is bound to; no two values share one."""

    table: str
    column: str
    school: str
    seal_id: str


class SealedParts(NamedTuple):
    key_id: str
    set_at: int
    nonce: bytes
    body: bytes


def sealing_keys() -> tuple[SealingKey, ...]:
    """Return the keys of settings.FIELD_KEYS, newest first; VaultError if they are invalid."""
    return _keys(tuple(settings.FIELD_KEYS))


@lru_cache(maxsize=4)
def _keys(encoded: tuple[str, ...]) -> tuple[SealingKey, ...]:
    if not encoded:
        raise VaultError("FIELD_KEYS is empty, so no secret can be stored.")
    return tuple(_key(number, text) for number, text in enumerate(encoded, start=1))


def _key(number: int, text: str) -> SealingKey:
    raw = _decode_key(number, text)
    return SealingKey(_key_id(raw), AESGCM(raw))


def _decode_key(number: int, text: str) -> bytes:
    try:
        raw = base64.b64decode(text, altchars=b"-_" if set(text) & set("-_") else None, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 32:
        raise VaultError(f"Key {number} of FIELD_KEYS is not 32 bytes written in base64.")
    return raw


def _key_id(raw: bytes) -> str:
    return hashlib.sha256(b"iclass console key id" + raw).hexdigest()[:8]


def derive_keys(purpose: str) -> dict[str, bytes]:
    """Derive 32 bytes for a purpose from each key of FIELD_KEYS; returned by key ID, newest first."""
    sealing_keys()
    raws = [_decode_key(number, text) for number, text in enumerate(settings.FIELD_KEYS, start=1)]
    return {_key_id(raw): hmac.digest(raw, b"iclass console " + purpose.encode(), "sha256") for raw in raws}


def seal(clear: bytes, place: SealedLocation, set_at: int | None = None) -> str:
    """Seal `clear` for `place` with the newest key; it cannot be opened elsewhere.

    `set_at` (Unix seconds) is when the value was set; a rotation passes on the old one.
    """
    key = sealing_keys()[0]
    when = struct.pack(">I", int(timezone.now().timestamp()) if set_at is None else set_at)
    nonce = os.urandom(12)
    body = key.cipher.encrypt(nonce, clear, _associated_data(place, key.id, when))
    return f"{VERSION}.{key.id}.{base64.urlsafe_b64encode(when + nonce + body).decode()}"


def unseal(sealed: str, place: SealedLocation) -> bytes:
    """Return the bytes sealed for `place`; VaultError if they were changed or moved or the key is missing."""
    parts = parse_sealed(sealed)
    if parts is None:
        raise VaultError(f"The stored value of {_column_name(place)} is not a sealed value.")
    matching = [key for key in sealing_keys() if key.id == parts.key_id]
    for key in matching:
        try:
            return key.cipher.decrypt(
                parts.nonce, parts.body, _associated_data(place, key.id, struct.pack(">I", parts.set_at))
            )
        except InvalidTag:
            continue
    if not matching:
        raise VaultError(
            f"The stored value of {_column_name(place)} was sealed with the key {parts.key_id}, which is "
            "not in FIELD_KEYS. Put that key back at the end of FIELD_KEYS."
        )
    raise VaultError(
        f"The stored value of {_column_name(place)} cannot be opened: it was changed, "
        "or it belongs to another row."
    )


def parse_sealed(sealed: str) -> SealedParts | None:
    """Return the parts of a sealed value, None if the text is not one. Does not authenticate it."""
    match = SEALED_PATTERN.fullmatch(sealed)
    if match is None:
        return None
    try:
        raw = base64.urlsafe_b64decode(match[2])
    except (binascii.Error, ValueError):
        return None
    # Base64 can encode the same bytes in several ways; only the canonical one is accepted.
    if base64.urlsafe_b64encode(raw).decode() != match[2] or len(raw) < 32:
        return None
    return SealedParts(match[1], struct.unpack(">I", raw[:4])[0], raw[4:16], raw[16:])


def is_sealed(text: str) -> bool:
    return parse_sealed(text) is not None


def set_at(sealed: str) -> datetime | None:
    """Return when the value was set, None if the text is not a sealed value."""
    parts = parse_sealed(sealed)
    return datetime.fromtimestamp(parts.set_at, UTC) if parts else None


def newest_prefix() -> str:
    """Return the prefix of all values sealed with the newest key."""
    return f"{VERSION}.{sealing_keys()[0].id}."


def seal_bytes(clear: bytes, context: str) -> bytes:
    """Seal bytes for a file (such as a line of a spool), bound to `context`; the result has no line break."""
    return seal(clear, SealedLocation("bytes", context, "", "")).encode("ascii")


def unseal_bytes(sealed: bytes, context: str) -> bytes:
    """Return what `seal_bytes` sealed for the same context; VaultError otherwise."""
    return unseal(sealed.decode("ascii", "replace"), SealedLocation("bytes", context, "", ""))


def _associated_data(place: SealedLocation, key_id: str, when: bytes) -> bytes:
    """Encode the parts with their lengths, so that no two locations encode alike."""
    parts = [VERSION.encode(), key_id.encode(), when, *(part.encode() for part in place)]
    return b"".join(struct.pack(">I", len(part)) + part for part in parts)


def _column_name(place: SealedLocation) -> str:
    return f"{place.table}.{place.column}"
