"""The new kinds of Office, pptx and docx: a zip of XML (Office Open XML), without macros, programs and what
would be loaded from elsewhere."""

import re
import tempfile
from typing import IO

from documents.files import compound
from documents.files.ends import OTHERS
from documents.files.refusals import refused
from documents.files.zipped import Entry, content, entries

#: The main part of each kind, as [Content_Types].xml names it.
MAIN = {
    "pptx": b"presentationml.presentation.main+xml",
    "docx": b"wordprocessingml.document.main+xml",
    "xlsx": b"spreadsheetml.sheet.main+xml",
}
MOST_XML = 100_000_000
#: Tables and charts carry a file of their own; so deep, and no deeper.
MOST_WITHIN = 32_000_000
KEPT_IN_MEMORY = 4_000_000
TYPES, RELATIONS = "[content_types].xml", "_rels/.rels"
XML = {".xml", ".rels", ".vml", ".svg"}
WITHIN = {".xlsx", ".docx", ".pptx"}
OLD_WITHIN = {".bin", ".xls", ".doc", ".ppt"}
PROGRAMS = re.compile(
    r"vba|activex|macro|\.(exe|dll|com|scr|bat|cmd|ps1|vbs|vbe|jse?|jar|msi|hta|lnk|html?|swf|sh)$"
)
#: Definitions in XML unfold without end, or load from elsewhere; scripts in a drawing run.
FORBIDDEN = re.compile(rb"<!DOCTYPE|<!ENTITY|<script|<\0!\0D\0O|<\0!\0E\0N", re.IGNORECASE)
MACROS = re.compile(rb"macroEnabled|vbaProject", re.IGNORECASE)
RELATION = re.compile(rb"<Relationship\b[^>]*>", re.IGNORECASE)
LOADED = re.compile(rb"/(attachedTemplate|oleObject|frame|subDocument|externalLinkPath|package|control)[\"']")
OVERLAP = 64


def check_pptx(file: IO[bytes]) -> None:
    check(file, "pptx")


def check_docx(file: IO[bytes]) -> None:
    check(file, "docx")


def check(file: IO[bytes], kind: str, *, within: bool = False) -> None:
    """ValidationError where the file is not wholly such a package. `within`: it lies in another one."""
    file.seek(0)
    head = file.read(8)
    if head == compound.MAGIC:
        compound.check(file)
        raise refused("other")
    if not head.startswith(b"PK\x03\x04"):
        raise refused("other")
    found = entries(file)
    names = {entry.name.lower() for entry in found}
    if TYPES not in names or RELATIONS not in names:
        raise refused("other")
    for entry in found:
        if PROGRAMS.search(entry.name.lower()):
            raise refused("macro")
    for entry in found:
        if not entry.is_folder:
            _check_part(file, entry, kind, within)


def _check_part(file: IO[bytes], entry: Entry, kind: str, within: bool) -> None:
    name = entry.name.lower()
    ending = f".{name.rpartition('.')[2]}"
    if ending in XML:
        _check_xml(file, entry, kind)
    elif ending in WITHIN | OLD_WITHIN and "/embeddings/" in name:
        _check_within(file, entry, ending, within)
    else:
        _check_plain(file, entry)


def _check_xml(file: IO[bytes], entry: Entry, kind: str) -> None:
    if entry.size > MOST_XML:
        raise refused("packed")
    name, before, whole = entry.name.lower(), b"", []
    kept = name == TYPES or name.endswith(".rels")
    for piece in content(file, entry):
        if FORBIDDEN.search(before + piece):
            raise refused("macro")
        before = piece[-OVERLAP:]
        if kept:
            whole.append(piece)
            if len(whole) > 200:
                raise refused("entries")
    text = b"".join(whole)
    if name == TYPES:
        if MACROS.search(text):
            raise refused("macro")
        if MAIN[kind] not in text:
            raise refused("other")
    for relation in RELATION.findall(text):
        if b"External" in relation and LOADED.search(relation):
            raise refused("outside")


def _check_plain(file: IO[bytes], entry: Entry) -> None:
    """A picture, a sound, a font: no packed file, no program. It is unpacked to see that it does not lie."""
    for number, piece in enumerate(content(file, entry)):
        if number == 0 and piece.startswith(OTHERS):
            raise refused("nested")


def _check_within(file: IO[bytes], entry: Entry, ending: str, within: bool) -> None:
    """What a chart or a table carries: one file of Office, which carries none in its turn."""
    if within or entry.size > MOST_WITHIN:
        raise refused("nested")
    with tempfile.SpooledTemporaryFile(KEPT_IN_MEMORY) as inner:
        for piece in content(file, entry):
            inner.write(piece)
        inner.seek(0)
        if ending in WITHIN:
            check(inner, ending[1:], within=True)
        elif inner.read(8) == compound.MAGIC:
            compound.check(inner)
        else:
            inner.seek(0)
            if inner.read(8).startswith(OTHERS):
                raise refused("nested")
