"""Settings that would fail at night are refused at start, in words that say what to do."""

from base64 import urlsafe_b64decode
from binascii import Error
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Tags, register
from django.core.checks import Error as Refusal

from console import failpoints


@register
def settings_make_sense(**_: Any) -> list[CheckMessage]:
    """All that is wrong with the environment, each under its number."""
    found = [
        (
            not settings.FIELD_KEYS,
            "E001",
            "FIELD_KEYS is not set, so no secret can be kept.",
            "Set it to one or more base64 texts of 32 random bytes, the newest first.",
        ),
        (
            not all(_is_key(key) for key in settings.FIELD_KEYS),
            "E002",
            "A key in FIELD_KEYS is not the base64 text of 32 bytes.",
            "It is url-safe base64, 44 characters; docs/production.md has a command that makes one.",
        ),
        (
            not _is_address(settings.ICLASS_BASE_URL),
            "E003",
            "ICLASS_BASE_URL must be scheme and host only.",
            "Write for example https://iclass.api.qcloud.com; the console adds /paas/v1 itself.",
        ),
        (
            not _is_address(settings.PUBLIC_URL),
            "E004",
            "PUBLIC_URL must be scheme and host only.",
            "Write the address under which people and the iclass service reach this console.",
        ),
        (
            settings.ICLASS_SIGNATURE_LIFE_S > 600 or settings.ICLASS_SIGNATURE_LIFE_S < 10,
            "E005",
            "ICLASS_SIGNATURE_LIFE_S must lie between 10 and 600 seconds.",
            "A signed address opens every endpoint until it expires: leave it at 120.",
        ),
        (
            settings.LEASE_S < settings.ICLASS_TIMEOUT_S and settings.LEASE_S > 5,
            "E006",
            "LEASE_S is shorter than ICLASS_TIMEOUT_S.",
            "A worker must be able to finish a call within its lease: make LEASE_S larger.",
        ),
        (
            settings.PUBLIC_URL.startswith("https://") and settings.DEBUG,
            "E007",
            "DEBUG is on at an address that others reach.",
            "Unset DEBUG: error pages would show what is nobody's business.",
        ),
    ]
    return [Refusal(text, hint=hint, id=f"console.{number}") for wrong, number, text, hint in found if wrong]


@register(Tags.security, deploy=True)
def no_fault_is_armed(**_: Any) -> list[CheckMessage]:
    """A server must not be told to kill itself, nor to leave a defence out."""
    if not failpoints.is_armed():
        return []
    return [
        Refusal(
            "Fail-points are armed in this environment.",
            hint="Unset FAILPOINTS and UNDEFENDED; they are for the fault harness alone.",
            id="console.E008",
        )
    ]


def _is_key(text: str) -> bool:
    try:
        return len(urlsafe_b64decode(text)) == 32
    except (Error, ValueError):
        return False


def _is_address(text: str) -> bool:
    parts = urlsplit(text)
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and parts.path in ("", "/")
        and not parts.query
    )
