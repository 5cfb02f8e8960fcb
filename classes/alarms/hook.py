"""Alarms as signed messages to one other system, whose address the installation's settings name.

Nobody types that address on a page, and no redirect is followed. It is https; its name is looked up once, and
the connection goes to the address found and checked, so that a name cannot lead into the own network.
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

from classes.alarms.telling import address_of
from classes.models import Alarm

log = logging.getLogger(__name__)
TIMEOUT_S = 10
MOST_TRIES = 6

# Marked before it leaves: a message that a dying process may have sent is never sent twice.
_CLAIM = """
UPDATE classes_alarm SET hook = 'sending', hook_attempts = hook_attempts + 1
WHERE id = (
    SELECT id FROM classes_alarm WHERE hook = 'waiting' AND hook_due_at <= %s
    ORDER BY hook_due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""


class NotOutside(OSError):
    """The name leads to an address of the own network."""


def drain(limit: int = 200) -> int:
    """Send the messages that are due; how many were tried."""
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
        status = post(settings.ALARM_WEBHOOK_URL, message(alarm))
    except (OSError, HTTPException) as error:
        # A connection that never came about is tried again; what may have arrived is not.
        again = isinstance(error, (ConnectionRefusedError, socket.gaierror, NotOutside))
        log.warning("the webhook of alarm %s did not leave: %s", alarm.pk, type(error).__name__)
    else:
        again = status in (429, 503)
        if 200 <= status < 300:
            _set(alarm, Alarm.Hook.SENT)
            return
        log.warning("the webhook of alarm %s was answered with %s", alarm.pk, status)
    again = again and alarm.hook_attempts < MOST_TRIES
    wait = timedelta(seconds=settings.OUTBOX_BACKOFF_S * 2**alarm.hook_attempts)
    _set(alarm, Alarm.Hook.WAITING if again else Alarm.Hook.FAILED, hook_due_at=timezone.now() + wait)


def _set(alarm: Alarm, state: str, **fields: object) -> None:
    Alarm.objects.filter(pk=alarm.pk, hook=Alarm.Hook.SENDING).update(hook=state, **fields)


def message(alarm: Alarm) -> bytes:
    """What is told: the alarm, its lesson, where one acts. No names of people."""
    told = {
        "id": alarm.pk,
        "kind": alarm.kind,
        "number": alarm.number,
        "raised_at": alarm.raised_at.isoformat(),
        "sdkappid": alarm.enterprise.sdkappid,
        "lesson": {"id": alarm.lesson.pk, "topic": alarm.lesson.topic} if alarm.lesson else None,
        "url": f"{settings.PUBLIC_URL}{address_of(alarm)}",
    }
    return json.dumps(told, ensure_ascii=False).encode()


def signature(body: bytes, second: int) -> str:
    """HMAC-SHA256, in hex, over the second of sending, a full stop and the body."""
    key = settings.ALARM_WEBHOOK_KEY.encode()
    return hmac.new(key, f"{second}.".encode() + body, hashlib.sha256).hexdigest()


def post(url: str, body: bytes) -> int:
    """Send a body, signed; the status of the answer. OSError or HTTPException where none came."""
    to = urlsplit(url)
    host, port = to.hostname or "", to.port or 443
    second = int(timezone.now().timestamp())
    context = ssl.create_default_context(cafile=settings.ALARM_WEBHOOK_CA or None)
    with socket.create_connection((outside(host, port), port), timeout=TIMEOUT_S) as plain:
        sender = HTTPSConnection(host, port, timeout=TIMEOUT_S)
        sender.sock = context.wrap_socket(plain, server_hostname=host)
        with sender.sock:
            headers = {
                "Content-Type": "application/json",
                "X-Console-Timestamp": str(second),
                "X-Console-Signature": f"sha256={signature(body, second)}",
            }
            sender.request("POST", f"{to.path or '/'}{'?' if to.query else ''}{to.query}", body, headers)
            return sender.getresponse().status


def outside(host: str, port: int) -> str:
    """The address to connect to. NotOutside where any that the name leads to is not of the open internet."""
    found = [str(line[4][0]) for line in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not settings.ALARM_WEBHOOK_INSIDE and not all(ip_address(one).is_global for one in found):
        raise NotOutside("an address of the own network")
    return found[0]
