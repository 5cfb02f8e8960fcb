"""Client of the sandbox's control interface, and waiting for what the demo sends to the sandbox."""

import time
from collections.abc import Callable
from typing import Any

import requests
from django.conf import settings

from console.outbox import relay

#: Looks for the result of what was sent, and the pause between them in seconds.
LOOKS, PAUSE_S = 600, 0.2
#: Longest wait for the answer to a call.
TIMEOUT_S = 30


class SandboxUnavailable(Exception):
    """The service at ICLASS_BASE_URL is unreachable or not the sandbox; the message says what to do."""


def call_control(path: str, body: dict[str, Any]) -> dict[str, Any]:
    """POST to the control interface; raise SandboxUnavailable if it is missing or refuses."""
    url = f"{settings.ICLASS_BASE_URL}/control/{path}"
    try:
        answer = requests.post(url, json=body, timeout=TIMEOUT_S)
        data: dict[str, Any] = answer.json()
    except requests.RequestException:
        raise SandboxUnavailable(
            f"No local iclass service answers at {settings.ICLASS_BASE_URL}. Start one with:"
            " manage.py sandbox --bind 127.0.0.1:9000 --data var/sandbox"
        ) from None
    if data.get("error_code") != 0:
        raise SandboxUnavailable(f"The local service refused {path}: {data.get('error_msg')}")
    return data


def send_until(is_done: Callable[[], bool]) -> None:
    """Send what is due until it is done, even if a worker was faster to claim some of it.

    Raise SandboxUnavailable if it stays undone.
    """
    for _look in range(LOOKS):
        relay.drain()
        if is_done():
            return
        time.sleep(PAUSE_S)
    raise SandboxUnavailable("The local service did not take over the demo: “Sent to iclass” says why.")
