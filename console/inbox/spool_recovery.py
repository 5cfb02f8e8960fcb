"""Store spooled events in the database once it is available again."""

import logging

from console.failpoints import point
from console.inbox import spool
from console.inbox.ingestion import DATABASE_UNAVAILABLE, UnknownSchool, store_event

UNSPOOLING = point("inbox.unspooling", "a spool file is claimed, none of its events is stored")
UNSPOOLED = point("inbox.unspooled", "the events of a spool file are committed, the file still exists")

log = logging.getLogger(__name__)


def store_spooled_events(max_files: int | None = None) -> int:
    """Store the spool's events in the database; return how many. If it is unavailable, files stay in place.

    A file is removed once all its events are committed. If the process is killed before, its events are
    stored again: the fingerprint keeps them one row each, with one delivery too many.
    """
    stored = 0
    try:
        for done, claimed_file in enumerate(spool.claim_files(), start=1):
            stored += _store_file(claimed_file)
            if done == max_files:
                return stored
        spool.refresh_pending()
    except DATABASE_UNAVAILABLE as error:
        log.warning("the database is still away, so the spool waits: %s", type(error).__name__)
    except OSError:
        log.exception("the spool cannot be read; its files stay where they are")
    return stored


def _store_file(claimed_file: spool.ClaimedFile) -> int:
    lines = list(claimed_file.lines())
    UNSPOOLING.hit()
    stored, bad = 0, dict[str, list[bytes]]()
    for line in lines:
        if reason := _store_line(line):
            bad.setdefault(reason, []).append(line)
        else:
            stored += 1
    for reason, lines in bad.items():
        log.error("%s lines of the spool were set aside: %s", len(lines), reason)
        claimed_file.quarantine(reason, lines)
    UNSPOOLED.hit()
    claimed_file.remove()
    return stored


def _store_line(line: bytes) -> str:
    """Store one line. Return the reason if it cannot be stored, else an empty string."""
    try:
        event = spool.read_line(line)
        store_event(event.enterprise_id, event.raw, event.received_at)
    except spool.UnreadableLine as error:
        return error.reason
    except UnknownSchool:
        return "no_school"
    return ""
