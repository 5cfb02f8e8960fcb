"""Tencent UserSig version 2, for visitors and for class clients that log in.

HMAC-SHA256 over four lines, base64 in a JSON object, zlib, base64 with `+ / =` written `* - _`.
"""

import base64
import hashlib
import hmac
import json
import zlib

DAY = 86_400
_OUT = bytes.maketrans(b"+/=", b"*-_")
_IN = bytes.maketrans(b"*-_", b"+/=")


def make_user_sig(sdkappid: int, key: str, identifier: str, now: int, life: int = DAY) -> str:
    """Return a UserSig of `identifier`, valid for `life` seconds from `now`."""
    parts = {
        "TLS.ver": "2.0",
        "TLS.identifier": identifier,
        "TLS.sdkappid": sdkappid,
        "TLS.expire": life,
        "TLS.time": now,
        "TLS.sig": _mac(sdkappid, key, identifier, now, life),
    }
    return base64.b64encode(zlib.compress(json.dumps(parts).encode())).translate(_OUT).decode()


def verify_user_sig(signature: str, sdkappid: int, key: str, identifier: str, now: int) -> bool:
    """Return whether a UserSig is valid for `identifier` under this key. Never raises."""
    try:
        packed = base64.b64decode(signature.encode().translate(_IN), validate=True)
        parts = json.loads(zlib.decompressobj().decompress(packed, 65_536))
        made, life, mac = int(parts["TLS.time"]), int(parts["TLS.expire"]), str(parts["TLS.sig"])
    except (ValueError, KeyError, TypeError, zlib.error):
        return False
    right = _mac(sdkappid, key, identifier, made, life)
    return hmac.compare_digest(right.encode(), mac.encode()) and now < made + life


def _mac(sdkappid: int, key: str, identifier: str, made: int, life: int) -> str:
    text = f"TLS.identifier:{identifier}\nTLS.sdkappid:{sdkappid}\nTLS.time:{made}\nTLS.expire:{life}\n"
    return base64.b64encode(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()).decode()
