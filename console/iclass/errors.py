"""The exceptions of a call, each with the decision whether it may be sent again automatically.

The docstring of the package shows the tree. The codes come from a later revision of the document and from the
vendor's own client, because the document itself has no table of them.
"""

from enum import StrEnum


class Decision(StrEnum):
    """What may be done next with the same request, without a person."""

    SEND_AGAIN = "send_again"
    LOOK_FIRST = "look_first"
    NEVER = "never"


class IClassError(Exception):
    """A call that did not succeed.

    `endpoint` is "class/create" and the like, `code` the error_code of the response, `http_status` its
    status; both are None without a response. `server_message` is the API's text with secrets removed.
    """

    decision = Decision.NEVER

    def __init__(
        self,
        message: str = "",
        *,
        endpoint: str = "",
        code: int | None = None,
        http_status: int | None = None,
        server_message: str = "",
    ) -> None:
        super().__init__(message)
        self.endpoint = endpoint
        self.code = code
        self.http_status = http_status
        self.server_message = server_message


class Unsendable(IClassError):
    """Our request breaks the document's rules. Nothing was sent."""


class NotReached(IClassError):
    """The request certainly did not arrive."""

    decision = Decision.SEND_AGAIN


class OutcomeUnknown(IClassError):
    """The request may have arrived and taken effect."""

    decision = Decision.LOOK_FIRST


class Unreadable(IClassError):
    """The response has an unknown shape; the request may have taken effect."""

    decision = Decision.LOOK_FIRST


class Refused(IClassError):
    """The API refused the request. A code that is not in the table is exactly this class."""


class Busy(Refused):
    """Too many requests (HTTP 429). `retry_after`: seconds that the service asks to wait, or None."""

    decision = Decision.SEND_AGAIN
    retry_after: int | None = None


class Halfway(Refused):
    """The service failed internally; the request may have taken effect in part."""

    decision = Decision.LOOK_FIRST


class Invalid(Refused):
    """The service rejected a parameter or the whole request as malformed."""


class Forbidden(Refused):
    """The caller may not do this."""


class NotFound(Refused):
    """No such class, user or document."""


class AlreadyExists(Refused):
    """The user ID is taken."""


class TokenExpired(Refused):
    """A user's ticket has expired."""


class SignatureRefused(Refused):
    """The signature is wrong or too old: the key or a clock is wrong."""


class WrongPassword(Refused):
    """The password of a user or of a class is wrong."""


class InProgress(Refused):
    """The class is running and can be neither changed nor deleted."""


class LessonOver(Refused):
    """The class is over and cannot be joined."""


class NotAMember(Refused):
    """The person is not on the member list of the class."""


class ClassFull(Refused):
    """The class has no room for more people."""


class NoMicPlace(Refused):
    """All places with a microphone are in use."""


class TooEarly(Refused):
    """More than one hour before the planned start."""


class UnknownEnterprise(Refused):
    """The service knows no enterprise with this sdkappid."""


CODES: dict[int, type[Refused]] = {
    -1: Halfway,
    10000: Invalid,
    10002: Invalid,
    10003: Invalid,
    10005: Halfway,
    10202: Halfway,
    10203: Forbidden,
    10214: AlreadyExists,
    10215: NotFound,
    10216: TokenExpired,
    10217: SignatureRefused,
    10218: WrongPassword,
    10223: InProgress,
    10224: LessonOver,
    10225: WrongPassword,
    10226: NotAMember,
    10227: ClassFull,
    10228: NoMicPlace,
    10230: NotFound,
    10270: UnknownEnterprise,
    10280: Halfway,
    10300: TooEarly,
}

# No code means "no such document". Our `document/info` request has one well-formed shape, so an invalid
# parameter there can only be the document ID.
CODES_OF_ENDPOINT: dict[tuple[str, int], type[Refused]] = {("document/info", 10003): NotFound}


def refusal(endpoint: str, code: int, *, http_status: int, server_message: str) -> Refused:
    """Return the exception for an error_code."""
    kind = CODES_OF_ENDPOINT.get((endpoint, code)) or CODES.get(code, Refused)
    return kind(
        f"{endpoint} was refused with error_code {code}",
        endpoint=endpoint,
        code=code,
        http_status=http_status,
        server_message=server_message,
    )
