"""Field types of requests and responses: strict validation, and their OpenAPI schema.

A field is declared once (`Text("class_topic")`) and serves three times: it checks the request, it draws
the schema, and it is a line of the coverage page.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from console.sandbox.errors import invalid

Schema = dict[str, Any]
INT64 = 2**63


@dataclass(frozen=True, kw_only=True)
class Field:
    """`source` is where the field is documented: `doc`, or `later` for a later revision."""

    name: str = field(kw_only=False)
    required: bool = False
    source: str = "doc"

    def read(self, value: object, path: str) -> Any:
        """Return the value as the service stores it; raise Refusal 10003 naming the field."""
        return value

    def schema(self) -> Schema:
        """Return the JSON schema."""
        return {}


def validate_text(text: str, path: str) -> str:
    """Return whether a database and a browser can store the text: no NUL, no lone surrogate."""
    if "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise invalid(f"{path} holds characters that are no text")
    return text


@dataclass(frozen=True, kw_only=True)
class Text(Field):
    """A string of `least` to `most` characters. `words` are the allowed values; `spellings` map to them."""

    least: int = 0
    most: int = 65_536
    words: Sequence[str] = ()
    spellings: dict[str, str] = field(default_factory=dict)

    def read(self, value: object, path: str) -> str:
        if not isinstance(value, str):
            raise invalid(f"{path} must be a string")
        value = self.spellings.get(value, validate_text(value, path))
        if self.words and value not in self.words:
            raise invalid(f"{path} must be one of {', '.join(self.words)}")
        if not self.least <= len(value) <= self.most:
            raise invalid(f"{path} must be {self.least} to {self.most} characters long")
        return value

    def schema(self) -> Schema:
        if self.words:
            return {"type": "string", "enum": [*self.words, *self.spellings]}
        return {"type": "string", "minLength": self.least, "maxLength": self.most}


@dataclass(frozen=True, kw_only=True)
class TextOrInt(Field):
    """A value that the document calls both int and string (doc_md5): stored as text."""

    def read(self, value: object, path: str) -> str:
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise invalid(f"{path} must be a string")
        return validate_text(str(value), path)

    def schema(self) -> Schema:
        return {"type": ["string", "integer"]}


@dataclass(frozen=True, kw_only=True)
class Int(Field):
    """An integer; true and false are not."""

    least: int = -INT64
    most: int = INT64 - 1

    def read(self, value: object, path: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise invalid(f"{path} must be a whole number")
        if not self.least <= value <= self.most:
            raise invalid(f"{path} must lie between {self.least} and {self.most}")
        return value

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, kw_only=True)
class Seconds(Field):
    """A duration in seconds, with fractions, up to a day."""

    def read(self, value: object, path: str) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 86_400:
            raise invalid(f"{path} must be a number from 0 to 86400")
        return float(value)

    def schema(self) -> Schema:
        return {"type": "number", "minimum": 0, "maximum": 86_400}


@dataclass(frozen=True, kw_only=True)
class Bool(Field):
    """A boolean."""

    def read(self, value: object, path: str) -> bool:
        if not isinstance(value, bool):
            raise invalid(f"{path} must be true or false")
        return value

    def schema(self) -> Schema:
        return {"type": "boolean"}


@dataclass(frozen=True, kw_only=True)
class ListOf(Field):
    """An array of one type. `bare` also accepts a single value instead of the array."""

    item: Field = field(kw_only=False)
    most: int = 10_000
    bare: bool = False

    def read(self, value: object, path: str) -> list[Any]:
        if self.bare and not isinstance(value, list):
            value = [value]
        if not isinstance(value, list):
            raise invalid(f"{path} must be an array")
        if len(value) > self.most:
            raise invalid(f"{path} may hold at most {self.most} entries")
        return [self.item.read(one, f"{path}[{n}]") for n, one in enumerate(value)]

    def schema(self) -> Schema:
        array: Schema = {"type": "array", "items": self.item.schema(), "maxItems": self.most}
        return {"anyOf": [array, self.item.schema()]} if self.bare else array


@dataclass(frozen=True, kw_only=True)
class Object(Field):
    """An object with known fields; unknown ones are ignored, because a later revision may send more."""

    fields: Sequence[Field] = field(kw_only=False)

    def read(self, value: object, path: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise invalid(f"{path or 'the body'} must be an object")
        dot = f"{path}." if path else ""
        found: dict[str, Any] = {}
        for one in self.fields:
            if one.name in value:
                found[one.name] = one.read(value[one.name], f"{dot}{one.name}")
            elif one.required:
                raise invalid(f"{dot}{one.name} is missing")
        return found

    def schema(self) -> Schema:
        drawn: Schema = {"type": "object", "properties": {f.name: f.schema() for f in self.fields}}
        needed = [f.name for f in self.fields if f.required]
        return drawn | ({"required": needed} if needed else {})


def flag_field(name: str, *, source: str = "doc") -> Int:
    """A flag, 0 or 1 (appendix 3.6)."""
    return Int(name, least=0, most=1, source=source)


def timestamp_field(name: str, *, required: bool = False) -> Int:
    """A time in seconds since 1970."""
    return Int(name, least=0, most=2**53, required=required)
