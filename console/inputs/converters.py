"""Path converters that match only values by which a row can be found.

path("lessons/<id:pk>/", …)          the ID of a row
path("calendar/<token:token>.ics")   letters, digits and punctuation of our tokens
path("shared/<…>/<text:name>")       any text without a slash
path("refused.<sheet:suffix>")       the extension of a table file
"""

from django.urls import register_converter

from console.inputs.bounds import MAX_ID_DIGITS, parse_id


class IdConverter:
    """A primary key."""

    regex = f"[0-9]{{1,{MAX_ID_DIGITS}}}"

    def to_python(self, value: str) -> int:
        number = parse_id(value)
        if number is None:
            raise ValueError(value)
        return number

    def to_url(self, value: object) -> str:
        return str(value)


class TokenConverter:
    """A token in a path, signed or random, optionally with a file extension."""

    regex = r"[A-Za-z0-9_.:=~-]{1,500}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: object) -> str:
        return str(value)


class TextConverter(TokenConverter):
    """A name or a user ID."""

    regex = r"[^/\x00]{1,500}"


class SheetConverter(TokenConverter):
    """The extension of a table file."""

    regex = "xlsx|csv"


def register() -> None:
    """Register the converters for `path`."""
    register_converter(IdConverter, "id")
    register_converter(TokenConverter, "token")
    register_converter(TextConverter, "text")
    register_converter(SheetConverter, "sheet")
