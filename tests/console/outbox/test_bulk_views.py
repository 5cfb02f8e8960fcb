"""One decision about many operations: it names the number, asks, and does each on record."""

from typing import Any

import pytest

from accounts.models import User
from console.audit.models import AuditEntry
from console.outbox.models import Operation
from console.outbox.states import OperationState
from console.policy.bulk_views import MAX_BULK_ROWS, MAX_LISTED
from tests.console.outbox.test_views import LIST, owed
from tests.support.page_client import LANGUAGES, client_for, page_says, page_text

AGAIN = f"{LIST}many/send-again/"


def states() -> dict[int, str]:
    return dict(Operation.objects.values_list("pk", "state"))


def test_it_asks_with_the_number_and_does_nothing_yet(alice: User, bob: User) -> None:
    chosen = [owed(bob).pk, owed(bob).pk]
    answer = client_for(alice).post(AGAIN, {"chosen": chosen})
    assert "Send 2 operations again?" in page_text(answer)
    assert page_text(answer).count('name="chosen"') == 2
    assert set(states().values()) == {OperationState.REFUSED}
    assert not AuditEntry.objects.exists()


def test_a_yes_does_each_and_puts_each_on_record(alice: User, bob: User) -> None:
    chosen, other = [owed(bob).pk, owed(alice).pk], owed(bob).pk
    answer = client_for(alice).post(AGAIN, {"chosen": chosen, "sure": "yes"}, follow=True)
    assert "2 are being sent again within seconds." in page_text(answer)
    assert [states()[pk] for pk in chosen] == [OperationState.READY] * 2
    assert states()[other] == OperationState.REFUSED
    entries = AuditEntry.objects.filter(action="operation.send_again", actor=alice)
    assert {int(entry.object_id) for entry in entries} == set(chosen)


@pytest.mark.parametrize(
    ("act", "state"),
    [
        ("mark-done", OperationState.DONE),
        ("park", OperationState.PARKED),
        ("send-again", OperationState.READY),
    ],
)
def test_each_decision_may_be_taken_for_many(alice: User, bob: User, act: str, state: str) -> None:
    chosen = [owed(bob).pk, owed(bob, OperationState.NEEDS_YOU, "one_shot").pk]
    client_for(alice).post(f"{LIST}many/{act}/", {"chosen": chosen, "sure": "yes"})
    assert set(states().values()) == {state}


def test_what_is_not_open_is_told_and_stops_no_other(alice: User, bob: User) -> None:
    done, refused = owed(bob, OperationState.DONE).pk, owed(bob).pk
    answer = client_for(alice).post(AGAIN, {"chosen": [done, refused], "sure": "yes"}, follow=True)
    assert "1 is being sent again within seconds." in page_text(answer)
    assert "This is not possible now: the operation is “done”." in page_text(answer)
    assert states() == {done: OperationState.DONE, refused: OperationState.READY}


@pytest.mark.parametrize("unlisted", [0, 1])
def test_the_first_refusals_are_told_and_the_others_counted(alice: User, bob: User, unlisted: int) -> None:
    chosen = [owed(bob, OperationState.DONE).pk for _ in range(MAX_LISTED + unlisted)]
    answer = client_for(alice).post(AGAIN, {"chosen": chosen, "sure": "yes"}, follow=True)
    assert page_text(answer).count("This is not possible now") == MAX_LISTED
    assert page_text(answer).count("more could not be completed") == unlisted


def test_all_that_the_filter_fits_are_chosen_and_no_other(alice: User, bob: User) -> None:
    fits = {owed(bob).pk for _ in range(55)}
    others = {owed(bob, OperationState.NEEDS_YOU).pk, owed(bob, OperationState.DONE).pk}
    client = client_for(alice)
    asked = client.post(f"{AGAIN}?state=refused", {"all": "yes"})
    assert "Send 55 operations again?" in page_text(asked)
    assert "and 50 more" in page_text(asked)
    sure = {"chosen": asked.context["chosen"], "sure": "yes"}
    answer = client.post(f"{AGAIN}?state=refused", sure)
    assert answer["Location"] == f"{LIST}?state=refused"
    now = states()
    assert {now[pk] for pk in fits} == {OperationState.READY}
    assert {now[pk] for pk in others} == {OperationState.NEEDS_YOU, OperationState.DONE}


def test_more_than_fit_are_named_before_and_after(alice: User, bob: User) -> None:
    first = owed(bob)
    fields = ("enterprise", "kind", "subject_type", "subject_id", "lane", "state", "reason")
    copied = {name: getattr(first, name) for name in fields}
    Operation.objects.bulk_create(Operation(**copied) for _ in range(MAX_BULK_ROWS))
    client = client_for(alice)
    asked = client.post(AGAIN, {"all": "yes"})
    assert len(asked.context["chosen"]) == MAX_BULK_ROWS
    assert page_says(asked, "There are more than 1000 entries. The others remain as they are")
    assert 'name="more"' in page_text(asked)
    sure = {"chosen": asked.context["chosen"][:2], "sure": "yes", "more": "yes"}
    answer = client.post(AGAIN, sure, follow=True)
    assert page_says(answer, "2 are being sent again within seconds.")
    assert page_says(answer, "The other entries remain as they were. Repeat the action for them.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_chosen_is_told(alice: User, bob: User, language: str) -> None:
    answer = client_for(alice, language).post(AGAIN, {}, follow=True)
    assert page_says(answer, "Nothing is selected. Select entries first, then choose an action.", language)


@pytest.mark.parametrize("odd", ["king", "-1", "9" * 30, "１２"])
def test_a_number_that_is_none_is_no_row(alice: User, bob: User, odd: str) -> None:
    answer = client_for(alice).post(AGAIN, {"chosen": [odd], "sure": "yes"}, follow=True)
    assert "This does not exist in your school." in page_text(answer)


def test_another_school_s_operation_is_not_there(alice: User, charlie: User) -> None:
    """Neither named among many, nor fitted by a filter, nor named in the question."""
    operation = owed(alice)
    client = client_for(charlie)
    asked = client.post(AGAIN, {"chosen": [operation.pk]})
    assert "Alice" not in page_text(asked).split("<main")[1]
    client.post(AGAIN, {"chosen": [operation.pk], "sure": "yes"})
    client.post(AGAIN, {"all": "yes", "sure": "yes"})
    assert states() == {operation.pk: OperationState.REFUSED}


def test_a_teacher_may_not(bob: User) -> None:
    operation = owed(bob)
    answer = client_for(bob).post(AGAIN, {"chosen": [operation.pk], "sure": "yes"})
    assert answer.status_code == 403
    assert states() == {operation.pk: OperationState.REFUSED}


def boxes(client: Any) -> list[str]:
    page = page_text(client.get(LIST))
    return [part.split('"')[0] for part in page.split('form="many" name="chosen" value="')[1:]]


def test_only_rows_with_something_to_decide_can_be_ticked(alice: User, bob: User) -> None:
    refused = owed(bob)
    owed(bob, OperationState.DONE)
    assert boxes(client_for(alice)) == [str(refused.pk)]


def test_without_anything_to_decide_there_is_no_bar(alice: User, bob: User) -> None:
    owed(bob, OperationState.DONE)
    assert "data-many" not in page_text(client_for(alice).get(LIST))
