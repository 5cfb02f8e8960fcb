"""Alarms as signed messages to one URL, which the installation's settings name.

The URL cannot be set on a page, and redirects are not followed. It is https; the name is resolved once, and
the connection goes to the checked address, so that the name cannot lead into the internal network.
"""

import hashlib
import hmac
import json
import logging
import socket
import ssl
from datetime import timedelta
from http.client import HTTPException, HTTPSConnection
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.utils import timezone

from classes.live.alarms.notifications import alarm_url
from classes.models import Alarm

log = logging.getLogger(__name__)
TIMEOUT_S = 10
MAX_TRIES = 6

# Claimed before it is sent: a message that a crashed process may have sent is not sent again.
_CLAIM = """
UPDATE classes_alarm SET hook = 'sending', hook_attempts = hook_attempts + 1
WHERE id = (
    SELECT id FROM classes_alarm WHERE hook = 'waiting' AND hook_due_at <= %s
    ORDER BY hook_due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""


class InternalAddress(OSError):
    """The name resolves to an address of the internal network."""


def send_webhooks(limit: int = 200) -> int:
    """Send the due messages; return how many were attempted."""
    done = 0
    while settings.ALARM_WEBHOOK_URL and done < limit and (alarm := _claim()):
        _send(alarm)
        done += 1
    return done


def _claim() -> Alarm | None:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [timezone.now()])
        found = cursor.fetchone()
    return Alarm.objects.select_related("lesson", "enterprise").get(pk=found[0]) if found else None


def _send(alarm: Alarm) -> None:
    try:
        status = post_signed(settings.ALARM_WEBHOOK_URL, build_message(alarm))
    except (OSError, HTTPException) as error:
        # Retry only if no connection was made; a message that may have arrived is not repeated.
        retry = isinstance(error, (ConnectionRefusedError, socket.gaierror, InternalAddress))
        log.warning("the webhook of alarm %s did not leave: %s", alarm.pk, type(error).__name__)
    else:
        retry = status in (429, 503)
        if 200 <= status < 300:
            _set_state(alarm, Alarm.Hook.SENT)
            return
        log.warning("the webhook of alarm %s was answered with %s", alarm.pk, status)
    retry = retry and alarm.hook_attempts < MAX_TRIES
    wait = timedelta(seconds=settings.OUTBOX_BACKOFF_S * 2**alarm.hook_attempts)
    _set_state(alarm, Alarm.Hook.WAITING if retry else Alarm.Hook.FAILED, hook_due_at=timezone.now() + wait)


def _set_state(alarm: Alarm, state: str, **fields: object) -> None:
    Alarm.objects.filter(pk=alarm.pk, hook=Alarm.Hook.SENDING).update(hook=state, **fields)


def build_message(alarm: Alarm) -> bytes:
    """Return the message: the alarm, its lesson and a link. It contains no names of people."""
    data = {
        "id": alarm.pk,
        "kind": alarm.kind,
        "number": alarm.number,
        "raised_at": alarm.raised_at.isoformat(),
        "sdkappid": alarm.enterprise.sdkappid,
        "lesson": {"id": alarm.lesson.pk, "topic": alarm.lesson.topic} if alarm.lesson else None,
        "url": f"{settings.PUBLIC_URL}{alarm_url(alarm)}",
    }
    return json.dumps(data, ensure_ascii=False).encode()


def sign_body(body: bytes, second: int) -> str:
    """Return the HMAC-SHA256, in hex, over the second of sending, a full stop and the body."""
    key = settings.ALARM_WEBHOOK_KEY.encode()
    return hmac.new(key, f"{second}.".encode() + body, hashlib.sha256).hexdigest()


def post_signed(url: str, body: bytes) -> int:
    """POST a signed body; return the status. Raises OSError or HTTPException if there was no answer."""
    target = urlsplit(url)
    host, port = target.hostname or "", target.port or 443
    second = int(timezone.now().timestamp())
    context = ssl.create_default_context(cafile=settings.ALARM_WEBHOOK_CA or None)
    with socket.create_connection((resolve_public(host, port), port), timeout=TIMEOUT_S) as raw_socket:
        http = HTTPSConnection(host, port, timeout=TIMEOUT_S)
        http.sock = context.wrap_socket(raw_socket, server_hostname=host)
        with http.sock:
            headers = {
                "Content-Type": "application/json",
                "X-Console-Timestamp": str(second),
                "X-Console-Signature": f"sha256={sign_body(body, second)}",
            }
            http.request(
                "POST", f"{target.path or '/'}{'?' if target.query else ''}{target.query}", body, headers
            )
            return http.getresponse().status


def resolve_public(host: str, port: int) -> str:
    """Return the address to connect to; raise InternalAddress unless all addresses of the name are public."""
    addresses = [str(line[4][0]) for line in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not settings.ALARM_WEBHOOK_ALLOW_PRIVATE and not all(ip_address(one).is_global for one in addresses):
        raise InternalAddress("an internal address")
    return addresses[0]
