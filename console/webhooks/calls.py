"""The HTTP call of a delivery: its body, headers and answer. Only `build_call` uses the database."""

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from console.guarded_client import AddressRefused, HostUnreachable, Response, fetch
from console.vault.keyring import VaultError
from console.webhooks.events import event_of
from console.webhooks.models import MAX_ANSWER_LENGTH, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from console.webhooks.signatures import signed_headers

log = logging.getLogger(__name__)
Outcome = WebhookAttempt.Outcome
#: Bytes that are read of an answer: a character has at most four.
MAX_ANSWER_BYTES = 4 * MAX_ANSWER_LENGTH


@dataclass(frozen=True)
class Call:
    """A signed message. Without `headers` nothing can be sent, for the reason given."""

    url: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    started_at: datetime = field(default_factory=timezone.now)


@dataclass(frozen=True)
class Answer:
    """What came of a call. `retry_after` is what the endpoint asks for, in seconds."""

    outcome: str
    reason: str = ""
    status: int | None = None
    text: str = ""
    milliseconds: int = 0
    retry_after: float = 0.0


def build_call(delivery: WebhookDelivery) -> Call:
    """Build the message of a delivery, signed for this moment."""
    endpoint = delivery.endpoint
    try:
        body = build_body(delivery)
        second = int(timezone.now().timestamp())
        headers = signed_headers(_secrets_of(endpoint), delivery.message_id, second, body)
    except VaultError:
        return Call(endpoint.url, reason="secret")
    except Exception:
        log.exception("could not build the webhook message %s", delivery.pk)
        return Call(endpoint.url, reason="cannot_prepare")
    return Call(endpoint.url, body, headers)


def build_body(delivery: WebhookDelivery) -> bytes:
    """Return the body: the event and IDs, and details where the endpoint is marked for personal data."""
    message = message_of(delivery)
    event = event_of(delivery.event)
    if delivery.endpoint.personal_data and event and event.details:
        message["data"]["details"] = event.details(delivery.data)
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def message_of(delivery: WebhookDelivery) -> dict[str, Any]:
    """Return the event with its IDs, without details."""
    data = {"school": delivery.endpoint.enterprise.sdkappid, **delivery.data}
    return {"type": delivery.event, "timestamp": delivery.created_at.isoformat(), "data": data}


def _secrets_of(endpoint: WebhookEndpoint) -> list[str]:
    """Return the secrets to sign with, the newest first. VaultError if one cannot be opened."""
    found = [endpoint.secret.reveal()]
    if endpoint.previous_secret and endpoint.previous_until and timezone.now() < endpoint.previous_until:
        found.append(endpoint.previous_secret.reveal())
    return found


def make(call: Call) -> Answer:
    """Make a call, from any thread. Whatever goes wrong is an answer."""
    if not call.headers:
        return Answer(Outcome.NOT_SENT, call.reason)
    began = time.monotonic()
    try:
        answer = _post(call)
    except Exception:
        log.exception("a webhook call failed")
        answer = Answer(Outcome.NO_ANSWER, "error")
    return Answer(**{**vars(answer), "milliseconds": int((time.monotonic() - began) * 1000)})


def _post(call: Call) -> Answer:
    try:
        response = fetch(
            call.url,
            "POST",
            body=call.body,
            headers=call.headers,
            max_bytes=MAX_ANSWER_BYTES,
            max_duration_s=settings.WEBHOOK_TIMEOUT_S,
        )
    except AddressRefused as error:
        return Answer(Outcome.NOT_SENT, f"address_{error}")
    except HostUnreachable as error:
        reason = "timeout" if str(error) == "TimeoutError" else "connection"
        return Answer(Outcome.NO_ANSWER if error.connected else Outcome.NOT_SENT, reason)
    delivered = 200 <= response.status < 300
    return Answer(
        Outcome.DELIVERED if delivered else Outcome.REFUSED,
        "" if delivered else "gone" if response.status == 410 else "status",
        response.status,
        _text_of(response),
        retry_after=_retry_after(response),
    )


def _text_of(response: Response) -> str:
    text = response.content.decode(errors="replace")
    return "".join(one if one.isprintable() or one in "\n\t" else " " for one in text)[:MAX_ANSWER_LENGTH]


def _retry_after(response: Response) -> float:
    """Return the seconds of the header Retry-After; 0 for a date or without one."""
    value = str(response.headers.get("Retry-After", ""))
    return float(value) if value.isascii() and value.isdigit() and len(value) < 7 else 0.0
