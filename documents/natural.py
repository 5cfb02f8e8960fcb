"""What tells two documents apart that we both asked for: `/document/add` has no key of ours."""

import hashlib
from collections.abc import Mapping
from typing import Any

#: In the words of `documents.mirror`. The address is left out: a service may keep files under its own.
PARTS = ("owner", "name", "ext", "bytes", "md5")


def natural_key(enterprise_id: int, words: Mapping[str, Any]) -> str:
    """The lane of adds that nothing but their order tells apart: they go one after the other.

    `words` as `wanted_document` or `observed_document` gives them.
    """
    parts = "\0".join(str(words[name]) for name in PARTS)
    return f"{enterprise_id}:document.add:{hashlib.sha256(parts.encode()).hexdigest()}"
