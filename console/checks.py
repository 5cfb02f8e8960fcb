"""Settings that would fail at night are refused at start, in words that say what to do."""

import sys
from base64 import urlsafe_b64decode
from binascii import Error
from collections.abc import Iterator
from itertools import chain
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Tags, register
from django.core.checks import Error as Refusal
from django.http.request import validate_host

from console import failpoints, scanner
from console.logs import LEVELS

#: What Celery can carry messages with that survive its own restart.
BROKERS = {"redis", "rediss", "sentinel", "amqp", "amqps", "pyamqp"}


class Nonsense(NamedTuple):
    """A setting that cannot work: its number, what is wrong, what to do."""

    number: str
    text: str
    hint: str


@register
def settings_make_sense(**_: Any) -> list[CheckMessage]:
    """All that is wrong with the environment, each under its number."""
    rules = chain(_secrets(), _addresses(), _servers(), _signing_in(), _rhythm(), _logs(), _files())
    return [Refusal(one.text, hint=one.hint, id=f"console.{one.number}") for wrong, one in rules if wrong]


def refuse_nonsense(**_: Any) -> None:
    """Web, worker and beat do not run Django's checks: SystemExit where a setting makes no sense."""
    if found := settings_make_sense():
        sys.exit("\n".join(f"{one.id}: {one.msg} {one.hint}" for one in found))


def _is_public() -> bool:
    """Whether others reach this console: not a laptop's own address."""
    return urlsplit(settings.PUBLIC_URL).hostname not in (None, "127.0.0.1", "localhost", "::1")


def _secrets() -> Iterator[tuple[bool, Nonsense]]:
    keys = settings.FIELD_KEYS
    yield (
        not keys,
        Nonsense(
            "E001",
            "FIELD_KEYS is not set, so no secret can be kept.",
            "Set it to one or more base64 texts of 32 random bytes, the newest first.",
        ),
    )
    yield (
        not all(_is_key(key) for key in keys),
        Nonsense(
            "E002",
            "A key in FIELD_KEYS is not the base64 text of 32 bytes.",
            "It is url-safe base64, 44 characters; .env.example has a command that makes one.",
        ),
    )
    yield (
        len(set(keys)) < len(keys),
        Nonsense(
            "E009",
            "A key stands twice in FIELD_KEYS.",
            "Keep each key once, the newest first; a key that was replaced comes after it.",
        ),
    )
    yield (
        _is_public() and len(settings.SECRET_KEY) < 32,
        Nonsense(
            "E010",
            "SECRET_KEY is shorter than 32 characters at an address that others reach.",
            "Make one with the command in .env.example: who guesses it signs in as anybody.",
        ),
    )


def _addresses() -> Iterator[tuple[bool, Nonsense]]:
    yield (
        not _is_address(settings.ICLASS_BASE_URL),
        Nonsense(
            "E003",
            "ICLASS_BASE_URL must be scheme and host only.",
            "Write for example https://iclass.api.qcloud.com; the console adds /paas/v1 itself.",
        ),
    )
    yield (
        not _is_address(settings.PUBLIC_URL),
        Nonsense(
            "E004",
            "PUBLIC_URL must be scheme and host only.",
            "Write the address under which people and the iclass service reach this console.",
        ),
    )
    yield (
        settings.PUBLIC_URL.startswith("https://") and settings.DEBUG,
        Nonsense(
            "E007",
            "DEBUG is on at an address that others reach.",
            "Unset DEBUG: error pages would show what is nobody's business.",
        ),
    )
    yield (
        _is_public() and "*" in settings.ALLOWED_HOSTS,
        Nonsense(
            "E011",
            "ALLOWED_HOSTS admits every name at an address that others reach.",
            "Name the hosts of this console: links in mails are made from the name that was asked for.",
        ),
    )
    yield (
        _is_address(settings.PUBLIC_URL) and not settings.DEBUG and not _is_admitted(settings.PUBLIC_URL),
        Nonsense(
            "E030",
            "ALLOWED_HOSTS does not name the host of PUBLIC_URL.",
            "Add it: everything that people and the iclass service ask for there would be refused.",
        ),
    )
    yield (
        settings.SECURE_SSL_REDIRECT and settings.PUBLIC_URL.startswith("http://"),
        Nonsense(
            "E031",
            "SECURE_SSL_REDIRECT is on while PUBLIC_URL begins with http://.",
            "Write https:// in PUBLIC_URL, or unset SECURE_SSL_REDIRECT: nobody would come in.",
        ),
    )


def _servers() -> Iterator[tuple[bool, Nonsense]]:
    yield (
        settings.DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql",
        Nonsense(
            "E012",
            "DATABASE_URL names a database that is not PostgreSQL.",
            "Write postgresql://…, or unset it: then an embedded PostgreSQL is started.",
        ),
    )
    scheme = urlsplit(settings.CELERY_BROKER_URL).scheme.partition("+")[0]
    yield (
        scheme not in BROKERS,
        Nonsense(
            "E013",
            "CELERY_BROKER_URL names a broker that loses messages or is unknown.",
            f"Write one of {', '.join(sorted(BROKERS))} as its scheme, or unset it for an embedded one.",
        ),
    )
    yield (
        settings.SPOOL_CAP_BYTES <= 0,
        Nonsense(
            "E014",
            "SPOOL_CAP_MB leaves no room for callbacks while the database is away.",
            "Make it 1 or more; 256 holds some hundred thousand.",
        ),
    )


