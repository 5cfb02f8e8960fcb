"""What a reader of a part of an Excel file gives, however the part comes in."""

from itertools import pairwise
from typing import Any
from xml.parsers.expat import ExpatError

from console.sheets.shape import Unreadable


def given_by(reader: Any, pieces: list[bytes]) -> list[Any] | str:
    """What was read; the sentence or the kind of error where there is one."""
    found: list[Any] = []
    try:
        for piece in pieces:
            reader.feed(piece)
            found += reader.taken()
        reader.feed(b"", True)
    except Unreadable as refused:
        return str(refused)
    except (ExpatError, ValueError, LookupError) as error:
        return type(error).__name__
    return found + reader.taken()


def in_pieces(content: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({0, len(content), *(cut % (len(content) + 1) for cut in cuts)})
    return [content[begin:end] for begin, end in pairwise(places)]
