"""Operations of many rows at once, and what the rows show of them."""

import pytest
from django.db import transaction

from accounts.models import Enterprise, User
from classes.models import Lesson
from console.outbox.bulk_services import enqueue_many
from console.outbox.models import Gate, Operation
from console.outbox.states import OperationState, SyncState
from tests.support.iclass_service import create_lesson

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("iclass")
def test_a_row_that_has_another_operation_shows_the_more_urgent_of_both(
    connected: Enterprise, alice: User, bob: User
) -> None:
    busy, idle = create_lesson(bob, alice), create_lesson(bob, alice)
    Lesson.objects.filter(pk=idle.pk).update(sync_state=SyncState.IN_SYNC)
    Operation.objects.filter(subject_id=idle.pk).update(state=OperationState.SUPERSEDED)
    # A school that is held, while an operation from before is not held yet.
    Gate.objects.filter(enterprise=connected).update(held_for=["after_restore"])
    with transaction.atomic():
        labels = {busy.pk: busy.topic, idle.pk: idle.topic}
        enqueue_many("class.modify", Lesson, labels, enterprise=connected, by=alice)
    for lesson in (busy, idle):
        lesson.refresh_from_db()
        assert (lesson.sync_state, lesson.sync_reason) == (SyncState.HELD, "after_restore")
