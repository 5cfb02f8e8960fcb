"""One attempt to deliver an event: sign, send, check the response, log it."""

import json
import secrets
import time
from dataclasses import dataclass
from typing import Any

import requests

from console.sandbox import clock, knobs, ledger, signature
from console.sandbox.store import write_transaction
from console.sandbox.store.models import Callback

WRONG_KEY = "0" * 32


@dataclass(frozen=True)
class DeliveryResult:
    """Response of the address: HTTP status (None: no response), body, whether error_code was 0."""

    status: int | None
    text: str
    accepted: bool


def deliver_callback(owed: Callback, web: requests.Session) -> None:
    """Send once (twice under that fault) and store the result."""
    until = _expire_time(owed)
    outcome = _send(owed, until, web)
    if _fault_kind(owed) == "callback_double" and owed.attempts == 0:
        outcome = _send(owed, until, web)
    with write_transaction():
        _record_result(owed, outcome, until)


def signed_url(address: str, sdkappid: int, key: str, until: int) -> str:
    """Return the callback URL with the public parameters, after `&` if it has a query already."""
    address = address.partition("#")[0]
    joint = "&" if "?" in address else "?"
    random = secrets.randbelow(2**31)
    signed = signature.sign(key, until)
    return f"{address}{joint}sdkappid={sdkappid}&random={random}&expire_time={until}&sign={signed}"


def _expire_time(owed: Callback) -> int:
    if owed.signed_until is not None and not knobs.value("callback_resign"):
        return owed.signed_until
    now = clock.timestamp() if knobs.value("sign_clock") == "moved" else time.time()
    return int(now + knobs.value("callback_life_s"))


def _send(owed: Callback, until: int, web: requests.Session) -> DeliveryResult:
    owner = owed.enterprise
    key = WRONG_KEY if _fault_kind(owed) == "callback_wrong_key" else owner.tic_key
    body = json.dumps({"event": owed.event, "data": owed.data}, ensure_ascii=False).encode()
    try:
        answer = web.post(
            signed_url(owner.call_back_url, owner.sdkappid, key, until),
            data=body,
            headers={"Content-Type": "application/json"},
            timeout=knobs.value("callback_timeout_s"),
            allow_redirects=False,
        )
    except (requests.RequestException, ValueError) as error:
        # The text of the exception would contain the signed URL.
        return DeliveryResult(None, type(error).__name__, accepted=False)
    return DeliveryResult(answer.status_code, answer.text[:2000], _is_accepted(answer))


def _is_accepted(answer: requests.Response) -> bool:
    try:
        told: Any = answer.json()
    except ValueError:
        return False
    code = told.get("error_code") if isinstance(told, dict) else None
    return answer.ok and code == 0 and not isinstance(code, bool)


def _record_result(owed: Callback, outcome: DeliveryResult, until: int) -> None:
    owed.attempts += 1
    owed.signed_until = until
    owed.last_status, owed.last_answer = outcome.status, outcome.text
    if outcome.accepted:
        owed.state = "delivered"
    elif owed.attempts > knobs.value("callback_repeats"):
        owed.state = "given_up"
    else:
        owed.due_at = clock.timestamp() + knobs.value("callback_retry_s")
    owed.save()
    ledger.build_entry(
        "callback",
        owed.event,
        sdkappid=owed.enterprise.sdkappid,
        object=f"callback:{owed.pk}",
        summary={"attempt": owed.attempts, "state": owed.state, "status": outcome.status},
        body=owed.data,
        fault=_fault_kind(owed),
    ).save()


def _fault_kind(owed: Callback) -> str:
    return str((owed.fault or {}).get("kind", ""))
