"""One HTTP exchange: no redirects, no cookies, no proxies, one deadline, and no signed URL anywhere.

The exceptions of `requests` and `urllib3` hold the URL, and a signed URL is a secret. So a failure is only
noted where it is caught, and raised anew after the handler has ended: then not even `__context__` holds it.
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

import msgspec
import requests
import urllib3.exceptions
from requests.auth import AuthBase

from .deadline import CALL, DeadlineAdapter
from .errors import IClassError, NotReached, OutcomeUnknown, Unreadable, Unsendable
from .shapes.base import Shape

MAX_ANSWER = 8 * 1024 * 1024
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
    """Cuts the query off every URL that urllib3 writes to its log."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = QUERY.sub("?***", record.getMessage())
        record.args = ()
        return True


# A filter holds for its own logger alone, so each that may name a URL has it.
for _name in ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry", "urllib3.response"):
    logging.getLogger(_name).addFilter(_NoQuery())


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What came back: status 0 and no content where nothing did."""

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
        # Even with redirects off, requests reads the whole body of one and resolves where it leads.
        return None


class Host:
    """One address of the API: its keep-alive session for each thread, and how far its clock is off ours.

    `dated` says that an answer told it.

    All clients of the same address share it; sessions hold no cookies, so that no school sees another's.
    """

    def __init__(self, base_url: str) -> None:
        self.root = base_url + "/paas/v1/"
        self.skew = 0.0
        self.dated = False
        self._local = threading.local()
        self._requests: dict[str, requests.PreparedRequest] = {}

    def post(self, endpoint: str, body: Shape, auth: AuthBase, timeout: float) -> Reply:
        """Send one request and read its whole answer within `timeout` seconds.

        Network failures come back in the reply as `failure`. Raises Unsendable before anything is sent.
        """
        content = encode(endpoint, body)
        started = time.monotonic()
        CALL.begin(timeout)
        session = self.session()
        prepared = self._prepared(session, endpoint)
        prepared.body = content
        auth(prepared)
        prepared.prepare_content_length(prepared.body)
        reply = _exchange(session, prepared, min(CONNECT_TIMEOUT, timeout), endpoint)
        return msgspec.structs.replace(
            reply,
            request_bytes=len(prepared.body or b""),
            milliseconds=round((time.monotonic() - started) * 1000),
        )

    def _prepared(self, session: requests.Session, endpoint: str) -> requests.PreparedRequest:
        """A request without body and signature; preparing each anew cost a third of a call."""
        known = self._requests.get(endpoint)
        if known is None:
            headers = {"Content-Type": "application/json"}
            request = requests.Request("POST", self.root + endpoint, headers=headers)
            known = self._requests[endpoint] = session.prepare_request(request)
        fresh = copy(known)
        fresh.headers = known.headers.copy()
        return fresh

    def session(self) -> requests.Session:
        """This thread's session, in this process: a forked child must not write to its parent's socket."""
        if getattr(self._local, "pid", None) != os.getpid():
            self._local.pid = os.getpid()
            self._local.session = _new_session()
        session: requests.Session = self._local.session
        return session


@lru_cache(maxsize=64)
def host(base_url: str) -> Host:
    """The shared Host of an address."""
    return Host(base_url)


def encode(endpoint: str, body: Shape) -> bytes:
    """The request's JSON; Unsendable where the document does not allow what it says."""
    try:
        # Building a Struct checks nothing; reading it back as its own type checks everything.
        msgspec.convert(msgspec.to_builtins(body), type(body))
        return msgspec.json.encode(body.wire())
    except Unsendable as broken:
        reason = str(broken)
    except (msgspec.ValidationError, TypeError, ValueError) as broken:
        reason = str(broken)
    raise Unsendable(f"{endpoint}: {reason}", endpoint=endpoint)


def _new_session() -> requests.Session:
    session = _Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    # One connection serves a thread; the spare ones are for a call made while another answer is being read.
    adapter = DeadlineAdapter(pool_maxsize=16)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def _exchange(
    session: requests.Session, prepared: requests.PreparedRequest, connect: float, endpoint: str
) -> Reply:
    status, date, retry_after, content = 0, "", "", b""
    failure: IClassError | None = None
    try:
        # The read timeout here is a formality: the sockets know the deadline.
        with session.send(
            prepared, stream=True, allow_redirects=False, timeout=(connect, CALL.left())
        ) as response:
            status = response.status_code
            date = response.headers.get("Date", "")
            retry_after = response.headers.get("Retry-After", "")
            content = _content(response)
    except FAILURES:
        failure = _failure(endpoint, status)
    if len(content) > MAX_ANSWER:
        failure = Unreadable(
            f"{endpoint}: the answer is larger than {MAX_ANSWER} bytes", endpoint=endpoint, http_status=status
        )
    return Reply(status=status, date=date, retry_after=retry_after, content=content, failure=failure)


def _content(response: requests.Response) -> bytes:
    """The body, unpacked; of one larger than MAX_ANSWER only its beginning, which is longer than that."""
    content = bytearray()
    for chunk in response.iter_content(CHUNK):
        content += chunk
        if len(content) > MAX_ANSWER:
            break
    return bytes(content)


def _failure(endpoint: str, status: int) -> IClassError:
    if not CALL.sent:
        return NotReached(f"{endpoint}: the service could not be reached", endpoint=endpoint)
    return OutcomeUnknown(
        f"{endpoint}: the answer did not come or was cut", endpoint=endpoint, http_status=status or None
    )
