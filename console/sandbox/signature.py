"""Signature of a request: appendix 1 and 2 of the document, interpreted strictly.

`sign` is the lower-case hex of `md5(tic_key + expire_time)`. Such a prefix MAC can be extended: whoever
saw one pair can make another whose expire_time begins with the old one and carries MD5's padding. Hence
`expire_time` is taken as exactly ten ASCII digits of the raw query, undecoded, and nothing else.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from console.sandbox.errors import Code, Refusal, invalid

TEN_DIGITS = re.compile(rb"[0-9]{10}")
HEX = re.compile(rb"[0-9a-f]{32}")
APP_ID = re.compile(rb"[1-9][0-9]{0,18}")
NAMES = (b"sdkappid", b"random", b"expire_time", b"sign")


def sign(tic_key: str, expire_time: int | str) -> str:
    """Return the value of `sign` for a key and a time."""
    return hashlib.md5(f"{tic_key}{expire_time}".encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class PublicParameters:
    """Public parameters as received, undecoded; `expire_time` may be missing (then the body has it)."""

    sdkappid: int
    sign: bytes
    expire_time: bytes | None
    random: bytes | None


def read_public_parameters(query: bytes) -> PublicParameters:
    """Read the raw query.

    Raises Refusal: 10270 for an sdkappid that is no number, 10217 for a repeated or oddly written
    parameter and for a missing sign. Other parameters are nobody's business and pass.
    """
    found: dict[bytes, bytes] = {}
    for part in query.split(b"&"):
        raw_name, _, value = part.partition(b"=")
        name = unquote_to_bytes(raw_name.replace(b"+", b" ")).strip().lower()
        if name not in NAMES:
            continue
        if name in found or raw_name != name:
            raise Refusal(Code.SIGNATURE, f"{name.decode()} must stand once and be written plainly")
        found[name] = value
    if not APP_ID.fullmatch(found.get(b"sdkappid", b"")) or int(found[b"sdkappid"]) >= 2**63:
        raise Refusal(Code.NO_SUCH_ENTERPRISE, "sdkappid is missing or no number")
    if not HEX.fullmatch(found.get(b"sign", b"")):
        raise Refusal(Code.SIGNATURE, "sign is missing or not 32 lower-case hex digits")
    return PublicParameters(
        int(found[b"sdkappid"]), found[b"sign"], found.get(b"expire_time"), found.get(b"random")
    )


def signed_expire_time(public: PublicParameters, in_body: object) -> bytes:
    """Return the signed time as ten digits: from the URL, otherwise the body; both must agree."""
    written = None if in_body is None else _as_digits(in_body)
    expire = public.expire_time if public.expire_time is not None else written
    if expire is None or not TEN_DIGITS.fullmatch(expire):
        raise Refusal(Code.SIGNATURE, "expire_time is missing or not ten digits")
    if written is not None and written != expire:
        raise Refusal(Code.SIGNATURE, "expire_time of the URL and of the body differ")
    return expire


def _as_digits(value: object) -> bytes:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise Refusal(Code.SIGNATURE, "expire_time of the body is no timestamp")
    return str(value).encode("utf-8", "surrogatepass")


def check_signature(public: PublicParameters, tic_key: str, expire: bytes, now: float) -> None:
    """Refuse a wrong or expired signature. An empty key is never valid."""
    right = sign(tic_key, expire.decode()).encode()
    if not tic_key or not hmac.compare_digest(right, public.sign):
        raise Refusal(Code.SIGNATURE, "sign does not fit expire_time")
    if int(expire) < now:
        raise Refusal(Code.SIGNATURE, "expire_time has passed")


def check_random(public: PublicParameters) -> None:
    """`random` is any short string, but required (appendix 1)."""
    if not public.random or len(public.random) > 64:
        raise invalid("random is missing or longer than 64 characters")
