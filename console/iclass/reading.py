"""From a raw answer to typed shapes: tolerant where the document contradicts itself, closed elsewhere.

Numbers come as texts and texts as numbers, a list as a bare text, `stduent` for student, 男 for male, null
for nothing, and more fields than the document has: all these are read. Unknown words of an enumeration are
kept. Whatever else a field holds is odd: an odd line is set aside, an odd answer is Unreadable. Nothing is
guessed.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, get_args, get_origin

import msgspec

from .shapes.base import Gender, Hidden, OddLine, Role, Shape

S = TypeVar("S", bound=Shape)
Convert = Callable[[Any], Any]

WHOLE = re.compile(r"-?[0-9]{1,19}")
INT64 = range(-(2**63), 2**63)
ROLES = {"stduent": "student"}
GENDERS = {"男": "male", "女": "female"}


class Odd(Exception):
    """A value in no form that we know. The text names the field, never the value."""


def number(value: Any) -> int:
    """A whole number of 64 bits, from a number or from its decimal text."""
    if type(value) is int and value in INT64:  # as nearly all are
        return value
    if isinstance(value, str) and WHOLE.fullmatch(value.strip()):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or value not in INT64:
        raise Odd("is no whole number")
    return int(value)


def text(value: Any) -> str:
    """A text, or the decimal text of a number. NUL is dropped: no database column takes it."""
    if type(value) is str:
        return value.replace("\0", "")
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Odd("is no text")
    return str(value).replace("\0", "")


def flag(value: Any) -> bool:
    """True or false, also as 1 and 0, or as a text of any of these."""
    known = {"true": True, "1": True, "false": False, "0": False}
    word = str(value).lower() if isinstance(value, str | int) else ""
    if word not in known:
        raise Odd("is neither true nor false")
    return known[word]


def texts(value: Any) -> list[str]:
    """A list of texts; a bare text is a list of one."""
    lines = [value] if isinstance(value, str) else value
    if not isinstance(lines, list):
        raise Odd("is no list")
    return [text(line) for line in lines]


def role(value: Any) -> str:
    word = text(value)
    return ROLES.get(word, word)


def gender(value: Any) -> str:
    word = text(value)
    return GENDERS.get(word, word)


def hidden(value: Any) -> Hidden:
    return Hidden(text(value))


CONVERT: dict[Any, Convert] = {
    int: number,
    str: text,
    bool: flag,
    list[str]: texts,
    Hidden: hidden,
    Role: role,
    Gender: gender,
}


def read(kind: type[S], raw: Any) -> S:
    """The raw object as `kind`; Odd where it cannot be."""
    if not isinstance(raw, dict):
        raise Odd("is no object")
    raw = kind.tidy(raw)
    values: dict[str, Any] = {}
    for name, convert, lines_of, required in _plan(kind):
        value = raw.get(name)
        if value is None and lines_of and name in raw:
            value = []
        if value is None:
            if required:
                raise Odd(f"{name} is missing")
        elif lines_of:
            values[name], values["odd"] = read_lines(lines_of, value, name)
        else:
            try:
                values[name] = convert(value)
            except Odd as why:
                raise Odd(f"{name} {why}") from None
    return kind(**values)


def read_lines(kind: type[S], raw: Any, name: str = "list") -> tuple[list[S], list[OddLine]]:
    """The lines of a list that can be read, and a note on each of the others."""
    if not isinstance(raw, list):
        raise Odd(f"{name} is no list")
    lines: list[S] = []
    odd: list[OddLine] = []
    for place, line in enumerate(raw):
        try:
            lines.append(read(kind, line))
        except Odd as why:
            odd.append(OddLine(place=place, key=_key(kind, line), reason=str(why)))
    return lines, odd


def _key(kind: type[Shape], line: Any) -> str:
    value = line.get(kind.KEY) if isinstance(line, dict) else None
    return text(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


@cache
def _plan(kind: type[Shape]) -> list[tuple[str, Convert, type[Shape] | None, bool]]:
    """For each field: its name, how to read it, of which shape its lines are, whether it must be there."""
    plan: list[tuple[str, Convert, type[Shape] | None, bool]] = []
    for field in msgspec.structs.fields(kind):
        if field.name == "odd":
            continue
        lines_of = _shape_in_list(field.type)
        convert = CONVERT.get(field.type) or _reader_of(field.type)
        plan.append((field.name, convert, lines_of, field.required))
    return plan


def _shape_in_list(kind: Any) -> type[Shape] | None:
    inner = get_args(kind)[0] if get_origin(kind) is list else None
    return inner if isinstance(inner, type) and issubclass(inner, Shape) else None


def _reader_of(kind: type[Shape]) -> Convert:
    return lambda value: read(kind, value)
