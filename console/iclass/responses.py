"""Responses of the API: from the HTTP reply to typed structs."""

import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import msgspec

from console.iclass.errors import Busy, IClassError, OutcomeUnknown, Refused, Unreadable, refusal
from console.iclass.parsing import UnexpectedValue, parse_int, parse_list, parse_struct
from console.iclass.transport import HttpReply
from console.iclass.types.base import SECRETS, ApiStruct, Page

R = TypeVar("R")
S = TypeVar("S", bound=ApiStruct)

MAX_MESSAGE_LENGTH = 300
INT32 = range(-(2**31), 2**31)
# A signature, a long base64 text (a key, a UserSig, a PEM line) or a query that contains a signature.
SECRET_PATTERN = re.compile(r"sign=\S+|\b[0-9a-fA-F]{32}\b|[A-Za-z0-9+/*_=-]{40,}")


class ApiResponse:
    """The JSON object of a response; `error` is the refusal in it, if any. Its repr shows no content."""

    def __init__(self, endpoint: str, status: int, raw: dict[str, Any], error: Refused | None) -> None:
        self.endpoint = endpoint
        self.error = error
        self._status = status
        self._raw = raw

    def __repr__(self) -> str:
        return f"Answer({self.endpoint})"

    def read(self, kind: type[S]) -> S:
        """Return the whole response as a struct; Unreadable if it does not fit."""
        return self._guarded(lambda: parse_struct(kind, self._raw))

    def page(self, kind: type[S], index: int) -> Page[S]:
        """Return the response as the page that starts at row `index`."""
        return self._guarded(lambda: _parse_page(kind, self._raw, index))

    def total(self) -> int:
        return self._guarded(lambda: parse_int(self._raw.get("total")))

    def with_default(self, name: str, value: str) -> "ApiResponse":
        """Return the same response with a default for a field that it may omit."""
        return ApiResponse(self.endpoint, self._status, {name: value} | self._raw, self.error)

    def _guarded(self, parse: Callable[[], R]) -> R:
        try:
            return parse()
        except UnexpectedValue as error:
            reason = str(error)
        raise Unreadable(
            f"{self.endpoint}: the answer {reason}", endpoint=self.endpoint, code=0, http_status=self._status
        )


SendRequest = Callable[[str, ApiStruct], ApiResponse]
T = TypeVar("T")


def check_same_subject(endpoint: str, requested: T, returned: T) -> None:
    """Raise Unreadable if the response is about another object than was requested."""
    if requested != returned:
        raise Unreadable(f"{endpoint}: the answer is about another thing", endpoint=endpoint, code=0)


def interpret_reply(endpoint: str, reply: HttpReply, secrets: list[str]) -> ApiResponse | IClassError:
    """Return the response (perhaps with a refusal in it), or the error that the reply amounts to.

    The HTTP status decides little: 429 is Busy, 5xx is OutcomeUnknown, and below that error_code in the body
    decides. `secrets` are removed from the service's own text.
    """
    if reply.status == 429:
        return _busy_error(endpoint, reply)
    if reply.failure:
        return reply.failure
    if reply.status >= 500:
        return OutcomeUnknown(f"{endpoint}: HTTP {reply.status}", endpoint=endpoint, http_status=reply.status)
    raw = _decode_object(reply.content)
    code = _error_code(raw)
    if code is None or (code == 0 and reply.status >= 300):
        return Unreadable(
            f"{endpoint}: HTTP {reply.status} with an answer that is none of this API",
            endpoint=endpoint,
            code=code,
            http_status=reply.status,
        )
    if code == 0:
        return ApiResponse(endpoint, reply.status, raw, None)
    message = redact_message(raw.get("error_msg"), secrets)
    error = refusal(endpoint, code, http_status=reply.status, server_message=message)
    return ApiResponse(endpoint, reply.status, raw, error)


def redact_message(message: object, secrets: list[str]) -> str:
    """Return the service's own text: short, on one line, without secrets or texts that look like one."""
    clean = message if isinstance(message, str) else ""
    for secret in filter(None, secrets):
        clean = clean.replace(secret, "***")
    clean = " ".join(SECRET_PATTERN.sub("***", clean).split())
    return clean[:MAX_MESSAGE_LENGTH]


def secret_values(value: Any) -> Iterator[str]:
    """Yield the secret texts in a request."""
    if isinstance(value, ApiStruct):
        for name in value.__struct_fields__:
            inner = getattr(value, name)
            if name in SECRETS and isinstance(inner, str):
                yield inner
            else:
                yield from secret_values(inner)
    elif isinstance(value, list):
        for item in value:
            yield from secret_values(item)


def _busy_error(endpoint: str, reply: HttpReply) -> Busy:
    error = Busy(f"{endpoint}: too many requests", endpoint=endpoint, http_status=reply.status)
    if re.fullmatch(r"[0-9]{1,6}", reply.retry_after):
        error.retry_after = int(reply.retry_after)
    return error


def _decode_object(content: bytes) -> dict[str, Any]:
    """Return the body as a JSON object; empty if it is not one."""
    try:
        raw = msgspec.json.decode(content)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return {}
    return raw if isinstance(raw, dict) else {}


def _error_code(raw: dict[str, Any]) -> int | None:
    """Return the error_code; None if it is missing or out of range."""
    try:
        code = parse_int(raw.get("error_code"))
    except UnexpectedValue:
        return None
    return code if code in INT32 else None


def _parse_page(kind: type[S], raw: dict[str, Any], index: int) -> Page[S]:
    total = None if raw.get("total") is None else parse_int(raw["total"])
    if raw.get("list") is None and "list" not in raw and total != 0:
        raise UnexpectedValue("has no list")
    lines, odd = parse_list(kind, raw.get("list") or [])
    stated = raw.get("finish")
    after = index + len(lines) + len(odd)
    finish = stated if isinstance(stated, bool) else total is not None and after >= total
    return Page(lines=lines, finish=finish, total=total, odd=odd)
