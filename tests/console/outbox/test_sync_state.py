"""The state of a row's operations, on the row itself."""

import pytest
from django.db import transaction

from accounts.models import Enterprise, User
from console.outbox.models import Operation
from console.outbox.states import SYNC_OF_STATE, OperationState
from console.outbox.sync_state import lock_subject, update_sync_state
from tests.support.concurrent_calls import call_while_other_waits
from tests.support.iclass_service import create_lesson


@pytest.mark.django_db(transaction=True)
def test_a_row_shows_what_another_transaction_decides_at_the_same_moment(
    connected: Enterprise, alice: User, bob: User
) -> None:
    lesson = create_lesson(bob, alice)
    operation = Operation.objects.get(subject_id=lesson.pk, kind="class.create")

    def hold() -> None:
        lock_subject(operation.subject_type, operation.subject_id)
        Operation.objects.filter(pk=operation.pk).update(state=OperationState.HELD, reason="after_restore")

    call_while_other_waits(hold, lambda: transaction.atomic(update_sync_state)(operation))
    lesson.refresh_from_db()
    assert (lesson.sync_state, lesson.sync_reason) == (SYNC_OF_STATE[OperationState.HELD], "after_restore")
