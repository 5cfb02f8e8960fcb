"""What all shapes have in common: secrets that do not show, words read in more than one form, pages."""

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

# Read in several forms (`stduent`, 男), kept in the document's.
Role = Annotated[str, "role"]
Gender = Annotated[str, "gender"]

# Written in one form only.
RoleWord = Annotated[
    str, msgspec.Meta(pattern=r"\A(superadmin|admin|teacher|assistant|student|supervisor|visitor)\Z")
]
GenderWord = Annotated[str, msgspec.Meta(pattern=r"\A(male|female)\Z")]
Name = Annotated[str, msgspec.Meta(min_length=1)]
Switch = Annotated[int, msgspec.Meta(ge=0, le=1)]
Count = Annotated[int, msgspec.Meta(ge=0)]
Index = Annotated[int, msgspec.Meta(ge=0)]
Size = Annotated[int, msgspec.Meta(ge=1, le=100)]
# Ten digits: milliseconds given by mistake are refused.
Seconds = Annotated[int, msgspec.Meta(ge=0, le=9_999_999_999)]

T = TypeVar("T")


class Hidden:
    """A secret text. `repr`, `str` and formatting say `***`; it cannot be pickled or written as JSON."""

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
        return isinstance(other, Hidden) and hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written down")


class Shape(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request or an answer, or a part of one. Its repr shows no secret."""

    # The field that names one line of a list, for telling which line was odd.
    KEY: ClassVar[str] = ""

    @classmethod
    def tidy(cls, raw: dict[str, Any]) -> dict[str, Any]:
        """The raw answer with its other spellings brought to the names of the fields."""
        return raw

    def wire(self) -> dict[str, Any]:
        """The JSON object that is sent; fields left UNSET are absent."""
        return dict(msgspec.to_builtins(self))

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        values = [(name, getattr(self, name)) for name in self.__struct_fields__]
        given = [(name, value) for name, value in values if value is not msgspec.UNSET]
        return [(name, "***" if name in SECRETS else value) for name, value in given]

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({fields})"


class Nothing(Shape, frozen=True, kw_only=True):
    """The body of a request that has none."""


class OddLine(Shape, frozen=True, kw_only=True):
    """A line of a list that could not be read: its place, its id where that can be read, and why."""

    place: int
    key: str
    reason: str


class Page(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """One page of a list: the lines that could be read, and the others as `odd`.

    `total` counts the whole list as the API tells it, None where it does not; `finish` says that no page
    follows.
    """

    lines: list[T]
    finish: bool
    total: int | None = None
    odd: list[OddLine] = []
