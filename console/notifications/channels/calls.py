"""One request to a provider through the guarded client, and what its answer means."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from console.guarded_client import AddressRefused, HostUnreachable, fetch
from console.notifications.channels.answers import Answer, Outcome

MAX_BYTES, MAX_DURATION_S = 64 * 1024, 15
JSON_TYPE = {"Content-Type": "application/json; charset=utf-8"}


class Call(NamedTuple):
    """A request to a provider: a GET, or a POST of `body`."""

    url: str
    body: bytes | None = None
    headers: Mapping[str, str] = JSON_TYPE


class Reply(NamedTuple):
    """What a provider answered: the status, and the JSON object (empty if it is none)."""

    status: int
    body: dict[str, Any]


def json_call(url: str, data: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Call:
    """Return a POST of a JSON object."""
    return Call(url, json.dumps(data, ensure_ascii=False).encode(), {**JSON_TYPE, **(headers or {})})


def make(call: Call) -> Reply | Answer:
    """Make a call; an Answer if there was no reply."""
    try:
        response = fetch(
            call.url,
            "GET" if call.body is None else "POST",
            body=call.body,
            headers=call.headers,
            max_bytes=MAX_BYTES,
            max_duration_s=MAX_DURATION_S,
        )
    except AddressRefused as error:
        reason = str(error)
        outcome = Outcome.LATER if reason == "nowhere" else Outcome.REFUSED
        return Answer(outcome, reason=reason, pauses_channel=True)
    except HostUnreachable as error:
        outcome = Outcome.UNKNOWN if error.connected else Outcome.LATER
        return Answer(outcome, reason="unreachable", pauses_channel=True)
    return Reply(response.status, _parse(response.content))


def _parse(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
