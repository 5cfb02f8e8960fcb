"""The key ring: AES-256-GCM over bytes, with the place of the value as associated data.

A sealed value is text of ASCII letters, so that it stands in a text column and in a file alike:

    s1.<key id, 8 hex digits>.<base64url of: set_at (4 bytes) | nonce (12) | ciphertext and tag (16)>

The key id stands readable at the front, so that one LIKE finds what still waits for the newest key.
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

from console.vault.errors import VaultError

VERSION = "s1"
SHAPE = re.compile(r"s1\.([0-9a-f]{8})\.([A-Za-z0-9_-]{43,}={0,2})", re.ASCII)


class Key(NamedTuple):
    id: str
    cipher: AESGCM


class Place(NamedTuple):
    """Where a sealed value belongs; no two values share one."""

    table: str
    column: str
    school: str
    seal_id: str


class Parts(NamedTuple):
    key_id: str
    set_at: int
    nonce: bytes
    body: bytes


def keys() -> tuple[Key, ...]:
    """The keys of settings.FIELD_KEYS, newest first; VaultError where they are no keys."""
    return _keys(tuple(settings.FIELD_KEYS))


@lru_cache(maxsize=4)
def _keys(encoded: tuple[str, ...]) -> tuple[Key, ...]:
    if not encoded:
        raise VaultError("FIELD_KEYS is empty, so no secret can be stored.")
    return tuple(_key(number, text) for number, text in enumerate(encoded, start=1))


def _key(number: int, text: str) -> Key:
    raw = _raw(number, text)
    return Key(_id_of(raw), AESGCM(raw))


def _raw(number: int, text: str) -> bytes:
    try:
        raw = base64.b64decode(text, altchars=b"-_" if set(text) & set("-_") else None, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != 32:
        raise VaultError(f"Key {number} of FIELD_KEYS is not 32 bytes written in base64.")
    return raw


def _id_of(raw: bytes) -> str:
    return hashlib.sha256(b"iclass console key id" + raw).hexdigest()[:8]


def derived(purpose: str) -> dict[str, bytes]:
    """32 bytes for a purpose of its own from each key of FIELD_KEYS, by its id, newest first."""
    keys()
    raws = [_raw(number, text) for number, text in enumerate(settings.FIELD_KEYS, start=1)]
    return {_id_of(raw): hmac.digest(raw, b"iclass console " + purpose.encode(), "sha256") for raw in raws}


def seal(clear: bytes, place: Place, set_at: int | None = None) -> str:
    """Seal `clear` for `place` with the newest key; it opens nowhere else.

    `set_at` (seconds since 1970) is when the value was chosen; a rotation hands the old one on.
    """
    key = keys()[0]
    when = struct.pack(">I", int(timezone.now().timestamp()) if set_at is None else set_at)
    nonce = os.urandom(12)
    body = key.cipher.encrypt(nonce, clear, _bound_to(place, key.id, when))
    return f"{VERSION}.{key.id}.{base64.urlsafe_b64encode(when + nonce + body).decode()}"


def open_sealed(sealed: str, place: Place) -> bytes:
    """The bytes sealed for `place`; VaultError where they were changed, moved, or the key is missing."""
    parts = split(sealed)
    if parts is None:
        raise VaultError(f"The stored value of {_name(place)} is not a sealed value.")
    matching = [key for key in keys() if key.id == parts.key_id]
    for key in matching:
        try:
            return key.cipher.decrypt(
                parts.nonce, parts.body, _bound_to(place, key.id, struct.pack(">I", parts.set_at))
            )
        except InvalidTag:
            continue
    if not matching:
        raise VaultError(
            f"The stored value of {_name(place)} was sealed with the key {parts.key_id}, which is not in "
            "FIELD_KEYS. Put that key back at the end of FIELD_KEYS."
        )
    raise VaultError(
        f"The stored value of {_name(place)} cannot be opened: it was changed, or it belongs to another row."
    )


def split(sealed: str) -> Parts | None:
    """The parts of a sealed value, None where the text is none. Says nothing about its truth."""
    match = SHAPE.fullmatch(sealed)
    if match is None:
        return None
    try:
        raw = base64.urlsafe_b64decode(match[2])
    except (binascii.Error, ValueError):
        return None
    # Base64 has several spellings of the same bytes; a value has one.
    if base64.urlsafe_b64encode(raw).decode() != match[2] or len(raw) < 32:
        return None
    return Parts(match[1], struct.unpack(">I", raw[:4])[0], raw[4:16], raw[16:])


def is_sealed(text: str) -> bool:
    return split(text) is not None


def set_at(sealed: str) -> datetime | None:
    """When the value was chosen, None where the text is no sealed value."""
    parts = split(sealed)
    return datetime.fromtimestamp(parts.set_at, UTC) if parts else None


def newest_prefix() -> str:
    """What every value sealed with the newest key begins with."""
    return f"{VERSION}.{keys()[0].id}."


def seal_bytes(clear: bytes, context: str) -> bytes:
    """Seal a piece of a file (such as a line of a spool), bound to `context`; one line without a break."""
    return seal(clear, Place("bytes", context, "", "")).encode("ascii")


def open_bytes(sealed: bytes, context: str) -> bytes:
    """What `seal_bytes` sealed for the same context; VaultError otherwise."""
    return open_sealed(sealed.decode("ascii", "replace"), Place("bytes", context, "", ""))


def _bound_to(place: Place, key_id: str, when: bytes) -> bytes:
    """Each part with its length, so that no two places are written alike."""
    parts = [VERSION.encode(), key_id.encode(), when, *(part.encode() for part in place)]
    return b"".join(struct.pack(">I", len(part)) + part for part in parts)


def _name(place: Place) -> str:
    return f"{place.table}.{place.column}"
