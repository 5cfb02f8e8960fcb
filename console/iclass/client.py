"""The client: one enterprise at one address of the API."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from console.failpoints import defence

from .answers import Answer, secrets_of, understand
from .business import Business
from .classes import Classes
from .documents import Documents
from .errors import IClassError, NotReached, SignatureRefused
from .members import Members
from .shapes.base import Shape
from .signing import Signer
from .transport import Reply, host
from .users import Users

SKEW = defence("outbox.skew", "signatures follow the clock of the service")
#: Differences that a slow answer may feign are left alone; one above a day is no clock. In seconds.
SAME_CLOCK_S = 20.0
BELIEVED_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Exchange:
    """One try as it may be written down: no body, no address, no secret.

    `http_status` and `error_code` are None where no answer told them; `outcome` is "" or the name of the
    error class; `milliseconds` is the time of the whole call.
    """

    endpoint: str
    http_status: int | None
    error_code: int | None
    milliseconds: int
    request_bytes: int
    outcome: str


class Client:
    """The 27 endpoints of the document as `.classes .users .documents .business .members`.

    `base_url` is scheme and host, to which /paas/v1 is added. `timeout` seconds are the deadline of a whole
    call, `signature_life` seconds the life of its signature. `clock` gives unix seconds. With `correct_skew`
    signatures follow the service's clock as its last answer told it. `on_exchange` is called once for each
    request that was tried, in the calling thread; it must not raise. ValueError for a useless address or key.
    `until` (unix seconds by `clock`) is when the caller's right to speak ends: from then on nothing leaves
    (NotReached), an answer is waited for no longer, and a request that was signed before, but is held up on
    its way, is refused by the service itself, for its signature ends then too, to the second.
    A client may be shared by threads.
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
    ) -> None:
        if not tic_key:
            raise ValueError("the enterprise has no tic_key")
        self._host = host(_plain(base_url))
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
        """Seconds by which the service's clock is ahead of ours, by its latest answer; exact to a second."""
        return self._host.skew

    def assume_skew(self, seconds: float) -> None:
        """Take a difference known from elsewhere, until an answer tells the true one."""
        if not self._host.dated:
            self._host.skew = seconds

    def _service_clock(self) -> float:
        return self._clock() + self._correction()

    def _correction(self) -> float:
        """What to add to our clock: nothing for the little that a slow answer may feign."""
        wanted = self._correct_skew and SKEW.up and abs(self._host.skew) > SAME_CLOCK_S
        return self._host.skew if wanted else 0.0

    def _left(self) -> float:
        """Seconds until the caller's right to speak ends."""
        return float("inf") if self._until is None else self._until - self._clock()

    def _signature_life(self) -> int:
        # A whole second is the least that expire_time can say.
        return int(max(1, min(self._life, self._left())))

    def _ask(self, endpoint: str, body: Shape) -> Answer:
        """Send one request; IClassError for whatever is not a success."""
        answer = self._attempt(endpoint, body)
        if answer.error:
            raise answer.error
        return answer

    def _attempt(self, endpoint: str, body: Shape) -> Answer:
        """Like `_ask`, but a refusal with a readable body comes back as the answer's `error`.

        A signature that was refused while the clocks stood apart is made anew by the clock that the
        refusal told, once: what was refused had no effect.
        """
        believed = self._correction()
        result = self._once(endpoint, body)
        if _signature_refused(result) and abs(self._correction() - believed) > SAME_CLOCK_S:
            result = self._once(endpoint, body)
        if isinstance(result, IClassError):
            raise result
        return result

    def _once(self, endpoint: str, body: Shape) -> Answer | IClassError:
        left = self._left()
        if left <= 0:
            raise NotReached(f"{endpoint}: too late to send it", endpoint=endpoint)
        reply = self._host.post(endpoint, body, self._signer, min(self._timeout, left))
        self._note_date(reply)
        result = understand(endpoint, reply, [self._tic_key, *secrets_of(body)])
        self._tell(endpoint, reply, result)
        return result

    def _note_date(self, reply: Reply) -> None:
        try:
            stated = parsedate_to_datetime(reply.date).replace(tzinfo=UTC).timestamp()
        except (TypeError, ValueError, OverflowError):
            return
        # The header is in GMT by definition. It counts whole seconds: on average it is half a second behind.
        skew = stated + 0.5 - self._clock()
        if abs(skew) <= BELIEVED_S:
            self._host.skew, self._host.dated = skew, True

    def _tell(self, endpoint: str, reply: Reply, result: Answer | IClassError) -> None:
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


def _signature_refused(result: Answer | IClassError) -> bool:
    return isinstance(result if isinstance(result, IClassError) else result.error, SignatureRefused)


def _plain(base_url: str) -> str:
    """The address without a slash at its end; ValueError where it is more than scheme and host."""
    parts = urlsplit(base_url.rstrip("/"))
    plain = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    if not plain or parts.path or parts.query or parts.fragment:
        raise ValueError("the address of the API is scheme and host, such as https://iclass.api.qcloud.com")
    return base_url.rstrip("/")
