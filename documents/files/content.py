"""A file by its content: is it wholly the kind that its name says, and harmless?"""

from collections.abc import Callable
from typing import IO

from documents.files import compound, packed, pdf, pictures
from documents.files.ends import check_tail, size_of
from documents.files.refusals import refused

#: How the content of each kind is judged.
KINDS: dict[str, Callable[[IO[bytes]], None]] = {
    "ppt": compound.check_ppt,
    "pptx": packed.check_pptx,
    "pdf": pdf.check,
    "doc": compound.check_doc,
    "docx": packed.check_docx,
    "jpg": pictures.check_jpg,
    "png": pictures.check_png,
}


def examine(file: IO[bytes], kind: str) -> None:
    """ValidationError where the file may not come in. Afterwards it is at its beginning."""
    if not size_of(file):
        raise refused("empty")
    if kind not in ("pptx", "docx"):
        check_tail(file)
    file.seek(0)
    KINDS[kind](file)
    file.seek(0)
