"""From the spool into the table, once the database is back."""

import logging

from console.inbox import spool
from console.inbox.points import KEEP_FILE, UNSPOOLED, UNSPOOLING
from console.inbox.receive import AWAY, NoSuchSchool, store

log = logging.getLogger(__name__)


def drain(most_files: int | None = None) -> int:
    """Store what the spool holds; returns how many events. While the database is away all stays where it is.

    A file goes when all that it held is committed. Whoever is killed in between leaves it, and its events are
    stored again: the fingerprint makes that one row, with a delivery too many.
    """
    stored = 0
    try:
        for done, taken in enumerate(spool.take(), start=1):
            stored += _drain_file(taken)
            if done == most_files:
                return stored
        spool.recount()
    except AWAY as error:
        log.warning("the database is still away, so the spool waits: %s", type(error).__name__)
    except OSError:
        log.exception("the spool cannot be read; its files stay where they are")
    return stored


def _drain_file(taken: spool.Taken) -> int:
    lines = list(taken.lines())
    if not KEEP_FILE.up:
        taken.remove()
    UNSPOOLING.hit()
    stored, bad = 0, dict[str, list[bytes]]()
    for line in lines:
        if reason := _store_line(line):
            bad.setdefault(reason, []).append(line)
        else:
            stored += 1
    for reason, lines in bad.items():
        log.error("%s lines of the spool were set aside: %s", len(lines), reason)
        taken.set_aside(reason, lines)
    UNSPOOLED.hit()
    taken.remove()
    return stored


def _store_line(line: bytes) -> str:
    """Why a line cannot be stored; empty where it was."""
    try:
        event = spool.read(line)
        store(event.enterprise_id, event.raw, event.received_at)
    except spool.BadLine as bad:
        return bad.reason
    except NoSuchSchool:
        return "no_school"
    return ""
