"""Parser for untrusted XML: resolves prefixes, character references and encodings.

Document types are rejected, so no entity is expanded and nothing external is loaded.
"""

from collections.abc import Callable, Iterable
from typing import Any
from xml.parsers import expat

from console.child_process.refusal import FileRejected

#: Encodings that expat supports. Office Open XML allows only UTF-8 and UTF-16.
ENCODINGS = {"utf-8", "utf-16", "utf-16le", "utf-16be", "us-ascii", "iso-8859-1"}
ElementHandler = Callable[[str, dict[str, str]], None]


def parse_xml(pieces: Iterable[bytes], element: ElementHandler) -> None:
    """Call `element` with each start tag's local name and its attributes.

    Raise FileRejected for a document type ("macro") or malformed XML ("damaged").
    """
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, attributes: element(local_name(tag), attributes)
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


def local_name(name: str) -> str:
    """Return the name without its prefix."""
    return name.rpartition(":")[2]


def _refuse_document_type(*args: Any) -> None:
    raise FileRejected("macro")


def _check_encoding(version: str, encoding: str | None, standalone: int) -> None:
    if encoding and encoding.lower() not in ENCODINGS:
        raise FileRejected("damaged")
