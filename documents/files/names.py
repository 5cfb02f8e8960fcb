"""Names of files as people send them. Ours on the disk are made by us; these are only shown and sent on."""

import re
import unicodedata
from html import unescape

from documents.files.content import KINDS
from documents.files.refusals import refused

LONGEST = 200
#: Controls, signs that turn the direction of writing or cannot be seen, halves of signs, private ones.
HIDING = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
#: Joins parts of one drawing, as in a family.
JOINER = "\u200d"
PATH = re.compile(r"[/\\]|^[a-z]:|%(2f|5c|00)|^\.+$", re.IGNORECASE)
#: Endings that a second one would only hide.
RUNS = re.compile(
    r"\.(exe|com|scr|bat|cmd|ps1|vbs|js|jar|msi|hta|lnk|html?|svg|php|sh|app|dll|zip|rar|7z)\s*$",
    re.IGNORECASE,
)


def split_name(told: str) -> tuple[str, str]:
    """The name without its ending, and the kind (a key of KINDS). ValidationError says what is wrong."""
    name = unescape(told)
    if PATH.search(name):
        raise refused("folder")
    if any(unicodedata.category(sign) in HIDING and sign != JOINER for sign in name):
        raise refused("name")
    stem, dot, ending = name.rpartition(".")
    kind = {"jpeg": "jpg"}.get(ending.lower(), ending.lower())
    if not dot or kind not in KINDS:
        raise refused("kind")
    stem = stem.strip()
    if not stem.strip(". "):
        raise refused("name")
    if len(stem) > LONGEST:
        raise refused("long")
    if RUNS.search(stem):
        raise refused("name")
    return stem, kind
