"""The forms in which a secret may lie somewhere: itself and seven encodings of it."""

import base64
from collections.abc import Iterable


def encoded_forms(secret: str) -> dict[str, list[bytes]]:
    """By name; base64 in its three alignments, without the ends that depend on the neighbours."""
    raw = secret.encode()
    return {
        "raw": [raw],
        "base64": [_aligned(raw, shift, base64.b64encode) for shift in range(3)],
        "base64url": [_aligned(raw, shift, base64.urlsafe_b64encode) for shift in range(3)],
        "hex": [raw.hex().encode(), raw.hex().upper().encode()],
        "percent": ["".join(f"%{byte:02X}" for byte in raw).encode()],
        "json": ["".join(f"\\u{ord(one):04x}" for one in secret).encode()],
        "html": ["".join(f"&#{ord(one)};" for one in secret).encode()],
        "utf-16": [secret.encode("utf-16-le"), secret.encode("utf-16-be")],
    }


def _aligned(raw: bytes, shift: int, encode: object) -> bytes:
    whole = encode(b"\0" * shift + raw)  # type: ignore[operator]
    first = -(-shift * 8 // 6) if shift else 0
    last = (shift + len(raw)) * 8 // 6
    return bytes(whole[first:last])


def find_secrets(sink: bytes, secrets: Iterable[tuple[str, str]]) -> list[str]:
    """Which secrets, by name and form, a sink holds."""
    return sorted(
        f"{name} ({form})"
        for name, secret in secrets
        for form, spellings in encoded_forms(secret).items()
        if any(one in sink for one in spellings)
    )
