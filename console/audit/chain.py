"""The hash chain: each school's entries in one order, each bound to all earlier ones by SHA-256.

Entries are written without a link, so that actions of a school never wait for each other.
`link_waiting_entries` links them within a minute. The order is that of linking; numbers are never reused.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from django.db import connection, transaction

from console.audit.models import AuditEntry, ChainLink, UnlinkedEntry
from console.failpoints import point

LINKED = point("audit.linked", "links are written, the entries still wait; nothing is committed")
VERSION = 1
#: The digest before the first link.
GENESIS_DIGEST = ""
NO_SCHOOL = 0
DIGESTED_COLUMNS = (
    *("id", "enterprise_id", "actor_id", "actor_label", "action", "object_type", "object_id"),
    *("object_label", "before", "after", "reason", "request_id", "address", "looks"),
)


def digest(entry: AuditEntry, chain: int, number: int, previous: str) -> str:
    """Return the SHA-256, in hex, of the canonical JSON of an entry, its position and the previous digest.

    Keys are sorted, without white space, in UTF-8, with the time in UTC to the microsecond. Personal values
    are digested as stored: encrypted.
    """
    values: dict[str, Any] = {name: getattr(entry, name) for name in DIGESTED_COLUMNS}
    values["at"] = entry.at.astimezone(UTC).isoformat()
    content = {"version": VERSION, "chain": chain, "number": number, "previous": previous, "entry": values}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def chain_of(entry: AuditEntry) -> int:
    """Return the chain that an entry belongs to."""
    return entry.enterprise_id or NO_SCHOOL


def head(chain: int) -> tuple[int, str]:
    """Return the length of a chain and the digest of its last link."""
    last = ChainLink.objects.filter(chain=chain).order_by("-number").first()
    return (last.number, last.digest) if last else (0, GENESIS_DIGEST)


def chain_ids() -> list[int]:
    """Return every chain that has links or waiting entries."""
    linked = set(ChainLink.objects.order_by().values_list("chain", flat=True).distinct())
    return sorted(linked | set(UnlinkedEntry.objects.values_list("chain", flat=True).distinct()))


def link_waiting_entries(batch: int = 1000) -> int:
    """Link all waiting entries; return how many. Skip chains that another process is linking."""
    done = 0
    for chain in sorted(set(UnlinkedEntry.objects.values_list("chain", flat=True).distinct())):
        while linked := link_batch(chain, batch):
            done += linked
    return done


@transaction.atomic
def link_batch(chain: int, batch: int) -> int:
    """Link up to `batch` entries of one chain. Return 0 if none waits or another process has the lock.

    The advisory lock belongs to the transaction: if the process is killed, the lock and all writes are gone.
    """
    if not _try_lock_chain(chain):
        return 0
    ids = list(
        UnlinkedEntry.objects.filter(chain=chain)
        .order_by("entry_id")
        .values_list("entry_id", flat=True)[:batch]
    )
    entries = AuditEntry.objects.in_bulk(ids)
    links = list(_build_links(chain, [entries[pk] for pk in ids if pk in entries]))
    ChainLink.objects.bulk_create(links)
    LINKED.hit()
    UnlinkedEntry.objects.filter(entry_id__in=[link.entry_id for link in links]).delete()
    return len(links)


def _build_links(chain: int, entries: list[AuditEntry]) -> Iterator[ChainLink]:
    length, previous = head(chain)
    for number, entry in enumerate(entries, start=length + 1):
        previous = digest(entry, chain, number, previous)
        yield ChainLink(entry=entry, chain=chain, number=number, digest=previous)


def _try_lock_chain(chain: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"audit chain {chain}"])
        return bool(cursor.fetchone()[0])
