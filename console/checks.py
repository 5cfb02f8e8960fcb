"""System checks of settings that would fail later; each hint says what to do.

`console.variables` has checked each variable of the environment before; these rules need the settings.
"""

import os
import sys
from base64 import urlsafe_b64decode
from binascii import Error
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, register
from django.core.checks import Error as CheckError
from django.core.checks import Warning as CheckWarning
from django.db import DatabaseError
from django.http.request import validate_host

from console import migration_state, scanner
from console.exposure import is_exposed, is_public
from console.guarded_client import is_network
from console.variables import InvalidSetting, misspelled_names

#: Transports of Celery whose messages survive a restart of the worker.
BROKERS = {"redis", "rediss", "sentinel", "amqp", "amqps", "pyamqp"}


@register
def validate_settings(**_: Any) -> list[CheckMessage]:
    """Return an error for each invalid setting."""
    rules = chain(
        _secrets(), _addresses(), _development(), _servers(), _sign_in(), _timing(), _calls(), _files()
    )
    return [
        CheckError(invalid.text, hint=invalid.hint, id=f"console.{invalid.number}")
        for is_invalid, invalid in rules
        if is_invalid
    ]


@register(deploy=True)
def check_migrations(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Return an error if the database lacks migrations of this version, which then does not start."""
    if databases and "default" not in databases:
        return []
    try:
        problem = migration_state.missing_migrations_problem()
    except DatabaseError:
        return []  # the check of row policies says so
    return [CheckError(problem, id=migration_state.NUMBER)] if problem else []


@register
def report_misspelled_names(**_: Any) -> list[CheckMessage]:
    """Return a warning for each name in the environment that looks like a misspelled variable."""
    return [
        CheckWarning(found.text, hint=found.hint, id=f"console.{found.number}")
        for found in misspelled_names(os.environ)
    ]


def exit_on_invalid_settings(**_: Any) -> None:
    """Exit on invalid settings. Web, worker and beat call this, because they do not run Django's checks."""
    for found in misspelled_names(os.environ):
        print(found, file=sys.stderr)
    if errors := validate_settings():
        sys.exit("\n".join(f"{error.id}: {error.msg} {error.hint}" for error in errors))


def _secrets() -> Iterator[tuple[bool, InvalidSetting]]:
    keys = settings.FIELD_KEYS
    yield (
        not keys,
        InvalidSetting(
            "E001",
            "FIELD_KEYS is not set, so no secret can be stored.",
            "Set it to one or more base64 texts of 32 random bytes, the newest first.",
        ),
    )
    yield (
        not all(_is_key(key) for key in keys),
        InvalidSetting(
            "E002",
            "A key in FIELD_KEYS is not the base64 text of 32 bytes.",
            "It is url-safe base64, 44 characters; .env.example has a command that makes one.",
        ),
    )
    yield (
        len(set(keys)) < len(keys),
        InvalidSetting(
            "E009",
            "FIELD_KEYS contains a key twice.",
            "Keep each key once, the newest first; replaced keys follow it.",
        ),
    )
    yield (
        is_public() and len(settings.SECRET_KEY) < 32,
        InvalidSetting(
            "E010",
            "SECRET_KEY is shorter than 32 characters at an address that others reach.",
            "Generate one with the command in .env.example: anybody who guesses it can sign in as any user.",
        ),
    )


def _addresses() -> Iterator[tuple[bool, InvalidSetting]]:
    yield (
        not _is_address(settings.ICLASS_BASE_URL),
        InvalidSetting(
            "E003",
            "ICLASS_BASE_URL must be scheme and host only.",
            "Write for example https://iclass.api.qcloud.com; the console adds /paas/v1 itself.",
        ),
    )
    yield (
        not _is_address(settings.PUBLIC_URL),
        InvalidSetting(
            "E004",
            "PUBLIC_URL must be scheme and host only.",
            "Write the address under which people and the iclass service reach this console.",
        ),
    )
    yield (
        is_public() and "*" in settings.ALLOWED_HOSTS,
        InvalidSetting(
            "E011",
            "ALLOWED_HOSTS allows every name at an address that others reach.",
            "Name the hosts of this console: links in e-mails are built from the requested host.",
        ),
    )
    yield (
        _is_address(settings.PUBLIC_URL) and not settings.DEBUG and not _is_allowed_host(settings.PUBLIC_URL),
        InvalidSetting(
            "E030",
            "ALLOWED_HOSTS does not name the host of PUBLIC_URL.",
            "Add it: otherwise every request of people and of the iclass service is refused.",
        ),
    )
    yield (
        settings.SECURE_SSL_REDIRECT and settings.PUBLIC_URL.startswith("http://"),
        InvalidSetting(
            "E031",
            "SECURE_SSL_REDIRECT is on while PUBLIC_URL begins with http://.",
            "Write https:// in PUBLIC_URL, or unset SECURE_SSL_REDIRECT: otherwise no page can be reached.",
        ),
    )


def _development() -> Iterator[tuple[bool, InvalidSetting]]:
    """Switches for development only."""
    yield (
        is_exposed() and settings.DEBUG,
        InvalidSetting(
            "E007",
            "DEBUG is on at an address that others reach.",
            "Unset DEBUG, because error pages show internal data;"
            " or name nothing but this machine in PUBLIC_URL and ALLOWED_HOSTS.",
        ),
    )


def _servers() -> Iterator[tuple[bool, InvalidSetting]]:
    scheme = urlsplit(settings.CELERY_BROKER_URL).scheme.partition("+")[0]
    yield (
        scheme not in BROKERS,
        InvalidSetting(
            "E013",
            "CELERY_BROKER_URL names a broker that loses messages or is unknown.",
            f"Write one of {', '.join(sorted(BROKERS))} as its scheme, or unset it for an embedded one.",
        ),
    )
    yield (
        settings.SPOOL_MAX_BYTES <= 0,
        InvalidSetting(
            "E014",
            "SPOOL_MAX_MB leaves no room for callbacks while the database is unavailable.",
            "Set it to 1 or more; 256 holds some hundred thousand.",
        ),
    )


def _sign_in() -> Iterator[tuple[bool, InvalidSetting]]:
    yield (
        settings.SESSION_IDLE_S > settings.SESSION_ABSOLUTE_S,
        InvalidSetting(
            "E015",
            "SESSION_IDLE_S is longer than SESSION_ABSOLUTE_S.",
            "A session ends at the latter in any case: make the first one smaller.",
        ),
    )
    tries = (settings.SIGN_IN_ACCOUNT_ATTEMPTS, settings.SIGN_IN_ADDRESS_ATTEMPTS)
    yield (
        min(tries) < 1,
        InvalidSetting(
            "E016",
            "SIGN_IN_ACCOUNT_ATTEMPTS and SIGN_IN_ADDRESS_ATTEMPTS must be at least 1.",
            "With 0 nobody could sign in; leave them at 5 and 30.",
        ),
    )
    yield (
        settings.REST_REQUESTS_A_MINUTE < 0,
        InvalidSetting(
            "E032",
            "REST_REQUESTS_A_MINUTE is negative.",
            "Leave it at 600, or set 0 for no limit.",
        ),
    )
    yield (
        settings.TRUSTED_PROXIES < 0,
        InvalidSetting(
            "E017",
            "TRUSTED_PROXIES is negative.",
            "It counts your proxies in front of the console: 0 if there are none.",
        ),
    )


def _timing() -> Iterator[tuple[bool, InvalidSetting]]:
    life = settings.ICLASS_SIGNATURE_LIFE_S
    yield (
        life > 600 or life < 10,
        InvalidSetting(
            "E005",
            "ICLASS_SIGNATURE_LIFE_S must lie between 10 and 600 seconds.",
            "A signed URL is valid for every endpoint until it expires: leave it at 120.",
        ),
    )
    yield (
        settings.LEASE_S < settings.ICLASS_TIMEOUT_S and settings.LEASE_S > 5,
        InvalidSetting(
            "E006",
            "LEASE_S is shorter than ICLASS_TIMEOUT_S.",
            "A worker must be able to finish a call within its lease: make LEASE_S larger.",
        ),
    )
    yield (
        settings.SWEEP_EVERY_S <= 0 or settings.LIVE_POLL_S <= 0,
        InvalidSetting(
            "E019",
            "SWEEP_EVERY_S and LIVE_POLL_S must be more than 0.",
            "They are seconds between two polls: leave them at 5 and 20.",
        ),
    )
    yield (
        settings.OUTBOX_RATE <= 0 or settings.OUTBOX_BURST < 1,
        InvalidSetting(
            "E020",
            "OUTBOX_RATE and OUTBOX_BURST do not allow a school a single call.",
            "Set them to 1 or more; the defaults are 100 and 200.",
        ),
    )
    yield (
        not 0 <= settings.CALLBACK_MAX_AGE_S <= 86400,
        InvalidSetting(
            "E021",
            "CALLBACK_MAX_AGE_S must lie between 0 and 86400 seconds.",
            "iclass repeats a callback for ten minutes: leave it at 900.",
        ),
    )


def _calls() -> Iterator[tuple[bool, InvalidSetting]]:
    wrong = [one for one in settings.ALLOWED_PRIVATE_NETWORKS if not is_network(one)]
    yield (
        bool(wrong),
        InvalidSetting(
            "E033",
            f"ALLOWED_PRIVATE_NETWORKS contains {', '.join(wrong)}, which is no network.",
            "Write networks such as 10.20.0.0/16 or addresses, separated by commas.",
        ),
    )


def _files() -> Iterator[tuple[bool, InvalidSetting]]:
    bucket = settings.S3
    yield (
        bool(bucket.name) and not (bucket.key and bucket.secret and _is_address(bucket.endpoint)),
        InvalidSetting(
            "E027",
            "S3_BUCKET is set without S3_ENDPOINT_URL (scheme and host only), S3_ACCESS_KEY_ID and"
            " S3_SECRET_ACCESS_KEY.",
            "Set all four as given by the storage provider, or none to store files under CONSOLE_DATA.",
        ),
    )
    yield (
        bool(bucket.name) and is_public() and not bucket.endpoint.startswith("https://"),
        InvalidSetting(
            "E028",
            "S3_ENDPOINT_URL is not an https URL, while others reach this console.",
            "Files and the signatures of their URLs could be read in transit: write https://.",
        ),
    )
    yield (
        bool(bucket.name) and not 0 < settings.COURSEWARE_URL_S <= 604_800,
        InvalidSetting(
            "E029",
            "COURSEWARE_URL_S is longer than the maximum lifetime of a signed URL.",
            "Set it to 604800 (7 days) at most.",
        ),
    )
    yield (
        bool(settings.VIRUS_SCANNER) and scanner.parse_address(settings.VIRUS_SCANNER) is None,
        InvalidSetting(
            "E030",
            "VIRUS_SCANNER is not an address of a scanner.",
            "Write unix:/run/clamav/clamd.ctl or tcp://host:port, or unset it.",
        ),
    )


def _is_key(text: str) -> bool:
    try:
        return len(urlsafe_b64decode(text)) == 32
    except (Error, ValueError):
        return False


def _is_allowed_host(address: str) -> bool:
    return bool(validate_host(urlsplit(address).hostname or "", settings.ALLOWED_HOSTS))


def _is_address(text: str) -> bool:
    parts = urlsplit(text)
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and parts.path in ("", "/")
        and not parts.query
    )
