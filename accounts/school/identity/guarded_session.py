"""A session of `requests` that goes through `console.guarded_client`, for what a superadmin names.

allauth fetches the description, keys, tokens and claims of a provider with `requests`. With this session it
reaches public addresses only, follows no redirect, and reads a limited answer for a limited time.
"""

from http.client import responses
from io import BytesIO
from typing import Any

from requests import ConnectionError, PreparedRequest, Response, Session
from requests.adapters import BaseAdapter

from console.call_limits import limit_calls
from console.guarded_client import (
    AddressRefused,
    HostUnreachable,
    is_public_address,
    resolve_target,
    send_request,
)

#: A description with many keys has about 20 KB.
MAX_BYTES = 512 * 1024
MAX_DURATION_S = 15
#: Headers that the guarded client sets by itself.
OWN_HEADERS = frozenset({"content-length", "connection", "accept-encoding", "host"})


class GuardedAdapter(BaseAdapter):
    """Send the requests of a session through the guarded client."""

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        """Return the answer. ConnectionError if there is none, or if it must not be asked for."""
        url = str(request.url)
        body = request.body.encode() if isinstance(request.body, str) else request.body
        headers = {name: value for name, value in request.headers.items() if name.lower() not in OWN_HEADERS}
        try:
            with limit_calls(MAX_DURATION_S):
                target = resolve_target(url)
                if not target.secure and is_public_address(target.address):
                    raise AddressRefused("https")
                method = request.method or "GET"
                answer = send_request(target, method, body=body, headers=headers, max_bytes=MAX_BYTES + 1)
        except AddressRefused as error:
            raise ConnectionError(f"refused: {error}", request=request) from error
        except HostUnreachable as error:
            raise ConnectionError(f"unreachable: {error}", request=request) from error
        if 300 <= answer.status < 400 or len(answer.content) > MAX_BYTES:
            raise ConnectionError("refused: redirect or too long", request=request)
        response = Response()
        response.status_code, response.url, response.request = answer.status, url, request
        response.reason = responses.get(answer.status, "")
        response.headers.update(dict(answer.headers.items()))
        response.raw = BytesIO(answer.content)
        return response

    def close(self) -> None:
        """Do nothing: each request has a connection of its own."""


def guarded_session() -> Session:
    """Return a session without proxies, cookies of others, and credentials of the environment."""
    session = Session()
    session.trust_env = False
    session.adapters.clear()
    for scheme in ("https://", "http://"):
        session.mount(scheme, GuardedAdapter())
    return session
