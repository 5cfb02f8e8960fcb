"""Error codes of the service, and the exception that carries them.

The document has no table; the numbers come from a later revision and from the vendor's own client.
"""

from enum import IntEnum


class Code(IntEnum):
    """Values of `error_code`."""

    OK = 0
    GENERIC = -1
    UNREADABLE = 10000
    INVALID = 10003
    BODY_NOT_READ = 10005
    NO_PERMISSION = 10203
    USER_EXISTS = 10214
    NO_SUCH_USER = 10215
    TOKEN_EXPIRED = 10216
    SIGNATURE = 10217
    WRONG_PASSWORD = 10218
    CLASS_RUNNING = 10223
    CLASS_OVER = 10224
    WRONG_CLASS_PASSWORD = 10225
    NOT_A_MEMBER = 10226
    CLASS_FULL = 10227
    NO_PLACE_ON_MIC = 10228
    NO_SUCH_CLASS = 10230
    TRANSCODE_NOT_MADE = 10250
    NO_SUCH_ENTERPRISE = 10270
    IM_GROUP_NOT_MADE = 10280
    TOO_EARLY = 10300


class Refusal(Exception):
    """The request is refused: none of it has been applied."""

    def __init__(self, code: Code, message: str, **extra: object) -> None:
        """`extra` are further keys of the response, such as the lists of user/register."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.extra = extra

    def answer(self) -> dict[str, object]:
        """Return the body of the response."""
        return {"error_code": int(self.code), "error_msg": self.message, **self.extra}


def invalid(message: str) -> Refusal:
    """A missing field, or one of the wrong type."""
    return Refusal(Code.INVALID, message)
