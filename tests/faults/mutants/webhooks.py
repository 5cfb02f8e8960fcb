"""Defences of webhooks."""

from tests.faults.mutants.types import Change, Mutant

MUTANTS = (
    Mutant(
        "webhooks.fence",
        "a worker whose lease ended records nothing about a delivery that another one has",
        (
            Change(
                "console.outbox.queues:compare_and_set",
                '{"state": stored.state, "fence": stored.fence}',
                "{}",
            ),
        ),
    ),
    Mutant(
        "webhooks.lease_expiry",
        "what a dead worker was sending is sent again",
        (
            Change(
                "console.webhooks.sending:deliver_due",
                "    expire_rows(DELIVERIES, now, now)\n",
                "    pass\n",
            ),
        ),
    ),
    Mutant(
        "webhooks.order",
        "a later event of an object waits until the earlier one has arrived",
        (Change("console.outbox.claims:_CLAIM", "WHERE e.lane = o.lane", "WHERE false AND e.lane = o.lane"),),
    ),
    Mutant(
        "webhooks.signature",
        "a message is signed with the secret of its webhook",
        (Change("console.webhooks.signatures:sign", "hmac.new(key,", 'hmac.new(b"",'),),
    ),
)
