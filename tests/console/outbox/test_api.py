"""The desk of operations over REST."""

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from console.audit.models import AuditEntry
from console.outbox.models import Attempt, Operation
from console.outbox.states import OperationState
from tests.console.outbox.test_views import owed
from tests.support.rest_client import all_rows, rest_client

URL = "/api/v1/operations/"


def english(user: User) -> Any:
    client = rest_client(user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def test_one_operation_tells_its_reason_lag_decisions_and_tries(alice: User, bob: User) -> None:
    operation = owed(bob)
    Attempt.objects.create(
        operation=operation,
        fence=1,
        endpoint="user/profile/modify",
        started_at=timezone.now(),
        milliseconds=83,
        outcome="refused",
        error_code=10003,
    )
    told = english(alice).get(f"{URL}{operation.pk}/").json()
    assert told["what"] == "Update the person"
    assert told["reason"].startswith("iclass does not accept one of the values.")
    assert told["next_step"] == "Correct the entry and save it again."
    assert sorted(told["decisions"]) == ["mark_done", "park", "send_again"]
    assert told["lag_seconds"] > 0
    [one] = told["tries"]
    assert (one["endpoint"], one["milliseconds"], one["error_code"]) == ("user/profile/modify", 83, 10003)
    assert one["why"] == "iclass does not accept one of the values."


def test_the_list_is_narrowed_by_what_needs_a_person_and_by_its_row(alice: User, bob: User) -> None:
    refused, waiting = owed(bob).pk, owed(alice, OperationState.READY, "").pk
    done = owed(bob, OperationState.DONE, "").pk
    client = english(alice)

    def found(query: str) -> set[int]:
        return {row["id"] for row in all_rows(client, f"operations/?{query}")}

    assert found("needs_person=true") == {refused}
    assert found("needs_person=false") == {waiting, done}
    assert found("open=true") == {waiting}
    assert found(f"subject_type=accounts.user&subject_id={bob.pk}") == {refused, done}


@pytest.mark.parametrize(
    ("act", "state"), [("send_again", "ready"), ("mark_done", "done"), ("park", "parked")]
)
def test_a_decision_is_taken_with_its_reason_on_record(alice: User, bob: User, act: str, state: str) -> None:
    operation = owed(bob)
    answer = english(alice).post(f"{URL}{operation.pk}/{act}/", {"reason": "seen there"})
    assert (answer.status_code, answer.json()["state"]) == (200, state)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.reason, entry.actor) == (f"operation.{act}", "seen there", alice)


def test_a_decision_that_is_not_open_is_a_400_in_words(alice: User, bob: User) -> None:
    answer = english(alice).post(f"{URL}{owed(bob, OperationState.DONE).pk}/park/")
    assert answer.status_code == 400
    assert "This is not possible now" in str(answer.json())


def test_many_are_decided_and_each_refusal_named(alice: User, bob: User, charlie: User) -> None:
    mine, done, strange = owed(bob).pk, owed(bob, OperationState.DONE).pk, owed(charlie).pk
    answer = english(alice).post(f"{URL}send_again/", {"ids": [mine, done, strange, "king"]})
    told = answer.json()
    assert told["done"] == [str(mine)]
    assert [one["id"] for one in told["refused"]] == [str(done), str(strange), "king"]
    assert Operation.objects.get(pk=strange).state == OperationState.REFUSED
    assert Operation.objects.get(pk=mine).state == OperationState.READY


def test_nothing_named_is_a_400(alice: User) -> None:
    assert english(alice).post(f"{URL}park/", {"ids": []}).status_code == 400


def test_standing_tells_the_numbers_of_the_own_school(alice: User, bob: User, charlie: User) -> None:
    owed(bob)
    owed(charlie)
    told = english(alice).get(f"{URL}standing/").json()
    assert told["numbers"]["refused"] == 1
    assert (told["oldest_at"], told["holds"]) == (None, [])


def test_others_have_no_desk(alice: User, bob: User, charlie: User) -> None:
    operation = owed(bob)
    assert english(charlie).post(f"{URL}{operation.pk}/park/").status_code == 404
    assert english(bob).post(f"{URL}{operation.pk}/park/").status_code == 403
    assert english(bob).post(f"{URL}park/", {"ids": [operation.pk]}).status_code == 403
    assert english(bob).get(f"{URL}standing/").status_code == 403
    assert Operation.objects.get().state == OperationState.REFUSED