def _signing_in() -> Iterator[tuple[bool, Nonsense]]:
    yield (
        settings.SESSION_IDLE_S > settings.SESSION_ABSOLUTE_S,
        Nonsense(
            "E015",
            "SESSION_IDLE_S is longer than SESSION_ABSOLUTE_S.",
            "A session ends at the latter whatever its reader does: make the first one smaller.",
        ),
    )
    tries = (settings.SIGN_IN_ACCOUNT_TRIES, settings.SIGN_IN_ADDRESS_TRIES)
    yield (
        min(tries) < 1,
        Nonsense(
            "E016",
            "SIGN_IN_ACCOUNT_TRIES and SIGN_IN_ADDRESS_TRIES must be at least 1.",
            "With 0 nobody could sign in; leave them at 5 and 30.",
        ),
    )
    yield (
        settings.REST_REQUESTS_A_MINUTE < 0,
        Nonsense(
            "E032",
            "REST_REQUESTS_A_MINUTE is negative.",
            "Leave it at 600, or set 0 where nobody is to be held back.",
        ),
    )
    yield (
        settings.TRUSTED_PROXIES < 0,
        Nonsense(
            "E017",
            "TRUSTED_PROXIES is negative.",
            "It counts the proxies of yours in front: 0 where there are none.",
        ),
    )
    yield (
        any(not app["client_id"] or not app["secret"] for app in _single_sign_on()),
        Nonsense(
            "E018",
            "OIDC_ISSUER is set without OIDC_CLIENT_ID and OIDC_CLIENT_SECRET.",
            "Set all three as the provider gave them, or none.",
        ),
    )


def _rhythm() -> Iterator[tuple[bool, Nonsense]]:
    life = settings.ICLASS_SIGNATURE_LIFE_S
    yield (
        life > 600 or life < 10,
        Nonsense(
            "E005",
            "ICLASS_SIGNATURE_LIFE_S must lie between 10 and 600 seconds.",
            "A signed address opens every endpoint until it expires: leave it at 120.",
        ),
    )
    yield (
        settings.LEASE_S < settings.ICLASS_TIMEOUT_S and settings.LEASE_S > 5,
        Nonsense(
            "E006",
            "LEASE_S is shorter than ICLASS_TIMEOUT_S.",
            "A worker must be able to finish a call within its lease: make LEASE_S larger.",
        ),
    )
    yield (
        settings.SWEEP_EVERY_S <= 0 or settings.LIVE_POLL_S <= 0,
        Nonsense(
            "E019",
            "SWEEP_EVERY_S and LIVE_POLL_S must be more than 0.",
            "They are seconds between two looks: leave them at 5 and 20.",
        ),
    )
    yield (
        settings.OUTBOX_RATE <= 0 or settings.OUTBOX_BURST < 1,
        Nonsense(
            "E020",
            "OUTBOX_RATE and OUTBOX_BURST leave a school no call at all.",
            "Make them 1 or more; the defaults are 100 and 200.",
        ),
    )
    yield (
        not 0 <= settings.CALLBACK_PAST_S <= 86400,
        Nonsense(
            "E021",
            "CALLBACK_PAST_S must lie between 0 and 86400 seconds.",
            "iclass repeats a callback for ten minutes: leave it at 900.",
        ),
    )


def _logs() -> Iterator[tuple[bool, Nonsense]]:
    yield (
        settings.LOG_FORMAT not in ("plain", "json"),
        Nonsense("E022", f"LOG_FORMAT is {settings.LOG_FORMAT!r}.", "Write plain or json."),
    )
    yield (
        settings.LOG_LEVEL not in LEVELS,
        Nonsense("E023", f"LOG_LEVEL is {settings.LOG_LEVEL!r}.", f"Write one of {', '.join(LEVELS)}."),
    )
    hook = settings.ALARM_WEBHOOK_URL
    yield (
        bool(hook) and (not hook.startswith("https://") or len(settings.ALARM_WEBHOOK_KEY) < 32),
        Nonsense(
            "E024",
            "ALARM_WEBHOOK_URL is no https address, or ALARM_WEBHOOK_KEY has fewer than 32 characters.",
            "Alarms are told over https alone, and signed: set both, or neither.",
        ),
    )


def _files() -> Iterator[tuple[bool, Nonsense]]:
    bucket = settings.S3
    yield (
        bool(bucket.name) and not (bucket.key and bucket.secret and _is_address(bucket.endpoint)),
        Nonsense(
            "E027",
            "S3_BUCKET is set without S3_ENDPOINT_URL (scheme and host only), S3_ACCESS_KEY_ID and"
            " S3_SECRET_ACCESS_KEY.",
            "Set all four as the storage gave them, or none: then files lie under CONSOLE_DATA.",
        ),
    )
    yield (
        bool(bucket.name) and _is_public() and not bucket.endpoint.startswith("https://"),
        Nonsense(
            "E028",
            "S3_ENDPOINT_URL is no https address, while others reach this console.",
            "Files and the signatures of their addresses would be read on the way: write https://.",
        ),
    )
    yield (
        bool(bucket.name) and not 0 < settings.COURSEWARE_ADDRESS_S <= 604_800,
        Nonsense(
            "E029",
            "COURSEWARE_ADDRESS_S is longer than a bucket signs an address for.",
            "Make it 604800 (7 days) at most.",
        ),
    )
    yield (
        bool(settings.VIRUS_SCANNER) and scanner.place(settings.VIRUS_SCANNER) is None,
        Nonsense(
            "E030",
            "VIRUS_SCANNER is no place at which a scanner could listen.",
            "Write unix:/run/clamav/clamd.ctl or tcp://host:port, or unset it.",
        ),
    )


def _single_sign_on() -> Any:
    return settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]


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


def _is_admitted(address: str) -> bool:
    return bool(validate_host(urlsplit(address).hostname or "", settings.ALLOWED_HOSTS))


def _is_address(text: str) -> bool:
    parts = urlsplit(text)
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and parts.path in ("", "/")
        and not parts.query
    )
