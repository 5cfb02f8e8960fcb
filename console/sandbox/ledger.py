"""Writing and reading the ledger.

Effects stand in the transaction that made them, so a change and its line are on the disk together or not
at all. Requests that changed nothing (reads, refusals) are queued and written with the next transaction,
within a fifth of a second, or before the ledger is read.
"""

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from . import clock
from .store.models import Enterprise, Entry
from .store.write import writing

SECRETS = frozenset((
    "admin_sig", "record_user_sig", "password", "secret_key", "secret_id", "tic_key", "private_key",
    "user_token", "token", "user_sig",
))  # fmt: skip
_waiting: "queue.SimpleQueue[Entry]" = queue.SimpleQueue()
_cause: ContextVar[str] = ContextVar("cause", default="")


@contextmanager
def caused_by(endpoint: str) -> Iterator[None]:
    """Name the request (or `clock`, `control/…`) that the effects within belong to."""
    token = _cause.set(endpoint)
    try:
        yield
    finally:
        _cause.reset(token)


def effect(enterprise: Enterprise, thing: str, ref: object, what: str, **summary: Any) -> None:
    """Note a change that was applied: `class 100012345 created`. Call inside `writing()`."""
    Entry.objects.create(
        at=clock.precise(),
        kind="effect",
        endpoint=_cause.get(),
        sdkappid=enterprise.sdkappid,
        object=f"{thing}:{ref}",
        summary={"what": what} | without_secrets(summary),
    )


def line(kind: str, endpoint: str, **columns: Any) -> Entry:
    """A line not yet written; bodies lose their secrets here."""
    if columns.get("body") is not None:
        columns["body"] = without_secrets(columns["body"])
    return Entry(at=clock.precise(), kind=kind, endpoint=endpoint, **columns)


def later(entry: Entry) -> None:
    """Queue a line that goes with no change."""
    _waiting.put(entry)


def drain() -> None:
    """Write what is queued. Inside `writing()` it becomes part of that transaction."""
    if _waiting.empty():
        return
    with writing():
        lines = []
        while not _waiting.empty():
            lines.append(_waiting.get_nowait())
        Entry.objects.bulk_create(lines)


def without_secrets(value: Any) -> Any:
    """The same value with `***` in the place of every key, token, signature and password."""
    if isinstance(value, dict):
        return {k: "***" if k in SECRETS and v else without_secrets(v) for k, v in value.items()}
    if isinstance(value, list):
        return [without_secrets(one) for one in value]
    return value


def entries(after: int, limit: int = 10_000) -> list[dict[str, Any]]:
    """Lines with a `seq` greater than `after`, oldest first."""
    drain()
    names = ("seq", "at", "kind", "endpoint", "sdkappid", "object", "summary", "body", "error_code", "fault")
    return list(Entry.objects.filter(seq__gt=after).order_by("seq").values(*names)[:limit])
