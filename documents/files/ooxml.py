"""Office Open XML, pptx and docx: a ZIP of XML parts. Macros, programs and external parts are rejected, and
fields that load from elsewhere."""

import re
import tempfile
from collections.abc import Iterable
from itertools import chain
from typing import IO

from console.child_process.refusal import FileRejected
from documents.files import compound_file, xml_parser
from documents.files.binary import FOREIGN_SIGNATURES
from documents.files.fields import FieldChecker
from documents.files.relationships import (
    ContentTypes,
    check_relationship,
    normalize_part_name,
    parse_content_types,
)
from documents.files.zip_archive import ZipEntry, read_content, read_entries

#: Content type of the main part of each kind.
MAIN_PART_TYPES = {
    "pptx": "presentationml.presentation.main+xml",
    "docx": "wordprocessingml.document.main+xml",
    "xlsx": "spreadsheetml.sheet.main+xml",
}
MAX_XML_BYTES = 100_000_000
#: Limit of content types and relationships, which are short in any real file.
MAX_RELATIONSHIP_BYTES = 13_000_000
#: Limit of a file embedded by a table or chart; an embedded file may embed no other.
MAX_EMBEDDED_BYTES = 32_000_000
SPOOL_BYTES = 4_000_000
TYPES, RELATIONS = "[content_types].xml", "_rels/.rels"
XML_EXTENSIONS = {".xml", ".rels", ".vml", ".svg"}
EMBEDDED_EXTENSIONS = {".xlsx", ".docx", ".pptx"}
OLD_EMBEDDED_EXTENSIONS = {".bin", ".xls", ".doc", ".ppt"}
PROGRAM_PATTERN = re.compile(
    r"vba|activex|macro|\.(exe|dll|com|scr|bat|cmd|ps1|vbs|vbe|jse?|jar|msi|hta|lnk|html?|swf|sh)$"
)
#: Signatures of XML after byte order marks and whitespace, whatever the name of the part.
BLANK, MARKUP = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n", (b"<?xml", b"<!", b"<\0")
#: What the parser rejects, as a pattern for VML drawings, which Office itself writes as malformed XML.
FORBIDDEN_PATTERN = re.compile(rb"<\0?!\0?(?:D\0?O|E\0?N)|<\0?s\0?c\0?r\0?i\0?p\0?t", re.IGNORECASE)
OVERLAP_BYTES = 64


def check_pptx(file: IO[bytes]) -> None:
    check_package(file, "pptx")


def check_docx(file: IO[bytes]) -> None:
    check_package(file, "docx")


def check_package(file: IO[bytes], kind: str, *, within: bool = False) -> None:
    """Raise FileRejected unless the file is a valid package of this kind. `within`: it is embedded."""
    file.seek(0)
    head = file.read(8)
    if head == compound_file.MAGIC:
        compound_file.check_compound_file(file)
        raise FileRejected("other")
    if not head.startswith(b"PK\x03\x04"):
        raise FileRejected("other")
    entries = read_entries(file)
    parts = {normalize_part_name(entry.name): entry for entry in entries}
    if TYPES not in parts or RELATIONS not in parts:
        raise FileRejected("other")
    if len(parts) != len(entries) or any(name.endswith(".piece") for name in parts):
        raise FileRejected("two")
    if any(PROGRAM_PATTERN.search(name) for name in parts):
        raise FileRejected("macro")
    _check_length(parts[TYPES], MAX_RELATIONSHIP_BYTES)
    types = parse_content_types(read_content(file, parts[TYPES]))
    types.check(MAIN_PART_TYPES[kind])
    for name, entry in parts.items():
        if not entry.is_folder:
            _check_part(file, entry, name, types, within)


def _check_part(file: IO[bytes], entry: ZipEntry, name: str, types: ContentTypes, within: bool) -> None:
    extension = f".{name.rpartition('.')[2]}"
    if name.endswith(".rels"):
        _check_length(entry, MAX_RELATIONSHIP_BYTES)
        xml_parser.parse_xml(read_content(file, entry), check_relationship)
    elif extension in XML_EXTENSIONS or types.type_of(name).endswith(("+xml", "/xml")):
        _check_markup(file, entry, name)
    elif extension in EMBEDDED_EXTENSIONS | OLD_EMBEDDED_EXTENSIONS and "/embeddings/" in name:
        _check_embedded(file, entry, extension, within)
    else:
        _check_binary_part(file, entry, name, within)


def _check_length(entry: ZipEntry, limit: int) -> None:
    if entry.size > limit:
        raise FileRejected("packed" if limit == MAX_XML_BYTES else "entries")


def _check_markup(file: IO[bytes], entry: ZipEntry, name: str) -> None:
    _check_length(entry, MAX_XML_BYTES)
    try:
        _check_elements(read_content(file, entry))
    except FileRejected as error:
        if error.code != "damaged" or not name.endswith(".vml"):
            raise
        _check_malformed_vml(file, entry)


def _check_elements(pieces: Iterable[bytes]) -> None:
    fields = FieldChecker()

    def check_element(tag: str, attributes: dict[str, str]) -> xml_parser.TextHandler | None:
        if xml_parser.local_name(tag).lower() == "script":
            raise FileRejected("macro")
        return fields.start_element(tag, attributes)

    xml_parser.parse_xml(pieces, check_element)
    fields.finish()


def _check_malformed_vml(file: IO[bytes], entry: ZipEntry) -> None:
    before = b""
    for piece in read_content(file, entry):
        if FORBIDDEN_PATTERN.search(before + piece):
            raise FileRejected("macro")
        before = piece[-OVERLAP_BYTES:]


def _check_binary_part(file: IO[bytes], entry: ZipEntry, name: str, within: bool) -> None:
    """Check an image, sound or font: no archive, no program. It is unpacked to verify its size and CRC."""
    pieces = read_content(file, entry)
    first = next(pieces, b"")
    if first.startswith(compound_file.MAGIC):
        extension = f".{name.rpartition('.')[2]}"
        if extension not in OLD_EMBEDDED_EXTENSIONS:
            raise FileRejected("nested")
        _check_embedded(file, entry, extension, within)
    elif first.startswith(FOREIGN_SIGNATURES):
        raise FileRejected("nested")
    elif first.lstrip(BLANK).startswith(MARKUP):
        _check_length(entry, MAX_XML_BYTES)
        _check_elements(chain([first], pieces))
    for _rest in pieces:
        pass


def _check_embedded(file: IO[bytes], entry: ZipEntry, extension: str, within: bool) -> None:
    """Check the Office file that a chart or table embeds; it may embed no other."""
    if within or entry.size > MAX_EMBEDDED_BYTES:
        raise FileRejected("nested")
    with tempfile.SpooledTemporaryFile(SPOOL_BYTES) as inner:
        for piece in read_content(file, entry):
            inner.write(piece)
        inner.seek(0)
        if extension in EMBEDDED_EXTENSIONS:
            check_package(inner, extension[1:], within=True)
        elif inner.read(8) == compound_file.MAGIC:
            compound_file.check_compound_file(inner)
        else:
            inner.seek(0)
            if inner.read(8).startswith(FOREIGN_SIGNATURES):
                raise FileRejected("nested")
