"""Defences of the outbox."""

from tests.faults.mutants.types import Change, Mutant

MUTANTS = (
    Mutant(
        "outbox.adopt_unheld",
        "a probe adopts only a remote object that no local row has",
        (
            Change(
                "documents.outbound:_unclaimed",
                'taken = set(held.values_list("remote_id", flat=True))',
                "taken = set()",
            ),
            Change(
                "classes.outbound.create:_probe",
                "sorted(alike - _known_class_ids(operation, alike))",
                "sorted(alike)",
            ),
        ),
    ),
    Mutant(
        "outbox.breaker",
        "calls pause while the service has problems",
        (
            Change(
                "console.outbox.claims:_CLAIM", "CASE WHEN g.open_until IS NULL THEN", "CASE WHEN true THEN"
            ),
            Change(
                "console.outbox.claims:_CONFIRM",
                "(cardinality(g.held_for) > 0 OR g.open_until > clock_timestamp()) IS TRUE",
                "(cardinality(g.held_for) > 0) IS TRUE",
            ),
            Change(
                "console.outbox.gates:report_outcomes",
                "        if failures:\n",
                "        if failures and False:\n",
            ),
        ),
    ),
    Mutant(
        "outbox.bucket",
        "the calls of a school are rate limited",
        (
            Change("console.outbox.claims:_CLAIM", "floor(", "%(limit)s + 0 * floor("),
            Change("console.outbox.gates:report_outcomes", "if made != paid:", "if False:"),
            Change("console.outbox.gates:seconds_until_next_call", "    with", ("    return None\n    with")),
        ),
    ),
    Mutant(
        "outbox.coalesce",
        "several waiting changes of one row are sent as one",
        (
            Change(
                "console.outbox.bulk_services:_enqueue_batch",
                " == RepeatRule.SET_STATE:",
                " == RepeatRule.SET_STATE and False:",
            ),
            Change(
                "console.outbox.services:enqueue",
                " == RepeatRule.SET_STATE:",
                " == RepeatRule.SET_STATE and False:",
            ),
        ),
    ),
    Mutant(
        "outbox.deadline",
        "a call ends at its deadline, however slowly it drips",
        (
            Change(
                "console.iclass.deadline:_Call.left",
                "        if remaining <= 0:",
                ("        return self.timeout\n        if remaining <= 0:"),
            ),
        ),
    ),
    Mutant(
        "outbox.fence",
        "a worker whose lease ended neither sends nor writes",
        (
            Change(
                "console.outbox.claims:confirm_claims",
                "    is_gate_closed = ",
                "    return list(operations)\n    is_gate_closed = ",
            ),
            Change("console.outbox.send_attempt:open_client", "until=attempt.until)", "until=None)"),
            Change(
                "console.outbox.queues:compare_and_set",
                '{"state": stored.state, "fence": stored.fence}',
                "{}",
            ),
        ),
    ),
    Mutant(
        "outbox.hold_on_key",
        "a refused key stops all calls of its school",
        (
            Change("console.outbox.recording:close_send", "if state == OperationState.HELD:", "if False:"),
            Change("console.outbox.probes:_still_unknown", "attempt.is_within_margin():", "False:"),
        ),
    ),
    Mutant(
        "outbox.jitter",
        "operations that failed together do not retry together",
        (Change("console.outbox.transitions:backoff", "random.uniform(0, ceiling)", "ceiling"),),
    ),
    Mutant(
        "outbox.lane",
        "operations of one lane are sent in order",
        (Change("console.outbox.claims:_CLAIM", "WHERE e.lane = o.lane", "WHERE false AND e.lane = o.lane"),),
    ),
    Mutant(
        "outbox.lapse",
        "a start or stop is not sent after the planned end",
        (
            Change(
                "classes.outbound.operations:_build_start",
                "if lesson.cancelled_at or lesson.ends_at < timezone.now():",
                "if lesson.cancelled_at:",
            ),
            Change(
                "classes.outbound.operations:_build_stop",
                "if operation.created_at < lesson.ends_at < timezone.now():",
                "if False:",
            ),
        ),
    ),
    Mutant(
        "outbox.lease_expiry",
        "operations of a dead worker are probed",
        (
            Change(
                "console.outbox.claims:expire_leases",
                "    now = timezone.now()",
                ("    return 0\n    now = timezone.now()"),
            ),
        ),
    ),
    Mutant(
        "outbox.mark_first",
        "the claim is committed before the first byte is sent",
        (
            Change(
                "console.outbox.relay:drain",
                (
                    "        claimed = claim(BATCH)\n"
                    "        for group in _group_for_sending(claimed):\n"
                    "            _send(group)\n"
                ),
                (
                    "        from django.db import transaction\n"
                    "        with transaction.atomic():\n"
                    "            claimed = claim(BATCH)\n"
                    "            for group in _group_for_sending(claimed):\n"
                    "                _send(group)\n"
                ),
            ),
        ),
    ),
    Mutant(
        "outbox.one_shot",
        "a command that is harmful if repeated is never repeated automatically",
        (
            Change(
                "console.outbox.probes:_look_up", "if kind.repeat_rule == RepeatRule.ONE_SHOT:", "if False:"
            ),
        ),
    ),
    Mutant(
        "outbox.probe",
        "a create of unknown outcome is probed before it is sent again",
        (Change("console.outbox.probes:_look_up", "if not (kind.probe or kind.read):", "if True:"),),
    ),
    Mutant(
        "outbox.read_back",
        "the ID in an answer is used once the service shows the object under it",
        (
            Change("classes.outbound.create:_read_back", "if create.matches(info):", "if True:"),
            Change("documents.outbound:_read_back", "if _matches_request(add, info):", "if True:"),
        ),
    ),
    Mutant(
        "outbox.settle",
        "a probe waits until the service's lists may have caught up",
        (Change("console.outbox.claims:settle_window", "seconds=settings.PROBE_DELAY_S)", "seconds=0)"),),
    ),
    Mutant(
        "outbox.skew",
        "signatures follow the clock of the service",
        (
            Change(
                "console.iclass.client:Client._clock_correction",
                "self._correct_skew and abs(",
                "False and abs(",
            ),
        ),
    ),
    Mutant(
        "outbox.waits",
        "an operation waits for those in `waits_for`",
        (
            Change(
                "console.outbox.claims:_WAITS",
                "WHERE w.from_operation_id",
                "WHERE false AND w.from_operation_id",
            ),
        ),
    ),
)
