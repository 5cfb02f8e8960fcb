"""Where a test may break the outbox, and which of its defences a test may switch off."""

from console.failpoints import defence, point

ENQUEUED = point("outbox.enqueued", "the operation is inserted, its transaction still open")
CLAIMED = point("outbox.claimed", "the mark is committed, nothing else has happened")
PREPARED = point("outbox.prepared", "the request is built")
SENDING = point("outbox.sending", "the first byte is about to leave")
ANSWERED = point("outbox.answered", "the answer has been read, nothing is recorded")
CLOSING = point("outbox.closing", "the closing transaction is open, nothing is recorded")
RECORDED = point("outbox.recorded", "the answer is recorded, not committed")
CLOSED = point("outbox.closed", "the end is committed")
PROBING = point("outbox.probing", "an operation of unknown outcome is claimed for a look")
PROBED = point("outbox.probed", "the look is answered, nothing is recorded")

FENCE = defence("outbox.fence", "a worker whose lease ended neither sends nor writes any more")
MARK_FIRST = defence("outbox.mark_first", "the mark is committed before the first byte leaves")
PROBE = defence("outbox.probe", "a lost create is looked for before it is sent again")
SETTLE = defence("outbox.settle", "a look waits until the lists of the service may have caught up")
ADOPT_UNHELD = defence("outbox.adopt_unheld", "a look adopts only what no row of ours holds")
READ_BACK = defence(
    "outbox.read_back", "an answer's id is believed once the service shows our thing under it"
)
LANE = defence("outbox.lane", "operations of one lane leave one after the other")
WAITS = defence("outbox.waits", "an operation waits for those that it names")
LEASE_EXPIRY = defence("outbox.lease_expiry", "what a dead worker left half done is looked at")
BREAKER = defence("outbox.breaker", "a service in trouble is left alone for a while")
BUCKET = defence("outbox.bucket", "a school makes at most so many calls a second")
HOLD_ON_KEY = defence("outbox.hold_on_key", "a refused key stops all calls of its school")
ONE_SHOT = defence("outbox.one_shot", "what could do harm twice is never repeated by a machine")
COALESCE = defence("outbox.coalesce", "several waiting changes of one row go out as one")
LAPSE = defence("outbox.lapse", "a start or stop is not sent after the planned end")
JITTER = defence("outbox.jitter", "a crowd that failed together does not come back together")
