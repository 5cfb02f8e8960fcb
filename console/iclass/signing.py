"""The signature of every call, in both directions (appendices 1 and 2 of the document).

It covers neither path, body nor `random`: a signed URL can be used for any call until it expires. Hence the
short lifetime, and no signed URL in logs, exceptions or reprs.
"""

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import msgspec
from requests import PreparedRequest
from requests.auth import AuthBase

Reason = Literal["missing", "repeated", "bad_time", "expired", "too_far", "wrong_sign"]

PARAMETERS = (b"sdkappid", b"random", b"expire_time", b"sign")
TEN_DIGITS = re.compile(rb"[0-9]{10}")
SDKAPPID = re.compile(rb"[0-9]{1,18}")


def sign(tic_key: str, expire_time: int) -> str:
    """Return lower-case hex of md5(tic_key + expire_time), as in appendix 2; ValueError without a key."""
    if not tic_key:
        raise ValueError("a signature needs a key")
    text = f"{tic_key}{expire_time}".encode()
    # The document prescribes MD5; the flag allows it where MD5 is disabled for security purposes.
    return hashlib.md5(text, usedforsecurity=False).hexdigest()


class Signer(AuthBase):
    """Signs a request: adds the four public parameters to its URL, and expire_time to its body.

    `clock` returns Unix seconds. `life` is the lifetime of the signature in seconds, or a function that
    returns it when the request is sent.
    """

    def __init__(
        self,
        sdkappid: int,
        tic_key: str,
        *,
        clock: Callable[[], float] = time.time,
        life: int | Callable[[], int] = 120,
    ) -> None:
        self._sdkappid = sdkappid
        self._tic_key = tic_key
        self._clock = clock
        self._life = life

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        expire_time = int(self._clock()) + (self._life() if callable(self._life) else self._life)
        parameters = {
            "sdkappid": self._sdkappid,
            "random": secrets.randbelow(1_000_000_000),
            "expire_time": expire_time,
            "sign": sign(self._tic_key, expire_time),
        }
        # Letters and digits only: no quoting is needed.
        request.url = f"{request.url}?{'&'.join(f'{name}={value}' for name, value in parameters.items())}"
        body = msgspec.json.decode(request.body or b"{}")
        # The caller sets Content-Length afterwards.
        request.body = msgspec.json.encode(body | {"expire_time": expire_time})
        return request

    def __repr__(self) -> str:
        return f"Signer({self._sdkappid}, ***)"


class InvalidSignature(Exception):
    """The request was not signed with one of the keys; `reason` is a key of the Reason type."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class VerifiedSignature:
    """The content of a valid signature: the enterprise, and the expiry in Unix seconds."""

    sdkappid: int
    expire_time: int


def verify(
    raw_query: bytes | str,
    keys: Iterable[str],
    *,
    now: float,
    past: int = 15 * 60,
    ahead: int = 24 * 3600,
    time_in_body: str | int | None = None,
) -> VerifiedSignature:
    """Verify the query string of a signed request; InvalidSignature carries the reason of a refusal.

    `keys` are the current and the previous tic_key; empty ones never match. `past` and `ahead` are seconds by
    which expire_time may lie before or after `now`. An old revision of the document carries expire_time in
    the body only: pass it as `time_in_body`; if both are present they must agree.
    """
    parameters = _single_values(raw_query)
    sdkappid, signature = parameters.get(b"sdkappid", b""), parameters.get(b"sign", b"")
    stamp = parameters.get(b"expire_time") or _bytes(time_in_body)
    if not (SDKAPPID.fullmatch(sdkappid) and signature and stamp):
        raise InvalidSignature("missing")
    # MD5 allows length extension, so only ten plain digits may pass; int() would also accept spaces, signs,
    # underscores and full-width digits.
    if not TEN_DIGITS.fullmatch(stamp) or _bytes(time_in_body) not in (b"", stamp):
        raise InvalidSignature("bad_time")
    expire_time = int(stamp)
    if expire_time < now - past:
        raise InvalidSignature("expired")
    if expire_time > now + ahead:
        raise InvalidSignature("too_far")
    matches = [hmac.compare_digest(sign(key, expire_time).encode(), signature) for key in keys if key]
    if not any(matches):
        raise InvalidSignature("wrong_sign")
    return VerifiedSignature(sdkappid=int(sdkappid), expire_time=expire_time)


def _single_values(raw_query: bytes | str) -> dict[bytes, bytes]:
    """Return the public parameters as raw bytes, not decoded; a repeated one is refused."""
    values: dict[bytes, bytes] = {}
    for pair in _bytes(raw_query).split(b"&"):
        name, _, value = pair.partition(b"=")
        if name in PARAMETERS:
            if name in values:
                raise InvalidSignature("repeated")
            values[name] = value
    return values


def _bytes(value: bytes | str | int | None) -> bytes:
    if isinstance(value, bytes):
        return value
    return b"" if value is None else str(value).encode(errors="replace")
