"""Base types: structs, secrets hidden in reprs, annotated field types, and pages."""

import hmac
from typing import Annotated, Any, ClassVar, Generic, NoReturn, TypeVar

import msgspec

SECRETS = frozenset(
    {
        "admin_sig",
        "record_user_sig",
        "user_sig",
        "user_token",
        "password",
        "tic_key",
        "private_key",
        "secret_key",
    }
)

# Read in several spellings (`stduent`, 男), normalised to the document's.
Role = Annotated[str, "role"]
Gender = Annotated[str, "gender"]

# Written in one spelling only.
RoleName = Annotated[
    str, msgspec.Meta(pattern=r"\A(superadmin|admin|teacher|assistant|student|supervisor|visitor)\Z")
]
GenderName = Annotated[str, msgspec.Meta(pattern=r"\A(male|female)\Z")]
Name = Annotated[str, msgspec.Meta(min_length=1)]
Switch = Annotated[int, msgspec.Meta(ge=0, le=1)]
Count = Annotated[int, msgspec.Meta(ge=0)]
Index = Annotated[int, msgspec.Meta(ge=0)]
Size = Annotated[int, msgspec.Meta(ge=1, le=100)]
# At most ten digits, so that milliseconds passed by mistake are refused.
Seconds = Annotated[int, msgspec.Meta(ge=0, le=9_999_999_999)]

T = TypeVar("T")


class ApiSecret:
    """A secret text. `repr`, `str` and formatting show `***`; it cannot be pickled or serialised to JSON."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "***"

    def __format__(self, spec: str) -> str:
        return "***"

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ApiSecret) and hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret cannot be serialised")


class ApiStruct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request or a response, or a part of one. Its repr shows no secret."""

    # The field that identifies an item of a list, for the note on an unreadable one.
    KEY: ClassVar[str] = ""

    @classmethod
    def normalize(cls, raw: dict[str, Any]) -> dict[str, Any]:
        """Return the raw response with alternative spellings mapped to the names of the fields."""
        return raw

    def to_payload(self) -> dict[str, Any]:
        """Return the JSON object that is sent; fields left UNSET are absent."""
        return dict(msgspec.to_builtins(self))

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        values = [(name, getattr(self, name)) for name in self.__struct_fields__]
        given = [(name, value) for name, value in values if value is not msgspec.UNSET]
        return [(name, "***" if name in SECRETS else value) for name, value in given]

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({fields})"


class EmptyRequest(ApiStruct, frozen=True, kw_only=True):
    """The body of a request without parameters."""


class UnreadableItem(ApiStruct, frozen=True, kw_only=True):
    """A list item that could not be read: its place, its ID if readable, and the reason."""

    place: int
    key: str
    reason: str


class Page(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """One page of a list: the readable items, and the others as `odd`.

    `total` counts the whole list as stated by the API, None if it is not; `finish` means that no page
    follows.
    """

    lines: list[T]
    finish: bool
    total: int | None = None
    odd: list[UnreadableItem] = []
