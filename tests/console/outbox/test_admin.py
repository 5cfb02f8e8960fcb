"""Operations in the Django admin: acts on the ticked ones, by the same rules as the desk."""

import pytest

from accounts.models import User
from console.audit.models import AuditEntry
from console.outbox.models import Operation
from console.outbox.states import State
from tests.console.outbox.test_pages import owed
from tests.support.adminpages import page, run_action, said_on, signed_in


@pytest.mark.parametrize(
    ("act", "state"), [("send_again", State.READY), ("mark_done", State.DONE), ("park", State.PARKED)]
)
def test_an_act_decides_each_and_names_those_that_cannot(
    alice: User, bob: User, act: str, state: State
) -> None:
    refused, over = owed(bob), owed(bob, State.SUPERSEDED)
    answer = run_action(signed_in(alice), [refused, over], act)
    assert dict(Operation.objects.values_list("pk", "state")) == {refused.pk: state, over.pk: "superseded"}
    assert f"{over.pk}: " in said_on(answer)
    assert AuditEntry.objects.filter(action=f"operation.{act}").count() == 1


def test_the_list_tells_lag_reason_and_next_step(alice: User, bob: User) -> None:
    owed(bob)
    client = signed_in(alice)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    told = client.get(page(Operation, "changelist")).content.decode()
    assert "The service does not accept one of the values." in told
    assert "Correct the entry and save it again." in told


def test_another_school_s_operation_is_not_decided(alice: User, charlie: User) -> None:
    operation = owed(alice)
    run_action(signed_in(charlie), [operation], "mark_done")
    assert Operation.objects.get().state == State.REFUSED


def test_a_teacher_has_no_table(bob: User) -> None:
    assert signed_in(bob).get(page(Operation, "changelist")).status_code in (302, 403)
