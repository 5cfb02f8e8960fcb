"""File names as users send them. They are only displayed and sent to the API; names in storage are random."""

import re
import unicodedata
from html import unescape

from documents.files.content_checks import FILE_TYPES
from documents.files.error_messages import validation_error

MAX_NAME_LENGTH = 200
#: Control, format, surrogate, private-use and unassigned characters, and line separators.
INVISIBLE_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
#: Joins emoji, as in a family.
ZERO_WIDTH_JOINER = "\u200d"
PATH_PATTERN = re.compile(r"[/\\]|^[a-z]:|%(2f|5c|00)|^\.+$", re.IGNORECASE)
#: Extensions of executables and archives that a second extension would hide.
EXECUTABLE_PATTERN = re.compile(
    r"\.(exe|com|scr|bat|cmd|ps1|vbs|js|jar|msi|hta|lnk|html?|svg|php|sh|app|dll|zip|rar|7z)\s*$",
    re.IGNORECASE,
)


def split_filename(filename: str) -> tuple[str, str]:
    """Return the name without its extension, and the kind (a key of FILE_TYPES); raise ValidationError."""
    name = unescape(filename)
    if PATH_PATTERN.search(name):
        raise validation_error("folder")
    if any(unicodedata.category(char) in INVISIBLE_CATEGORIES and char != ZERO_WIDTH_JOINER for char in name):
        raise validation_error("name")
    stem, dot, extension = name.rpartition(".")
    kind = {"jpeg": "jpg"}.get(extension.lower(), extension.lower())
    if not dot or kind not in FILE_TYPES:
        raise validation_error("kind")
    stem = stem.strip()
    if not stem.strip(". "):
        raise validation_error("name")
    if len(stem) > MAX_NAME_LENGTH:
        raise validation_error("long")
    if EXECUTABLE_PATTERN.search(stem):
        raise validation_error("name")
    return stem, kind
