"""Where a test may break the inbox, and what keeps an acknowledged event from being lost or done twice."""

from console.failpoints import defence, point

VERIFIED = point("inbox.verified", "the signature is good, nothing is stored")
STORED = point("inbox.stored", "the row is committed, the sender has no answer yet")
SPOOLED = point("inbox.spooled", "the event is on the disk, the sender has no answer yet")
HANDLING = point("inbox.handling", "the row is locked, its handler has not run")
HANDLED = point("inbox.handled", "the handler has run, nothing is committed")
UNSPOOLING = point("inbox.unspooling", "a file of the spool is taken, nothing of it is stored")
UNSPOOLED = point("inbox.unspooled", "what a file of the spool holds is committed, the file still stands")

FINGERPRINT = defence("inbox.fingerprint", "a repeat adds no row and is not handled as another event")
REARM = defence("inbox.rearm", "a repeat asks for another look")
PARK = defence("inbox.park", "an event that came before its lesson waits for it")
RELEASE = defence("inbox.release", "a lesson that becomes known wakes what waits for it")
TOMBSTONE = defence("inbox.tombstone", "an event of a deleted lesson is closed in place of waiting for ever")
QUARANTINE = defence("inbox.quarantine", "an event that cannot be handled stops no other")
FOLD = defence("inbox.fold", "what events say of a recording does not depend on their order")
SPOOL = defence("inbox.spool", "while the database is away events are kept on the disk")
OWN_KEY = defence("inbox.own_key", "an event is taken from the school alone whose address it came to")
ACK_AFTER_STORE = defence("inbox.ack_after_store", "only what is kept is acknowledged")
KEEP_FILE = defence("inbox.keep_file", "a file of the spool stands until what it holds is committed")
