"""One HTTP exchange: one deadline, no redirects or cookies, and no signed URL in any exception.

The exceptions of `requests` and `urllib3` contain the URL, and a signed URL is a secret. So a failure is only
recorded in the handler and raised after it has ended: then not even `__context__` holds the exception.
"""

import http.client
import logging
import os
import re
import threading
import time
from copy import copy
from functools import lru_cache
from http.cookiejar import DefaultCookiePolicy
from typing import NamedTuple

import msgspec
import requests
import urllib3.exceptions
from requests.auth import AuthBase

from console.call_limits import seconds_left
from console.iclass.deadline import CALL, DeadlineAdapter
from console.iclass.errors import IClassError, NotReached, OutcomeUnknown, Unreadable, Unsendable
from console.iclass.types.base import ApiStruct

MAX_REPLY_BYTES = 8 * 1024 * 1024
CHUNK = 64 * 1024
CONNECT_TIMEOUT = 5.0

FAILURES = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
    ValueError,
)

QUERY = re.compile(r"\?[^\s\"']*")


class _NoQuery(logging.Filter):
    """Removes the query from every URL in the log of urllib3."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = QUERY.sub("?***", record.getMessage())
        record.args = ()
        return True


# A filter applies to its own logger only, so each logger that may log a URL gets one.
for _name in ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry", "urllib3.response"):
    logging.getLogger(_name).addFilter(_NoQuery())


class HttpReply(msgspec.Struct, frozen=True, kw_only=True):
    """The response; status 0 and no content if there was none."""

    status: int = 0
    date: str = ""
    retry_after: str = ""
    content: bytes = b""
    request_bytes: int = 0
    milliseconds: int = 0
    failure: IClassError | None = None

    def __repr__(self) -> str:
        return f"Reply({self.status}, {len(self.content)} bytes)"


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> str | None:
        # Even with redirects off, requests reads the whole body of one and resolves its target.
        return None


class Route(NamedTuple):
    """How a service is reached: the URL of an HTTP proxy for https, and a file of certificate authorities.

    Empty: directly, and the authorities that `requests` brings.
    """

    proxy: str = ""
    ca_file: str = ""


DIRECT = Route()


class Host:
    """One base URL of the API: a keep-alive session for each thread, and the skew of its clock.

    `dated` is True once a response has shown the skew.

    All clients of a base URL share it; sessions hold no cookies, so that schools stay apart.
    """

    def __init__(self, base_url: str, route: Route = DIRECT) -> None:
        self.root = base_url + "/paas/v1/"
        self.route = route
        self.skew = 0.0
        self.dated = False
        self._local = threading.local()
        self._requests: dict[str, requests.PreparedRequest] = {}

    def post(self, endpoint: str, body: ApiStruct, auth: AuthBase, timeout: float) -> HttpReply:
        """Send one request and read its whole response within `timeout` seconds, for a page within fewer.

        Network failures are returned as `failure` of the reply. Unsendable is raised before anything is sent.
        """
        content = encode_request(endpoint, body)
        started = time.monotonic()
        timeout = seconds_left(timeout)
        CALL.begin(timeout)
        session = self.session()
        prepared = self._prepare(session, endpoint)
        prepared.body = content
        auth(prepared)
        prepared.prepare_content_length(prepared.body)
        reply = _exchange(session, prepared, min(CONNECT_TIMEOUT, timeout), endpoint)
        return msgspec.structs.replace(
            reply,
            request_bytes=len(prepared.body or b""),
            milliseconds=round((time.monotonic() - started) * 1000),
        )

    def _prepare(self, session: requests.Session, endpoint: str) -> requests.PreparedRequest:
        """Return a request without body and signature. It is cached: preparing took a third of a call."""
        cached = self._requests.get(endpoint)
        if cached is None:
            headers = {"Content-Type": "application/json"}
            request = requests.Request("POST", self.root + endpoint, headers=headers)
            cached = self._requests[endpoint] = session.prepare_request(request)
        fresh = copy(cached)
        fresh.headers = cached.headers.copy()
        return fresh

    def session(self) -> requests.Session:
        """Return the session of this thread and process: a forked child must not use its parent's socket."""
        if getattr(self._local, "pid", None) != os.getpid():
            self._local.pid = os.getpid()
            self._local.session = _create_session(self.route)
        session: requests.Session = self._local.session
        return session


def shared_host(base_url: str, route: Route = DIRECT) -> Host:
    """Return the shared Host of a base URL."""
    return _cached_host(base_url, route)


@lru_cache(maxsize=64)
def _cached_host(base_url: str, route: Route) -> Host:
    return Host(base_url, route)


def encode_request(endpoint: str, body: ApiStruct) -> bytes:
    """Return the JSON of a request; Unsendable if the document does not allow its values."""
    try:
        # Creating a Struct validates nothing; converting it back to its own type validates everything.
        msgspec.convert(msgspec.to_builtins(body), type(body))
        return msgspec.json.encode(body.to_payload())
    except Unsendable as error:
        reason = str(error)
    except (msgspec.ValidationError, TypeError, ValueError) as error:
        reason = str(error)
    raise Unsendable(f"{endpoint}: {reason}", endpoint=endpoint)


def _create_session(route: Route) -> requests.Session:
    session = _Session()
    session.trust_env = False
    session.proxies = {"https": route.proxy} if route.proxy else {}
    session.verify = route.ca_file or True
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    # One connection serves a thread; the others serve calls made while a response is being read.
    adapter = DeadlineAdapter(pool_maxsize=16)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def _exchange(
    session: requests.Session, prepared: requests.PreparedRequest, connect: float, endpoint: str
) -> HttpReply:
    status, date, retry_after, content = 0, "", "", b""
    failure: IClassError | None = None
    try:
        # The read timeout has no effect: the sockets enforce the deadline.
        with session.send(
            prepared, stream=True, allow_redirects=False, timeout=(connect, CALL.left())
        ) as response:
            status = response.status_code
            date = response.headers.get("Date", "")
            retry_after = response.headers.get("Retry-After", "")
            content = _read_content(response)
    except FAILURES:
        failure = _network_error(endpoint, status)
    if len(content) > MAX_REPLY_BYTES:
        failure = Unreadable(
            f"{endpoint}: the answer is larger than {MAX_REPLY_BYTES} bytes",
            endpoint=endpoint,
            http_status=status,
        )
    return HttpReply(status=status, date=date, retry_after=retry_after, content=content, failure=failure)


def _read_content(response: requests.Response) -> bytes:
    """Return the decoded body, or more than MAX_REPLY_BYTES of a larger one."""
    content = bytearray()
    for chunk in response.iter_content(CHUNK):
        content += chunk
        if len(content) > MAX_REPLY_BYTES:
            break
    return bytes(content)


def _network_error(endpoint: str, status: int) -> IClassError:
    if not CALL.sent:
        return NotReached(f"{endpoint}: the service could not be reached", endpoint=endpoint)
    return OutcomeUnknown(
        f"{endpoint}: the answer did not come or was cut", endpoint=endpoint, http_status=status or None
    )
