"""Names of groups and terms that come by OneRoster, where titles may be equal and names may not."""

import hashlib
from collections.abc import Collection


def unique_name(
    title: str, code: str, sourced_id: str, taken: Collection[str], *, longest: int, shared: bool
) -> str:
    """Return the title, shortened; with the code in brackets if it is `shared` or taken, or with a digest."""
    name = title[:longest].strip()
    if not shared and name not in taken:
        return name
    digest = hashlib.sha256(sourced_id.encode()).hexdigest()[:8]
    for addition in (code or sourced_id, f"{code} {digest}".strip()):
        ending = f" ({addition[:40]})"
        name = title[: longest - len(ending)].strip() + ending
        if name not in taken:
            return name
    return f"{title[: longest - len(digest) - 3].strip()} ({digest})"
