"""The desk of what is sent: what it lists, how it says it, and what a person may decide."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Enterprise, User
from accounts.services import pull_person
from console.audit.models import AuditEntry
from console.outbox.models import Attempt, Operation
from console.outbox.states import PERSON_STEPS, State, SyncState
from tests.support.pages import LANGUAGES, reader, says, text

LIST = "/sync/sent/"
ADDRESS = {State.READY: "send-again", State.DONE: "mark-done", State.PARKED: "park"}


def owed(about: User, state: State = State.REFUSED, reason: str = "10003", **fields: Any) -> Operation:
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
    client = reader(alice, language)
    for page in (client.get(LIST), client.get(f"{LIST}{operation.pk}/")):
        assert says(page, "Change the person", language)
        assert says(page, "refused", language)
        assert says(page, "The service does not accept one of the values.", language)
        assert says(page, "Correct the entry and save it again.", language)
        assert f"/people/{bob.pk}/" in text(page)


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
    page = text(reader(alice).get(f"{LIST}{operation.pk}/"))
    assert all(part in page for part in ("user/profile/modify", "83 ms", "refused with error_code 10003"))


def test_the_address_chooses_by_state_kind_and_name(alice: User, bob: User) -> None:
    refused, done = owed(bob).pk, owed(alice, State.DONE, "").pk
    waiting = pull_person(person=bob, by=alice).pk
    client = reader(alice)
    assert listed(client) == {refused, done, waiting}
    assert listed(client, state="refused") == listed(client, state="trouble") == {refused}
    assert listed(client, state="open") == {waiting}
    assert listed(client, kind="user.modify") == {refused, done}
    assert listed(client, q="ali") == {done}
    assert listed(client, state="king", kind="tea") == {refused, done, waiting}


def test_a_long_list_is_paged_and_costs_the_same(alice: User, bob: User) -> None:
    client = reader(alice)
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
@pytest.mark.parametrize("state", State)
def test_a_person_takes_the_legal_steps_and_no_other(alice: User, bob: User, state: State, to: State) -> None:
    legal = to in PERSON_STEPS.get(state, ())
    operation = owed(bob, state)
    client = reader(alice)
    address = f"{LIST}{operation.pk}/{ADDRESS[to]}/"
    assert (address in text(client.get(f"{LIST}{operation.pk}/"))) is legal
    client.post(address)
    assert Operation.objects.get(pk=operation.pk).state == (to if legal else state)
    assert AuditEntry.objects.filter(object_id=operation.pk).count() == int(legal)


def test_sending_again_is_due_at_once_and_shows_on_the_row(alice: User, bob: User) -> None:
    operation = owed(bob)
    reader(alice).post(f"{LIST}{operation.pk}/send-again/")
    bob.refresh_from_db()
    assert bob.sync_state == SyncState.SENDING
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor) == ("operation.send_again", alice)
    assert (entry.before, entry.after) == ({"state": "refused"}, {"state": "ready"})


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_decision_that_is_not_open_is_told(alice: User, bob: User, language: str) -> None:
    operation = owed(bob, State.DONE)
    answer = reader(alice, language).post(f"{LIST}{operation.pk}/park/", follow=True)
    assert answer.context["messages"]
    assert "done" in text(answer) or "已完成" in text(answer)


def test_opening_a_decision_asks_and_does_nothing(alice: User, bob: User) -> None:
    operation = owed(bob)
    for address in ADDRESS.values():
        assert reader(alice).get(f"{LIST}{operation.pk}/{address}/").status_code == 200
    assert Operation.objects.get().state == State.REFUSED


def test_another_school_s_operations_do_not_exist(alice: User, charlie: User) -> None:
    operation = owed(alice)
    client = reader(charlie)
    assert listed(client) == set()
    assert client.get(f"{LIST}{operation.pk}/").status_code == 404
    for address in ADDRESS.values():
        assert client.post(f"{LIST}{operation.pk}/{address}/").status_code == 404


def test_teachers_and_operators_have_no_desk(bob: User, olga: User, school: Enterprise) -> None:
    assert [reader(one).get(LIST).status_code for one in (bob, olga)] == [403, 403]
