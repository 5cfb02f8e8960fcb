"""Checks of a workbook before it is read: its format, a password, and what its archive unpacks to."""

import zlib
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from console.child_process.refusal import FileRejected
from console.sheets.types import TableLimits

ZIP, COMPOUND_FILE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
COMPRESSIONS = (ZIP_STORED, ZIP_DEFLATED)
ARCHIVE_ERRORS = (BadZipFile, zlib.error, EOFError, LookupError, ValueError, RuntimeError)
MANIFEST, MAX_MANIFEST_BYTES = "META-INF/manifest.xml", 1_000_000
#: The stream of a compound file that holds an encrypted .xlsx.
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
#: The first record of an .xls (its type, 16 bytes and its version), and those that an encrypted one has next.
XLS_START, XLS_START_BYTES = b"\x09\x08\x10\x00\x00\x06", 20
XLS_WRITE_PROTECTION, XLS_ENCRYPTION = b"\x86\x00\x00\x00", b"\x2f\x00"


def workbook_kind(file: IO[bytes], limits: TableLimits) -> str | None:
    """Return `xlsx`, `xls` or `ods` by the content of the file, or None for any other file.

    Raises FileRejected for an archive that is damaged, locked, in another format or beyond the limits.
    """
    file.seek(0)
    head = file.read(len(ZIP))
    if head == COMPOUND_FILE:
        return "xls"
    return _archive_kind(file, limits) if head == ZIP else None


def _archive_kind(file: IO[bytes], limits: TableLimits) -> str:
    try:
        with ZipFile(file) as archive:
            _check_archive(archive, limits)
            names = archive.namelist()
            if "xl/workbook.xml" in names:
                return "xlsx"
            if _is_encrypted_document(archive):
                raise FileRejected("locked")
            if "content.xml" not in names:
                raise FileRejected("kind")
            return "ods"
    except ARCHIVE_ERRORS as error:
        raise error if isinstance(error, FileRejected) else FileRejected("xlsx") from None


def _check_archive(archive: ZipFile, limits: TableLimits) -> None:
    entries = archive.infolist()
    if len(entries) > limits.entries or sum(entry.file_size for entry in entries) > limits.unpacked:
        raise FileRejected("size")
    if any(entry.flag_bits & 1 for entry in entries):
        raise FileRejected("locked")
    if any(entry.compress_type not in COMPRESSIONS for entry in entries):  # others may use any memory
        raise FileRejected("xlsx")


def _is_encrypted_document(archive: ZipFile) -> bool:
    """Return whether the manifest of an OpenDocument file names encrypted parts."""
    if MANIFEST not in archive.namelist():
        return False
    with archive.open(MANIFEST) as part:
        return b"encryption-data" in part.read(MAX_MANIFEST_BYTES)


def is_encrypted_compound_file(content: bytes) -> bool:
    """Return whether a compound file is an .xls or .xlsx that is locked by a password."""
    if ENCRYPTED_STREAM in content:
        return True
    start = content.find(XLS_START)
    records = content[start + XLS_START_BYTES :][:8] if start >= 0 else b""
    return records.removeprefix(XLS_WRITE_PROTECTION).startswith(XLS_ENCRYPTION)
