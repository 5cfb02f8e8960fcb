"""Check that the content of a file is of the kind that its name says, and harmless.

Runs in a separate process (see `validation`).
"""

from collections.abc import Callable
from typing import IO

from console.child_process.refusal import FileRejected
from documents.files import compound_file, images, ooxml, pdf
from documents.files.binary import check_trailing_archive, file_size

#: Content check of each kind.
FILE_TYPES: dict[str, Callable[[IO[bytes]], None]] = {
    "ppt": compound_file.check_ppt,
    "pptx": ooxml.check_pptx,
    "pdf": pdf.check_pdf,
    "doc": compound_file.check_doc,
    "docx": ooxml.check_docx,
    "jpg": images.check_jpg,
    "png": images.check_png,
}


def check_content(file: IO[bytes], kind: str) -> tuple[()]:
    """Return an empty tuple for a valid file; raise FileRejected for any other."""
    if not file_size(file):
        raise FileRejected("empty")
    if kind not in ("pptx", "docx"):
        check_trailing_archive(file)
    file.seek(0)
    FILE_TYPES[kind](file)
    return ()
