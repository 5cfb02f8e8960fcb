"""People whom the service had before we registered them: adopted where equal, else decided by a person."""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation

from accounts.models import Enterprise, User
from accounts.people.services import edit_person, register_person
from console.mirror.decisions import apply_decision, get_row_differences
from console.mirror.filters import DifferenceFilter
from console.outbox import relay
from console.outbox.states import SyncState
from tests.support.iclass_service import effects_of, requests_to
from tests.support.page_client import client_for, page_text
from tests.support.sandbox import Sandbox

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def user_id() -> str:
    """One of its own, for the service outlives a test."""
    return f"hatter-{secrets.token_hex(4)}"


@pytest.fixture
def refusing(iclass: Sandbox) -> Iterator[None]:
    """A service that registers nobody of a call in which one exists."""
    iclass.control("knobs", {"register_repeats": "refuse_all"})
    yield
    iclass.control("knobs", {"register_repeats": None})


def there(iclass: Sandbox, user_id: str, **fields: str) -> None:
    new = {"user_id": user_id, "role": "student", "nickname": "Hatter", **fields}
    iclass.call("user/register", {"list": [new]})


def registered(school: Enterprise, user_id: str, **fields: Any) -> User:
    wanted = {"role": "student", "nickname": "Hatter", "gender": "male", **fields}
    person = register_person(enterprise=school, by=None, user_id=user_id, **wanted)
    relay.drain()
    return User.objects.get(pk=person.pk)


def test_who_is_there_already_with_the_same_data_is_adopted_with_a_new_token(
    connected: Enterprise, iclass: Sandbox, user_id: str
) -> None:
    there(iclass, user_id, gender="male")
    person = registered(connected, user_id)
    assert (person.sync_state, person.remote_id) == (SyncState.IN_SYNC, user_id)
    assert person.user_token
    assert len(effects_of(iclass, "user/token/update")) >= 1


def test_who_is_there_with_other_data_keeps_their_token_until_somebody_decides(
    connected: Enterprise, alice: User, iclass: Sandbox, user_id: str
) -> None:
    there(iclass, user_id, nickname="March Hare", phone_no="13900001234")
    before = len(effects_of(iclass, "user/token/update"))
    person = registered(connected, user_id, phone_no="13812341234")
    assert (person.sync_state, person.sync_reason) == (SyncState.CHANGED_OUTSIDE, "repeat_conflict")
    assert person.user_token is None
    assert len(effects_of(iclass, "user/token/update")) == before
    assert list(DifferenceFilter({"state": "repeat"}).rows(alice)) == [person]
    page = page_text(client_for(alice).get(f"/sync/differences/user-{person.pk}/"))
    assert "A person with this user ID already exists at iclass with different data." in page
    assert "March Hare" in page
    assert "139****1234" in page
    assert "13900001234" not in page


@pytest.mark.parametrize(("decision", "name"), [("push", "Hatter"), ("take", "March Hare")])
def test_either_decision_makes_both_sides_equal_and_gives_a_token(
    connected: Enterprise, alice: User, iclass: Sandbox, user_id: str, decision: str, name: str
) -> None:
    there(iclass, user_id, nickname="March Hare")
    person = registered(connected, user_id)
    apply_decision(decision, person, by=alice, fields=None)
    relay.drain()
    person = User.objects.get(pk=person.pk)
    assert person.sync_state == SyncState.IN_SYNC
    assert person.nickname == name
    assert iclass.call("user/info", {"user_id": user_id})["user_info"]["nickname"] == name
    assert person.user_token
    assert person.card_number == 1


def test_many_are_decided_at_once(connected: Enterprise, alice: User, iclass: Sandbox, user_id: str) -> None:
    people = []
    for one in (f"{user_id}1", f"{user_id}2"):
        there(iclass, one, nickname="March Hare")
        people.append(registered(connected, one))
    chosen = {"chosen": [f"user-{one.pk}" for one in people], "sure": "yes"}
    client_for(alice).post("/sync/differences/many/take/?state=repeat", chosen)
    assert {User.objects.get(pk=one.pk).nickname for one in people} == {"March Hare"}


def test_whom_a_lost_answer_made_is_ours_whatever_was_changed_meanwhile(
    connected: Enterprise, iclass: Sandbox, user_id: str
) -> None:
    iclass.control("faults", {"arm": {"kind": "drop_after", "match": "user/register"}})
    person = register_person(
        enterprise=connected, by=None, user_id=user_id, role="student", nickname="Hatter"
    )
    relay.drain(limit=1)
    edit_person(person=person, by=None, nickname="Mad Hatter")
    relay.drain()
    person = User.objects.get(pk=person.pk)
    assert person.user_token
    assert len(effects_of(iclass, "user/register", role="student")) >= 1
    assert [one["list"][0]["user_id"] for one in requests_to(iclass, "user/register")].count(user_id) == 2


def test_one_who_exists_keeps_nobody_else_of_the_call_out(
    connected: Enterprise, iclass: Sandbox, refusing: None, user_id: str
) -> None:
    there(iclass, user_id, nickname="March Hare")
    for one in (user_id, f"{user_id}1", f"{user_id}2"):
        register_person(enterprise=connected, by=None, user_id=one, role="student", nickname="Hatter")
    relay.drain()
    states = dict(User.objects.filter(user_id__startswith=user_id).values_list("user_id", "sync_state"))
    assert states == {
        user_id: SyncState.CHANGED_OUTSIDE,
        f"{user_id}1": SyncState.IN_SYNC,
        f"{user_id}2": SyncState.IN_SYNC,
    }


def test_contacts_are_masked_on_the_desk_and_in_rest(
    connected: Enterprise, alice: User, iclass: Sandbox, user_id: str
) -> None:
    there(iclass, user_id, phone_no="13900001234")
    person = registered(connected, user_id, phone_no="13911111234")
    with translation.override("en"):
        pair = next(one for one in get_row_differences(person).pairs if one.name == "phone_no")
    assert (pair.ours_told, pair.theirs_told) == ("139****1234", "139****1234, but a different one")
    answer = client_for(alice).get(f"/api/v1/drift/user-{person.pk}/")
    assert "13900001234" not in page_text(answer)
    assert "139****1234, but a different one" in page_text(answer)
