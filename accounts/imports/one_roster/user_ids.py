"""User IDs of people who come by OneRoster.

The console's user ID has 1 to 32 letters, digits, dots, hyphens or underscores and never changes. An ID that
fits is used as it is. Another one is shortened: its first 19 characters that fit, a hyphen, and the first 12
hexadecimal digits of the SHA-256 of the sourcedId. The result depends on nothing else, so that every import
of the same person gives the same.
"""

import hashlib
import re

from django.core.exceptions import ValidationError

from accounts.models.user import user_id_validator

#: Columns of users.csv from which the user ID may be taken.
SOURCES = ("username", "identifier", "sourced_id")
HEAD_LENGTH, DIGEST_LENGTH = 19, 12
_UNFIT = re.compile(r"[^A-Za-z0-9_.\-]+")


def make_user_id(wanted: str, sourced_id: str) -> str:
    """Return the user ID for what the school's system calls a person; of nobody's name, for the sourcedId."""
    wanted = wanted or sourced_id
    if fits(wanted):
        return wanted
    digest = hashlib.sha256(sourced_id.encode()).hexdigest()[:DIGEST_LENGTH]
    head = _UNFIT.sub("", wanted)[:HEAD_LENGTH].strip(".-_")
    return f"{head}-{digest}" if head else digest


def fits(user_id: str) -> bool:
    """Return whether the console can use a user ID as it is."""
    try:
        user_id_validator(user_id)
    except ValidationError:
        return False
    return True
