"""Defences of the inbox."""

from tests.faults.mutants.types import Change, Mutant

MUTANTS = (
    Mutant(
        "inbox.ack_after_store",
        "only stored events are acknowledged",
        (
            Change(
                "console.inbox.ingestion:store_or_spool",
                "        raise EventNotStored from error\n",
                "        return False\n",
            ),
        ),
    ),
    Mutant(
        "inbox.fingerprint",
        "a repeat adds no row and is not handled as another event",
        (
            Change(
                "console.inbox.events:parse_event",
                "        fingerprint=hashlib.sha256(_identity_bytes(body, whole)).hexdigest(),",
                '        fingerprint=__import__("uuid").uuid4().hex,',
            ),
        ),
    ),
    Mutant(
        "inbox.fold",
        "the effect of events on a recording does not depend on their order",
        (
            Change(
                "classes.inbound.handlers:_stop_bodies",
                "    callbacks =",
                ("    return [_body_data(callback)]\n    callbacks ="),
            ),
        ),
    ),
    Mutant(
        "inbox.keep_file",
        "a spool file is kept until its events are committed",
        (
            Change(
                "console.inbox.spool_recovery:_store_file",
                "    UNSPOOLING.hit()",
                ("    claimed_file.remove()\n    UNSPOOLING.hit()"),
            ),
        ),
    ),
    Mutant(
        "inbox.own_key",
        "an event is accepted only from the school of its address",
        (
            Change(
                "console.inbox.receiver:HasServiceSignature.has_permission",
                "        try:",
                ("        return True\n        try:"),
            ),
        ),
    ),
    Mutant(
        "inbox.park",
        "an event that came before its lesson waits for it",
        (
            Change(
                "console.inbox.processing:_state_and_reason",
                "return State.PARKED, str(outcome)",
                "return State.DONE, str(outcome)",
            ),
        ),
    ),
    Mutant(
        "inbox.quarantine",
        "an event that cannot be handled stops no other",
        (Change("console.inbox.processing:_run_handler", "if _is_transient(error):", "if True:"),),
    ),
    Mutant(
        "inbox.rearm",
        "a repeat schedules processing again",
        (Change("console.inbox.ingestion:_insert_callback", "_STORE + _REARM", "_STORE"),),
    ),
    Mutant(
        "inbox.release",
        "a lesson that becomes known releases the events that wait for it",
        (Change("console.inbox.processing:release_parked", "    events =", ("    return 0\n    events =")),),
    ),
    Mutant(
        "inbox.spool",
        "while the database is unavailable, events are kept on disk",
        (
            Change(
                "console.inbox.ingestion:store_or_spool",
                "        spool.append",
                ('        raise spool.SpoolError("switched off")\n        spool.append'),
            ),
        ),
    ),
    Mutant(
        "inbox.tombstone",
        "an event of a deleted lesson is closed instead of waiting forever",
        (
            Change(
                "classes.inbound.handlers:_require_lesson",
                "if lesson is None:",
                "if lesson is None or _closing_reason(lesson) is not None:",
            ),
        ),
    ),
)
