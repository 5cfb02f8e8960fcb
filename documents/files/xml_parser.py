"""Parser for untrusted XML: resolves prefixes, character references and encodings.

Document types are rejected, so no entity is expanded and nothing external is loaded.
"""

from collections.abc import Callable, Iterable
from typing import Any
from xml.parsers import expat

from console.child_process.refusal import FileRejected

#: Encodings that expat supports. Office Open XML allows only UTF-8 and UTF-16.
ENCODINGS = {"utf-8", "utf-16", "utf-16le", "utf-16be", "us-ascii", "iso-8859-1"}
TextHandler = Callable[[str], None]
ElementHandler = Callable[[str, dict[str, str]], TextHandler | None]


def parse_xml(pieces: Iterable[bytes], element: ElementHandler) -> None:
    """Call `element` with the name and the attributes of each start tag.

    Where it returns a function, that gets the text of the element, its descendants included. Raise
    FileRejected for a document type ("macro") or malformed XML ("damaged").
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    reader = _TextReader(parser, element)
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.XmlDeclHandler = _check_encoding
    pending, fed = bytearray(), 0
    try:
        for piece in pieces:
            pending += piece
            # expat rescans an incomplete tag with each piece. Feeding it at least as much as it holds back
            # keeps the time linear in the size of the part.
            if len(pending) >= fed - parser.CurrentByteIndex:
                parser.Parse(bytes(pending))
                fed += len(pending)
                pending.clear()
        parser.Parse(bytes(pending), True)
    except expat.ExpatError:
        raise FileRejected("damaged") from None
    finally:
        reader.release()


class _TextReader:
    """Hands over start tags, and text only while somebody takes it: most of a document is of no interest."""

    def __init__(self, parser: Any, element: ElementHandler) -> None:
        self._parser, self._element, self._depth = parser, element, 0
        parser.StartElementHandler = self._start

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        take_text = self._element(tag, attributes)
        if self._depth:
            self._depth += 1
        elif take_text is not None:
            self._depth = 1
            self._parser.CharacterDataHandler, self._parser.EndElementHandler = take_text, self._end

    def _end(self, tag: str) -> None:
        self._depth -= 1
        if not self._depth:
            self._parser.CharacterDataHandler = self._parser.EndElementHandler = None

    def release(self) -> None:
        """Let go of the parser, which would keep its memory until the garbage collector finds the cycle."""
        self._parser.StartElementHandler = None
        self._parser.CharacterDataHandler = self._parser.EndElementHandler = None


def local_name(name: str) -> str:
    """Return the name without its prefix."""
    return name.rpartition(":")[2]


def _refuse_document_type(*args: Any) -> None:
    raise FileRejected("macro")


def _check_encoding(version: str, encoding: str | None, standalone: int) -> None:
    if encoding and encoding.lower() not in ENCODINGS:
        raise FileRejected("damaged")
