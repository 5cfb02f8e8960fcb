"""The API client of one enterprise at one base URL."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from console.iclass.business import Business
from console.iclass.classes import Classes
from console.iclass.documents import Documents
from console.iclass.errors import IClassError, NotReached, SignatureRefused
from console.iclass.members import Members
from console.iclass.responses import ApiResponse, interpret_reply, secret_values
from console.iclass.signing import Signer
from console.iclass.transport import DIRECT, HttpReply, Route, shared_host
from console.iclass.types.base import ApiStruct
from console.iclass.users import Users

#: In seconds. Smaller differences may come from a slow response; larger ones are not a clock error.
MIN_SKEW_S = 20.0
MAX_SKEW_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Exchange:
    """One attempt in a form that may be stored: no body, no URL, no secret.

    `http_status` and `error_code` are None if there was no response; `outcome` is "" or the name of the error
    class; `milliseconds` is the duration of the whole call.
    """

    endpoint: str
    http_status: int | None
    error_code: int | None
    milliseconds: int
    request_bytes: int
    outcome: str


class Client:
    """The 27 endpoints of the document as `.classes .users .documents .business .members`.

    `base_url` is scheme and host; /paas/v1 is added. `timeout` is the deadline of a whole call and
    `signature_life` the lifetime of its signature, both in seconds. `clock` returns Unix seconds. With
    `correct_skew` signatures follow the service's clock as of its last response. `on_exchange` is called once
    for each attempt, in the calling thread; it must not raise. ValueError for an invalid URL or key.
    `until` (Unix seconds by `clock`) is the end of the caller's lease. From then on nothing is sent
    (NotReached) and no response is awaited. Signatures expire then too, to the second, so the service refuses
    a request that was signed earlier and delayed on its way.
    `route` names a proxy and certificate authorities. A client may be shared by threads.
    """

    def __init__(
        self,
        base_url: str,
        sdkappid: int,
        tic_key: str,
        *,
        timeout: float = 15.0,
        clock: Callable[[], float] = time.time,
        signature_life: int = 120,
        correct_skew: bool = False,
        until: float | None = None,
        on_exchange: Callable[[Exchange], None] | None = None,
        route: Route = DIRECT,
    ) -> None:
        if not tic_key:
            raise ValueError("the enterprise has no tic_key")
        self._host = shared_host(_normalize_address(base_url), route)
        self._tic_key = tic_key
        self._timeout = timeout
        self._clock = clock
        self._correct_skew = correct_skew
        self._until = until
        self._life = signature_life
        self._on_exchange = on_exchange
        self._signer = Signer(sdkappid, tic_key, clock=self._service_clock, life=self._signature_life)
        self.classes = Classes(self._ask)
        self.users = Users(self._ask, self._attempt)
        self.documents = Documents(self._ask)
        self.business = Business(self._ask)
        self.members = Members(self._ask)

    @property
    def skew(self) -> float:
        """Seconds by which the service's clock is ahead of ours, by its latest response; exact to 1 s."""
        return self._host.skew

    def assume_skew(self, seconds: float) -> None:
        """Set a skew known from elsewhere, until a response shows the real one."""
        if not self._host.dated:
            self._host.skew = seconds

    def _service_clock(self) -> float:
        return self._clock() + self._clock_correction()

    def _clock_correction(self) -> float:
        """Return the seconds to add to our clock; 0 for a skew that a slow response may cause."""
        applies = self._correct_skew and abs(self._host.skew) > MIN_SKEW_S
        return self._host.skew if applies else 0.0

    def _left(self) -> float:
        """Return the seconds until the caller's lease ends."""
        return float("inf") if self._until is None else self._until - self._clock()

    def _signature_life(self) -> int:
        # expire_time has a resolution of one second.
        return int(max(1, min(self._life, self._left())))

    def _ask(self, endpoint: str, body: ApiStruct) -> ApiResponse:
        """Send one request; IClassError if it does not succeed."""
        answer = self._attempt(endpoint, body)
        if answer.error:
            raise answer.error
        return answer

    def _attempt(self, endpoint: str, body: ApiStruct) -> ApiResponse:
        """Like `_ask`, but a refusal with a readable body is returned as the `error` of the response.

        If the signature was refused and the refusal corrects our clock, sign and send once more: a refused
        request had no effect.
        """
        correction = self._clock_correction()
        result = self._send_once(endpoint, body)
        if _signature_refused(result) and abs(self._clock_correction() - correction) > MIN_SKEW_S:
            result = self._send_once(endpoint, body)
        if isinstance(result, IClassError):
            raise result
        return result

    def _send_once(self, endpoint: str, body: ApiStruct) -> ApiResponse | IClassError:
        left = self._left()
        if left <= 0:
            raise NotReached(f"{endpoint}: too late to send it", endpoint=endpoint)
        reply = self._host.post(endpoint, body, self._signer, min(self._timeout, left))
        self._note_date(reply)
        result = interpret_reply(endpoint, reply, [self._tic_key, *secret_values(body)])
        self._report_exchange(endpoint, reply, result)
        return result

    def _note_date(self, reply: HttpReply) -> None:
        try:
            service_time = parsedate_to_datetime(reply.date).replace(tzinfo=UTC).timestamp()
        except (TypeError, ValueError, OverflowError):
            return
        # The Date header is in GMT and whole seconds: on average it is half a second behind.
        skew = service_time + 0.5 - self._clock()
        if abs(skew) <= MAX_SKEW_S:
            self._host.skew, self._host.dated = skew, True

    def _report_exchange(self, endpoint: str, reply: HttpReply, result: ApiResponse | IClassError) -> None:
        if self._on_exchange is None:
            return
        error = result if isinstance(result, IClassError) else result.error
        self._on_exchange(
            Exchange(
                endpoint=endpoint,
                http_status=reply.status or None,
                error_code=error.code if error else 0,
                milliseconds=reply.milliseconds,
                request_bytes=reply.request_bytes,
                outcome=type(error).__name__ if error else "",
            )
        )

    def __repr__(self) -> str:
        return f"Client({self._host.root})"


def _signature_refused(result: ApiResponse | IClassError) -> bool:
    return isinstance(result if isinstance(result, IClassError) else result.error, SignatureRefused)


def _normalize_address(base_url: str) -> str:
    """Return the URL without a trailing slash; ValueError if it is more than scheme and host."""
    parts = urlsplit(base_url.rstrip("/"))
    plain = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    if not plain or parts.path or parts.query or parts.fragment:
        raise ValueError("the base URL of the API is scheme and host, such as https://iclass.api.qcloud.com")
    return base_url.rstrip("/")
