"""The signature of every call, in both directions (appendix 1 and 2 of the document).

It covers neither path, body nor `random`: whoever sees one signed URL can call anything until it expires.
Hence the short life, and hence no signed URL in a log, an exception or a repr.
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
    """Lower-case hex of md5(tic_key + expire_time), as appendix 2 wants it; ValueError without a key."""
    if not tic_key:
        raise ValueError("a signature needs a key")
    text = f"{tic_key}{expire_time}".encode()
    # The document prescribes MD5; the flag lets it run where MD5 is forbidden for security of our own.
    return hashlib.md5(text, usedforsecurity=False).hexdigest()


class Signer(AuthBase):
    """Signs a request: the four public parameters into its URL, expire_time into its body as well.

    `clock` gives unix seconds, `life` is the number of seconds that the signature lives, or tells it when
    the request leaves.
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
        # Digits and letters alone: nothing of it needs quoting.
        request.url = f"{request.url}?{'&'.join(f'{name}={value}' for name, value in parameters.items())}"
        body = msgspec.json.decode(request.body or b"{}")
        # The length is counted after this has run.
        request.body = msgspec.json.encode(body | {"expire_time": expire_time})
        return request

    def __repr__(self) -> str:
        return f"Signer({self._sdkappid}, ***)"


class NotSigned(Exception):
    """A request that does not come from a holder of the key; `reason` is one word."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Verified:
    """What a good signature says: for which enterprise, and until when (unix seconds)."""

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
) -> Verified:
    """Check the query string of a request signed for us; NotSigned says why it is refused.

    `keys` are the current and the previous tic_key; empty ones never match. `past` and `ahead` are how many
    seconds expire_time may lie behind or before `now`. One old revision of the document carries expire_time
    in the body alone: give it as `time_in_body`; where both stand they must agree.
    """
    given = _single_values(raw_query)
    sdkappid, signature = given.get(b"sdkappid", b""), given.get(b"sign", b"")
    stamp = given.get(b"expire_time") or _bytes(time_in_body)
    if not (SDKAPPID.fullmatch(sdkappid) and signature and stamp):
        raise NotSigned("missing")
    # An MD5 over key and time can be lengthened by a stranger: nothing but ten plain digits may pass, and
    # int() would also take spaces, signs, underscores and full-width digits.
    if not TEN_DIGITS.fullmatch(stamp) or _bytes(time_in_body) not in (b"", stamp):
        raise NotSigned("bad_time")
    expire_time = int(stamp)
    if expire_time < now - past:
        raise NotSigned("expired")
    if expire_time > now + ahead:
        raise NotSigned("too_far")
    matches = [hmac.compare_digest(sign(key, expire_time).encode(), signature) for key in keys if key]
    if not any(matches):
        raise NotSigned("wrong_sign")
    return Verified(sdkappid=int(sdkappid), expire_time=expire_time)


def _single_values(raw_query: bytes | str) -> dict[bytes, bytes]:
    """The public parameters as they stand on the wire, undecoded; a repeated one is refused."""
    values: dict[bytes, bytes] = {}
    for pair in _bytes(raw_query).split(b"&"):
        name, _, value = pair.partition(b"=")
        if name in PARAMETERS:
            if name in values:
                raise NotSigned("repeated")
            values[name] = value
    return values


def _bytes(value: bytes | str | int | None) -> bytes:
    if isinstance(value, bytes):
        return value
    return b"" if value is None else str(value).encode(errors="replace")
