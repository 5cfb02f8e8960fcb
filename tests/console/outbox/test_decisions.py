"""A decision is one compare-and-set from the state that the person saw."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import User
from console.audit.models import AuditEntry
from console.outbox import relay
from console.outbox.decisions import decide
from console.outbox.models import Operation
from console.outbox.states import OperationState
from tests.console.outbox.test_views import owed


def test_two_people_who_decide_at_once_do_not_both_win(alice: User, bob: User) -> None:
    operation = owed(bob)
    seen_by_both = Operation.objects.get(pk=operation.pk)
    decide(operation, "mark_done", by=alice)
    with pytest.raises(ValidationError):
        decide(seen_by_both, "send_again", by=bob)
    assert Operation.objects.get().state == OperationState.DONE
    assert AuditEntry.objects.count() == 1


def test_what_is_sent_again_is_taken_by_the_relay(alice: User, bob: User) -> None:
    """Nothing of the person differs from what iclass has, so there is nothing to send: it is done."""
    User.objects.filter(pk=bob.pk).update(remote_id="bob")
    operation = owed(bob)
    decide(operation, "send_again", by=alice)
    relay.drain()
    assert Operation.objects.get().state == OperationState.DONE


def test_what_is_set_aside_lets_the_lane_go_on(alice: User, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(remote_id="bob")
    stuck, later = owed(bob, OperationState.NEEDS_YOU), owed(bob, OperationState.READY, "")
    relay.drain()
    assert Operation.objects.get(pk=later.pk).state == OperationState.READY
    decide(stuck, "park", by=alice)
    relay.drain()
    assert Operation.objects.get(pk=later.pk).state == OperationState.DONE
