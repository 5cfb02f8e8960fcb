"""Conversion of raw responses to structs: tolerant where the document contradicts itself, strict elsewhere.

Accepted are numbers as text and text as numbers, a bare text for a list, `stduent` for student, 男 for male,
null for a missing value, and fields that the document does not have. Unknown values of an enumeration are
kept. Anything else is an unexpected value: a list item is set aside as unreadable, a response is Unreadable.
Nothing is guessed.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, get_args, get_origin

import msgspec

from console.iclass.types.base import ApiSecret, ApiStruct, Gender, Role, UnreadableItem

S = TypeVar("S", bound=ApiStruct)
Converter = Callable[[Any], Any]

WHOLE_NUMBER = re.compile(r"-?[0-9]{1,19}")
INT64 = range(-(2**63), 2**63)
ROLES = {"stduent": "student"}
GENDERS = {"男": "male", "女": "female"}


class UnexpectedValue(Exception):
    """A value of unknown form. The message names the field, never the value."""


def parse_int(value: Any) -> int:
    """Return a 64-bit integer, from a number or its decimal text."""
    if type(value) is int and value in INT64:  # the common case
        return value
    if isinstance(value, str) and WHOLE_NUMBER.fullmatch(value.strip()):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or value not in INT64:
        raise UnexpectedValue("is no whole number")
    return int(value)


def parse_text(value: Any) -> str:
    """Return a text, from a text or a number. NUL is dropped: no database column accepts it."""
    if type(value) is str:
        return value.replace("\0", "")
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise UnexpectedValue("is no text")
    return str(value).replace("\0", "")


def parse_bool(value: Any) -> bool:
    """Return a boolean, from true and false, 1 and 0, or the text of any of these."""
    known = {"true": True, "1": True, "false": False, "0": False}
    word = str(value).lower() if isinstance(value, str | int) else ""
    if word not in known:
        raise UnexpectedValue("is neither true nor false")
    return known[word]


def parse_texts(value: Any) -> list[str]:
    """Return a list of texts; a bare text is a list of one."""
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list):
        raise UnexpectedValue("is no list")
    return [parse_text(item) for item in items]


def parse_role(value: Any) -> str:
    word = parse_text(value)
    return ROLES.get(word, word)


def parse_gender(value: Any) -> str:
    word = parse_text(value)
    return GENDERS.get(word, word)


def parse_secret(value: Any) -> ApiSecret:
    return ApiSecret(parse_text(value))


CONVERTERS: dict[Any, Converter] = {
    int: parse_int,
    str: parse_text,
    bool: parse_bool,
    list[str]: parse_texts,
    ApiSecret: parse_secret,
    Role: parse_role,
    Gender: parse_gender,
}


def parse_struct(kind: type[S], raw: Any) -> S:
    """Return the raw object as `kind`; UnexpectedValue if it does not fit."""
    if not isinstance(raw, dict):
        raise UnexpectedValue("is no object")
    raw = kind.normalize(raw)
    values: dict[str, Any] = {}
    for name, convert, item_kind, required in _field_plan(kind):
        value = raw.get(name)
        if value is None and item_kind and name in raw:
            value = []
        if value is None:
            if required:
                raise UnexpectedValue(f"{name} is missing")
        elif item_kind:
            values[name], values["odd"] = parse_list(item_kind, value, name)
        else:
            try:
                values[name] = convert(value)
            except UnexpectedValue as error:
                raise UnexpectedValue(f"{name} {error}") from None
    return kind(**values)


def parse_list(kind: type[S], raw: Any, name: str = "list") -> tuple[list[S], list[UnreadableItem]]:
    """Return the readable items of a list, and a note on each unreadable one."""
    if not isinstance(raw, list):
        raise UnexpectedValue(f"{name} is no list")
    lines: list[S] = []
    odd: list[UnreadableItem] = []
    for place, line in enumerate(raw):
        try:
            lines.append(parse_struct(kind, line))
        except UnexpectedValue as error:
            odd.append(UnreadableItem(place=place, key=_key(kind, line), reason=str(error)))
    return lines, odd


def _key(kind: type[ApiStruct], line: Any) -> str:
    value = line.get(kind.KEY) if isinstance(line, dict) else None
    return parse_text(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


@cache
def _field_plan(kind: type[ApiStruct]) -> list[tuple[str, Converter, type[ApiStruct] | None, bool]]:
    """Return the name, converter, struct of list items, and whether it is required, of each field."""
    plan: list[tuple[str, Converter, type[ApiStruct] | None, bool]] = []
    for field in msgspec.structs.fields(kind):
        if field.name == "odd":
            continue
        item_kind = _struct_in_list(field.type)
        convert = CONVERTERS.get(field.type) or _struct_converter(field.type)
        plan.append((field.name, convert, item_kind, field.required))
    return plan


def _struct_in_list(kind: Any) -> type[ApiStruct] | None:
    inner = get_args(kind)[0] if get_origin(kind) is list else None
    return inner if isinstance(inner, type) and issubclass(inner, ApiStruct) else None


def _struct_converter(kind: type[ApiStruct]) -> Converter:
    return lambda value: parse_struct(kind, value)
