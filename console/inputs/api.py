"""REST parsers and fields that accept only values that PostgreSQL can store and Python can handle."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError as FormError
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser

from console.inputs.bounds import MAX_ID, NUL, NUL_MESSAGE, exceeds_nesting, validate_date_range

#: Maximum nesting of lists and objects; the deepest input of REST has three levels.
MAX_NESTING = 16
SURROGATE_MESSAGE = _(
    "The text contains an incomplete character (a lone surrogate). Remove it and try again."
)
NUMBER_MESSAGE = _("The text contains a number that is too large. Use at most 18 digits.")


class PlainJSONParser(JSONParser):
    """A JSON parser that rejects deep nesting, null characters, infinities and over-long numbers."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise _nesting_error() from None
        if exceeds_nesting(data, MAX_NESTING):
            raise _nesting_error()
        for value in _leaves(data):
            if message := _value_error(value):
                raise ParseError(str(message))
        return data


class PlainFormParser(FormParser):
    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        data = super().parse(stream, media_type, parser_context)
        _reject_null_characters(data)
        return data


class PlainMultiPartParser(MultiPartParser):
    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        data = super().parse(stream, media_type, parser_context)
        _reject_null_characters(data.data)
        return data


class ApiDateTimeField(serializers.DateTimeField):
    """An ISO 8601 datetime within bounds."""

    def enforce_timezone(self, value: datetime) -> datetime:
        validate_range(value)
        moment: datetime = super().enforce_timezone(value)
        return moment


class ApiDateField(serializers.DateField):
    """An ISO 8601 date within bounds."""

    def to_internal_value(self, value: Any) -> date:
        day: date = super().to_internal_value(value)
        validate_range(day)
        return day


class ApiIdField(serializers.IntegerField):
    """A primary key."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": MAX_ID, **more})


def validate_range(moment: date) -> None:
    """Raise DRF's ValidationError for a date or datetime out of bounds."""
    try:
        validate_date_range(moment)
    except FormError as error:
        raise serializers.ValidationError(error.messages, "far") from None


def _leaves(value: Any) -> Iterable[Any]:
    """Yield every scalar value and every key. The depth has been checked before."""
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if not isinstance(value, list):
        yield value
        return
    for inner in value:
        yield from _leaves(inner)


def _value_error(value: Any) -> str | Promise:
    """Return why a value is invalid; empty if it is valid."""
    if isinstance(value, str):
        if NUL in value:
            return NUL_MESSAGE
        return SURROGATE_MESSAGE if _has_surrogate(value) else ""
    if isinstance(value, int | float):
        return "" if -MAX_ID <= value <= MAX_ID else NUMBER_MESSAGE  # also rejects NaN
    return ""


def _has_surrogate(text: str) -> bool:
    """Return whether a text cannot be encoded as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _nesting_error() -> ParseError:
    text = gettext("The JSON is nested too deeply. Use at most %(levels)s levels.")
    return ParseError(text % {"levels": MAX_NESTING})


def _reject_null_characters(fields: Any) -> None:
    for name, values in fields.lists():
        if any(NUL in text for text in (name, *values)):
            raise ParseError(NUL_MESSAGE)
