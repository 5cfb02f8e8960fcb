"""Fields of a document that the API should have, and its natural key: `/document/add` accepts no idempotency
key."""

import hashlib
from collections.abc import Mapping
from typing import Any

from console.mirror.duplicates import copy_difference
from documents.models import Document

#: Field names of `documents.mirror.upsert`. The URL is left out: the API may keep files under its own URL.
NATURAL_KEY_FIELDS = ("owner", "name", "ext", "bytes", "md5")


def desired_document_fields(document: Document) -> dict[str, Any]:
    """Return the desired fields of a document, under the keys of `observed`.

    A document without an owner is public, because the API makes it public in any case. A possible duplicate
    of another document should exist once.
    """
    return {
        "name": document.name,
        "ext": document.ext,
        "bytes": document.bytes,
        "md5": document.md5,
        "owner": document.owner.user_id if document.owner else "",
        "permission": effective_permission(document.permission, bool(document.owner_id)),
        "transcode": document.transcode_wanted,
        **copy_difference(document)[0],
    }


def effective_permission(permission: str, owned: bool) -> str:
    return str(permission) if owned else Document.Permission.PUBLIC.value


def natural_key(enterprise_id: int, fields: Mapping[str, Any]) -> str:
    """Return the lane of indistinguishable adds; operations in one lane run one after the other.

    `fields` come from `desired_document_fields` or `observed_document_fields`.
    """
    parts = "\0".join(str(fields[name]) for name in NATURAL_KEY_FIELDS)
    return f"{enterprise_id}:document.add:{hashlib.sha256(parts.encode()).hexdigest()}"
