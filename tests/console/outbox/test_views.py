"""The desk of what is sent: what it lists, how it says it, and what a person may decide."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Enterprise, User
from accounts.people.services import pull_person
from console.audit.models import AuditEntry
from console.outbox.models import Attempt, Operation
from console.outbox.states import PERSON_STEPS, OperationState, SyncState
from tests.support.page_client import LANGUAGES, client_for, page_says, page_text

LIST = "/sync/sent/"
ADDRESS = {
    OperationState.READY: "send-again",
    OperationState.DONE: "mark-done",
    OperationState.PARKED: "park",
}


def owed(
    about: User, state: OperationState = OperationState.REFUSED, reason: str = "10003", **fields: Any
) -> Operation:
    """An operation that came into this state long ago."""
    return Operation.objects.create(
        enterprise=about.enterprise,
        kind="user.modify",
        subject_type="accounts.user",
        subject_id=about.pk,
        subject_label=str(about),
        lane=f"{about.pk}",
        state=state,
        reason=reason,
        attempts=1,
        **fields,
    )


def listed(client: Any, **asked: str) -> set[int]:
    return {line.operation.pk for line in client.get(LIST, asked).context["lines"]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_is_told_with_its_reason_and_the_next_step(alice: User, bob: User, language: str) -> None:
    operation = owed(bob)
    client = client_for(alice, language)
    for page in (client.get(LIST), client.get(f"{LIST}{operation.pk}/")):
        assert page_says(page, "Update the person", language)
        assert page_says(page, "rejected", language)
        assert page_says(page, "iclass does not accept one of the values.", language)
        assert page_says(page, "Correct the entry and save it again.", language)
        assert f"/people/{bob.pk}/" in page_text(page)


def test_every_try_stands_on_the_page_of_the_operation(alice: User, bob: User) -> None:
    operation = owed(bob)
    Attempt.objects.create(
        operation=operation,
        fence=1,
        endpoint="user/profile/modify",
        started_at=operation.created_at,
        milliseconds=83,
        outcome=Attempt.Outcome.REFUSED,
        error_code=10003,
        message="refused with error_code 10003",
    )
    page = page_text(client_for(alice).get(f"{LIST}{operation.pk}/"))
    assert all(part in page for part in ("user/profile/modify", "83 ms", "refused with error_code 10003"))


def test_the_address_chooses_by_state_kind_and_name(alice: User, bob: User) -> None:
    refused, done = owed(bob).pk, owed(alice, OperationState.DONE, "").pk
    waiting = pull_person(person=bob, by=alice).pk
    client = client_for(alice)
    assert listed(client) == {refused, done, waiting}
    assert listed(client, state="refused") == listed(client, state="trouble") == {refused}
    assert listed(client, state="open") == {waiting}
    assert listed(client, kind="user.modify") == {refused, done}
    assert listed(client, q="ali") == {done}
    assert listed(client, state="king", kind="tea") == {refused, done, waiting}


def test_a_long_list_is_paged_and_costs_the_same(alice: User, bob: User) -> None:
    client = client_for(alice)
    owed(bob, created_by=bob)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    for _ in range(60):
        owed(bob, created_by=alice)
    with CaptureQueriesContext(connection) as many:
        first = client.get(LIST)
    assert len(many) == len(few)
    assert len(first.context["lines"]) == 50
    second = client.get(LIST, {"after": first.context["keyset"].next})
    assert len(second.context["lines"]) == 11


@pytest.mark.parametrize("to", ADDRESS)
@pytest.mark.parametrize("state", OperationState)
def test_a_person_takes_the_legal_steps_and_no_other(
    alice: User, bob: User, state: OperationState, to: OperationState
) -> None:
    legal = to in PERSON_STEPS.get(state, ())
    operation = owed(bob, state)
    client = client_for(alice)
    address = f"{LIST}{operation.pk}/{ADDRESS[to]}/"
    assert (address in page_text(client.get(f"{LIST}{operation.pk}/"))) is legal
    client.post(address)
    assert Operation.objects.get(pk=operation.pk).state == (to if legal else state)
    assert AuditEntry.objects.filter(object_id=operation.pk).count() == int(legal)


def test_sending_again_is_due_at_once_and_shows_on_the_row(alice: User, bob: User) -> None:
    operation = owed(bob)
    client_for(alice).post(f"{LIST}{operation.pk}/send-again/")
    bob.refresh_from_db()
    assert bob.sync_state == SyncState.SENDING
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor) == ("operation.send_again", alice)
    assert (entry.before, entry.after) == ({"state": "refused"}, {"state": "ready"})


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_decision_that_is_not_open_is_told(alice: User, bob: User, language: str) -> None:
    operation = owed(bob, OperationState.DONE)
    answer = client_for(alice, language).post(f"{LIST}{operation.pk}/park/", follow=True)
    assert answer.context["messages"]
    assert "done" in page_text(answer) or "已完成" in page_text(answer)


def test_opening_a_decision_asks_and_does_nothing(alice: User, bob: User) -> None:
    operation = owed(bob)
    for address in ADDRESS.values():
        assert client_for(alice).get(f"{LIST}{operation.pk}/{address}/").status_code == 200
    assert Operation.objects.get().state == OperationState.REFUSED


def test_another_school_s_operations_do_not_exist(alice: User, charlie: User) -> None:
    operation = owed(alice)
    client = client_for(charlie)
    assert listed(client) == set()
    assert client.get(f"{LIST}{operation.pk}/").status_code == 404
    for address in ADDRESS.values():
        assert client.post(f"{LIST}{operation.pk}/{address}/").status_code == 404


def test_teachers_and_operators_have_no_desk(bob: User, olga: User, school: Enterprise) -> None:
    assert [client_for(one).get(LIST).status_code for one in (bob, olga)] == [403, 403]
