"""Operations in the Django admin: acts on the ticked ones, by the same rules as the desk."""

import pytest

from accounts.models import User
from console.audit.models import AuditEntry
from console.outbox.models import Operation
from console.outbox.states import OperationState
from tests.console.outbox.test_views import owed
from tests.support.admin_forms import admin_url, messages_on, run_action, signed_in_client


@pytest.mark.parametrize(
    ("act", "state"),
    [
        ("send_again", OperationState.READY),
        ("mark_done", OperationState.DONE),
        ("park", OperationState.PARKED),
    ],
)
def test_an_act_decides_each_and_names_those_that_cannot(
    alice: User, bob: User, act: str, state: OperationState
) -> None:
    refused, over = owed(bob), owed(bob, OperationState.SUPERSEDED)
    answer = run_action(signed_in_client(alice), [refused, over], act)
    assert dict(Operation.objects.values_list("pk", "state")) == {refused.pk: state, over.pk: "superseded"}
    assert f"{over.pk}: " in messages_on(answer)
    assert AuditEntry.objects.filter(action=f"operation.{act}").count() == 1


def test_the_list_tells_lag_reason_and_next_step(alice: User, bob: User) -> None:
    owed(bob)
    client = signed_in_client(alice)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    told = client.get(admin_url(Operation, "changelist")).content.decode()
    assert "iclass does not accept one of the values." in told
    assert "Correct the entry and save it again." in told


def test_another_school_s_operation_is_not_decided(alice: User, charlie: User) -> None:
    operation = owed(alice)
    run_action(signed_in_client(charlie), [operation], "mark_done")
    assert Operation.objects.get().state == OperationState.REFUSED


def test_a_teacher_has_no_table(bob: User) -> None:
    assert signed_in_client(bob).get(admin_url(Operation, "changelist")).status_code in (302, 403)
