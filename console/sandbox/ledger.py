"""Write and read the ledger.

Effects stand in the transaction that made them, so a change and its line are on the disk together or not
at all. Requests that changed nothing (reads, refusals) are queued and written before the next change, within
a fifth of a second, or before the ledger is read.
"""

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from console.sandbox import clock
from console.sandbox.store import write_transaction
from console.sandbox.store.models import Enterprise, Entry

SECRETS = frozenset((
    "admin_sig", "record_user_sig", "password", "secret_key", "secret_id", "tic_key", "private_key",
    "user_token", "token", "user_sig",
))  # fmt: skip
_queued: "queue.SimpleQueue[Entry]" = queue.SimpleQueue()
_cause: ContextVar[str] = ContextVar("cause", default="")


@contextmanager
def attribute_effects_to(endpoint: str) -> Iterator[None]:
    """Attribute the effects within to a request (or `clock`, `control/…`)."""
    token = _cause.set(endpoint)
    try:
        yield
    finally:
        _cause.reset(token)


def record_effect(enterprise: Enterprise, thing: str, ref: object, what: str, **summary: Any) -> None:
    """Log an applied change: `class 100012345 created`. Call inside `writing()`."""
    Entry.objects.create(
        at=clock.timestamp(),
        kind="effect",
        endpoint=_cause.get(),
        sdkappid=enterprise.sdkappid,
        object=f"{thing}:{ref}",
        summary={"what": what} | mask_secrets(summary),
    )


def build_entry(kind: str, endpoint: str, **columns: Any) -> Entry:
    """Return an unsaved entry, with the secrets of its bodies removed."""
    if columns.get("body") is not None:
        columns["body"] = mask_secrets(columns["body"])
    return Entry(at=clock.timestamp(), kind=kind, endpoint=endpoint, **columns)


def queue_entry(entry: Entry) -> None:
    """Queue an entry that belongs to no change."""
    _queued.put(entry)


def write_queued_entries() -> None:
    """Write the queue in a transaction of its own: a rolled-back one would lose it."""
    if _queued.empty():
        return
    with write_transaction():
        lines = []
        while not _queued.empty():
            lines.append(_queued.get_nowait())
        Entry.objects.bulk_create(lines)


def mask_secrets(value: Any) -> Any:
    """Return the value with every key, token, signature and password replaced by `***`."""
    if isinstance(value, dict):
        return {k: "***" if k in SECRETS and v else mask_secrets(v) for k, v in value.items()}
    if isinstance(value, list):
        return [mask_secrets(one) for one in value]
    return value


def entries_after(after: int, limit: int = 10_000) -> list[dict[str, Any]]:
    """Lines with a `seq` greater than `after`, oldest first. Waits for whoever is writing the queue."""
    names = ("seq", "at", "kind", "endpoint", "sdkappid", "object", "summary", "body", "error_code", "fault")
    with write_transaction():
        write_queued_entries()
        return list(Entry.objects.filter(seq__gt=after).order_by("seq").values(*names)[:limit])
