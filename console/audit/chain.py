"""The chain: each school's entries in one order, each bound to all before it by SHA-256.

Entries are written unchained, so that acts of a school never wait for each other, and `drain` links them
within a minute. The order is that of linking; a number is never given twice.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from django.db import connection, transaction

from console.audit.models import AuditEntry, Link, Waiting
from console.failpoints import point

LINKED = point("audit.linked", "links are written, the entries still wait; nothing is committed")
VERSION = 1
#: What comes before the first link.
START = ""
NO_SCHOOL = 0
COLUMNS = (
    *("id", "enterprise_id", "actor_id", "actor_label", "action", "object_type", "object_id"),
    *("object_label", "before", "after", "reason", "request_id", "address", "looks"),
)


def digest(entry: AuditEntry, chain: int, number: int, previous: str) -> str:
    """SHA-256, in hex, over the canonical JSON of an entry's columns, its place, and the link before.

    Keys are sorted, no white space, UTF-8, the moment in UTC to the microsecond. People's own values go in
    as they are stored: sealed.
    """
    told: dict[str, Any] = {name: getattr(entry, name) for name in COLUMNS}
    told["at"] = entry.at.astimezone(UTC).isoformat()
    content = {"version": VERSION, "chain": chain, "number": number, "previous": previous, "entry": told}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def chain_of(entry: AuditEntry) -> int:
    """The chain that an entry belongs to."""
    return entry.enterprise_id or NO_SCHOOL


def head(chain: int) -> tuple[int, str]:
    """How long a chain is, and the digest of its last link."""
    last = Link.objects.filter(chain=chain).order_by("-number").first()
    return (last.number, last.digest) if last else (0, START)


def chains() -> list[int]:
    """Every chain that has or will have links."""
    linked = set(Link.objects.order_by().values_list("chain", flat=True).distinct())
    return sorted(linked | set(Waiting.objects.values_list("chain", flat=True).distinct()))


def drain(batch: int = 1000) -> int:
    """Link all that waits; how many entries. Where another process links a chain, it is left to that one."""
    done = 0
    for chain in sorted(set(Waiting.objects.values_list("chain", flat=True).distinct())):
        while linked := link(chain, batch):
            done += linked
    return done


@transaction.atomic
def link(chain: int, batch: int) -> int:
    """Link up to `batch` entries of one chain; 0 where none waits or another process is at it.

    The lock is the transaction's own: it falls with a killed process, and nothing half done stays.
    """
    if not _lock(chain):
        return 0
    ids = list(
        Waiting.objects.filter(chain=chain).order_by("entry_id").values_list("entry_id", flat=True)[:batch]
    )
    entries = AuditEntry.objects.in_bulk(ids)
    links = list(_linked(chain, [entries[one] for one in ids if one in entries]))
    Link.objects.bulk_create(links)
    LINKED.hit()
    Waiting.objects.filter(entry_id__in=[one.entry_id for one in links]).delete()
    return len(links)


def _linked(chain: int, entries: list[AuditEntry]) -> Iterator[Link]:
    length, previous = head(chain)
    for number, entry in enumerate(entries, start=length + 1):
        previous = digest(entry, chain, number, previous)
        yield Link(entry=entry, chain=chain, number=number, digest=previous)


def _lock(chain: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"audit chain {chain}"])
        return bool(cursor.fetchone()[0])
