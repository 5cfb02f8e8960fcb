"""An answer of the API between the wire and its typed shape."""

import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import msgspec

from console.failpoints import defence

from .errors import Busy, IClassError, OutcomeUnknown, Refused, Unreadable, refusal
from .reading import Odd, number, read, read_lines
from .shapes.base import SECRETS, Page, Shape
from .transport import Reply

SAME = defence("iclass.same", "an answer about another thing than was asked for is not read")
R = TypeVar("R")
S = TypeVar("S", bound=Shape)

MAX_MESSAGE = 300
INT32 = range(-(2**31), 2**31)
# A signature, a long run of base64 (a key, a UserSig, a PEM line) or a query with a signature in it.
LOOKS_SECRET = re.compile(r"sign=\S+|\b[0-9a-fA-F]{32}\b|[A-Za-z0-9+/*_=-]{40,}")


class Answer:
    """The JSON object of one answer; `error` is the refusal that it holds. Its repr shows no content."""

    def __init__(self, endpoint: str, status: int, raw: dict[str, Any], error: Refused | None) -> None:
        self.endpoint = endpoint
        self.error = error
        self._status = status
        self._raw = raw

    def __repr__(self) -> str:
        return f"Answer({self.endpoint})"

    def read(self, kind: type[S]) -> S:
        """The whole answer as one shape; Unreadable where it is none."""
        return self._guarded(lambda: read(kind, self._raw))

    def page(self, kind: type[S], index: int) -> Page[S]:
        """The answer as the page that was asked for at row `index`."""
        return self._guarded(lambda: _page(kind, self._raw, index))

    def total(self) -> int:
        return self._guarded(lambda: number(self._raw.get("total")))

    def with_default(self, name: str, value: str) -> "Answer":
        """The same answer with a field that it may have left out."""
        return Answer(self.endpoint, self._status, {name: value} | self._raw, self.error)

    def _guarded(self, reading: Callable[[], R]) -> R:
        try:
            return reading()
        except Odd as why:
            reason = str(why)
        raise Unreadable(
            f"{self.endpoint}: the answer {reason}", endpoint=self.endpoint, code=0, http_status=self._status
        )


Ask = Callable[[str, Shape], Answer]
T = TypeVar("T")


def about(endpoint: str, asked: T, told: T) -> None:
    """Unreadable where an answer is about another thing than was asked for."""
    if SAME.up and asked != told:
        raise Unreadable(f"{endpoint}: the answer is about another thing", endpoint=endpoint, code=0)


def understand(endpoint: str, reply: Reply, secrets: list[str]) -> Answer | IClassError:
    """What a reply means: an answer (perhaps with a refusal in it), or the failure that it is.

    The status line decides little: 429 is Busy, 5xx leaves the outcome unknown, and below that error_code
    in the body decides. `secrets` are cut out of the service's own text.
    """
    if reply.status == 429:
        return _busy(endpoint, reply)
    if reply.failure:
        return reply.failure
    if reply.status >= 500:
        return OutcomeUnknown(f"{endpoint}: HTTP {reply.status}", endpoint=endpoint, http_status=reply.status)
    raw = _object(reply.content)
    code = _code(raw)
    if code is None or (code == 0 and reply.status >= 300):
        return Unreadable(
            f"{endpoint}: HTTP {reply.status} with an answer that is none of this API",
            endpoint=endpoint,
            code=code,
            http_status=reply.status,
        )
    if code == 0:
        return Answer(endpoint, reply.status, raw, None)
    message = scrub(raw.get("error_msg"), secrets)
    error = refusal(endpoint, code, http_status=reply.status, server_message=message)
    return Answer(endpoint, reply.status, raw, error)


def scrub(message: object, secrets: list[str]) -> str:
    """The service's own text, short, on one line, without the secrets that we sent or that look like one."""
    clean = message if isinstance(message, str) else ""
    for secret in filter(None, secrets):
        clean = clean.replace(secret, "***")
    clean = " ".join(LOOKS_SECRET.sub("***", clean).split())
    return clean[:MAX_MESSAGE]


def secrets_of(value: Any) -> Iterator[str]:
    """The secret texts inside a request."""
    if isinstance(value, Shape):
        for name in value.__struct_fields__:
            inner = getattr(value, name)
            if name in SECRETS and isinstance(inner, str):
                yield inner
            else:
                yield from secrets_of(inner)
    elif isinstance(value, list):
        for line in value:
            yield from secrets_of(line)


def _busy(endpoint: str, reply: Reply) -> Busy:
    error = Busy(f"{endpoint}: too many requests", endpoint=endpoint, http_status=reply.status)
    if re.fullmatch(r"[0-9]{1,6}", reply.retry_after):
        error.retry_after = int(reply.retry_after)
    return error


def _object(content: bytes) -> dict[str, Any]:
    """The body as a JSON object, empty where it is none."""
    try:
        raw = msgspec.json.decode(content)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return {}
    return raw if isinstance(raw, dict) else {}


def _code(raw: dict[str, Any]) -> int | None:
    """The error_code; None where there is none, or one that no table could hold."""
    try:
        code = number(raw.get("error_code"))
    except Odd:
        return None
    return code if code in INT32 else None


def _page(kind: type[S], raw: dict[str, Any], index: int) -> Page[S]:
    total = None if raw.get("total") is None else number(raw["total"])
    if raw.get("list") is None and "list" not in raw and total != 0:
        raise Odd("has no list")
    lines, odd = read_lines(kind, raw.get("list") or [])
    told = raw.get("finish")
    after = index + len(lines) + len(odd)
    finish = told if isinstance(told, bool) else total is not None and after >= total
    return Page(lines=lines, finish=finish, total=total, odd=odd)
