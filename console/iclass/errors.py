"""What can go wrong with a call, each with the decision whether a machine may send it again.

The tree stands in the docstring of the package. The codes come from a later revision of the document
and from the vendor's own client, for the document itself has no table of them.
"""

from enum import StrEnum


class Decision(StrEnum):
    """What a machine may do next with the same request."""

    SEND_AGAIN = "send_again"
    LOOK_FIRST = "look_first"
    NEVER = "never"


class IClassError(Exception):
    """A call that did not succeed.

    `endpoint` is "class/create" and the like, `code` the error_code of the answer, `http_status` the status
    line; both are None where no answer told them. `server_message` is the API's own text without secrets.
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
    """Our own request breaks the document's rules. Nothing was sent."""


class NotReached(IClassError):
    """The request certainly did not arrive."""

    decision = Decision.SEND_AGAIN


class OutcomeUnknown(IClassError):
    """The request may have arrived and may have had its effect."""

    decision = Decision.LOOK_FIRST


class Unreadable(IClassError):
    """An answer came, in no shape that we know; the request may have had its effect."""

    decision = Decision.LOOK_FIRST


class Refused(IClassError):
    """The API said no. A code that the table does not know is exactly this class."""


class Busy(Refused):
    """Too many requests (HTTP 429). `retry_after`: seconds that the service asks for, else None."""

    decision = Decision.SEND_AGAIN
    retry_after: int | None = None


class Halfway(Refused):
    """The service failed somewhere inside; parts of the effect may stand."""

    decision = Decision.LOOK_FIRST


class Invalid(Refused):
    """A parameter or the whole request was not understood."""


class Forbidden(Refused):
    """The caller may not do this."""


class NotFound(Refused):
    """No such class, user or document."""


class AlreadyExists(Refused):
    """The user id is taken."""


class TokenExpired(Refused):
    """A user's ticket is no longer good."""


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
    """The class takes no more people."""


class NoMicPlace(Refused):
    """All places with a microphone are taken."""


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

# No code says "no such document". Our writer sends `document/info` in one well-formed way only, so that an
# invalid parameter there can mean nothing else.
CODES_OF_ENDPOINT: dict[tuple[str, int], type[Refused]] = {("document/info", 10003): NotFound}


def refusal(endpoint: str, code: int, *, http_status: int, server_message: str) -> Refused:
    """The exception for an error_code; it is not raised here."""
    kind = CODES_OF_ENDPOINT.get((endpoint, code)) or CODES.get(code, Refused)
    return kind(
        f"{endpoint} was refused with error_code {code}",
        endpoint=endpoint,
        code=code,
        http_status=http_status,
        server_message=server_message,
    )
