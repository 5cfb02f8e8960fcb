"""Leave in REST: requested, entered, answered and withdrawn, each by those who may."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Enterprise, Role, StudentGroup, User
from classes.models import Leave
from console.policy.tokens import issue_token
from tests.support.cast import create_person
from tests.support.charges import put_in_charge
from tests.support.rest_client import all_rows, rest_client

pytestmark = pytest.mark.django_db
FIELDS = [
    *("id", "user_id", "begins_at", "ends_at", "kind", "reason", "state", "by", "created_at"),
    *("answer", "answered_by", "answered_at", "withdrawn_at", "files"),
    "guardian_relation",
]


@pytest.fixture
def dina(school: Enterprise, bob: User) -> User:
    """A student of a group that Bob is in charge of."""
    dina = create_person(school, "dina", Role.STUDENT)
    hatters = StudentGroup.objects.create(enterprise=school, name="Hatters")
    hatters.students.add(dina)
    put_in_charge(hatters, bob)
    return dina


def times(days: int = 1) -> dict[str, Any]:
    begins = timezone.now().replace(microsecond=0)
    return {"begins_at": begins.isoformat(), "ends_at": (begins + timedelta(days=days)).isoformat()}


def ask(dina: User, **more: Any) -> int:
    answer = rest_client(dina).post("/api/v1/leave/", times() | {"reason": "A fever"} | more)
    assert answer.status_code == 201, answer.data
    number: int = answer.json()["id"]
    return number


def test_a_student_requests_and_the_teacher_in_charge_approves(dina: User, bob: User) -> None:
    number = ask(dina, kind="sick")
    row = rest_client(dina).get(f"/api/v1/leave/{number}/").json()
    assert list(row) == FIELDS
    assert (row["user_id"], row["state"], row["kind"], row["answered_by"]) == (
        "dina",
        "requested",
        "sick",
        None,
    )
    answer = rest_client(bob).post(f"/api/v1/leave/{number}/approve/")
    assert (answer.status_code, answer.json()["state"], answer.json()["answered_by"]) == (
        200,
        "approved",
        "bob",
    )
    second = rest_client(bob).post(f"/api/v1/leave/{number}/return/", {"text": "No"})
    assert (second.status_code, second.json()["code"]) == (409, "conflict")
    assert rest_client(dina).post(f"/api/v1/leave/{number}/withdraw/").status_code == 409


def test_returning_needs_a_sentence(dina: User, alice: User) -> None:
    number = ask(dina)
    client = rest_client(alice)
    assert client.post(f"/api/v1/leave/{number}/return/").status_code == 400
    assert client.post(f"/api/v1/leave/{number}/return/", {"text": "An exam"}).json()["answer"] == "An exam"


def test_a_student_withdraws_and_requests_for_nobody_else(dina: User, alice: User) -> None:
    number = ask(dina)
    assert rest_client(alice).post(f"/api/v1/leave/{number}/withdraw/").status_code == 409
    assert rest_client(dina).post(f"/api/v1/leave/{number}/withdraw/").json()["state"] == "withdrawn"
    other = rest_client(dina).post("/api/v1/leave/", times() | {"reason": "x", "user_id": "mouse"})
    assert (other.status_code, list(other.json()["errors"])) == (400, ["user_id"])


def test_the_office_enters_approved_leave_and_revokes_it(dina: User, alice: User, charlie: User) -> None:
    client = rest_client(alice)
    made = client.post("/api/v1/leave/", times() | {"reason": "Family", "user_id": "dina"}).json()
    assert (made["state"], made["by"], made["kind"]) == ("approved", "alice", "other")
    assert client.post(f"/api/v1/leave/{made['id']}/withdraw/").json()["state"] == "withdrawn"
    for body in ({"reason": "x"}, {"reason": "x", "user_id": "charlie"}, {"reason": "x", "user_id": "bob"}):
        assert client.post("/api/v1/leave/", times() | body).status_code == 400
    assert rest_client(charlie).get(f"/api/v1/leave/{made['id']}/").status_code == 404


def test_everybody_lists_what_they_may_see(
    school: Enterprise, dina: User, alice: User, bob: User, charlie: User
) -> None:
    ask(dina, kind="sick")
    mouse = create_person(school, "mouse", Role.STUDENT)
    ask(mouse)
    seen = {
        reader.user_id: {row["user_id"] for row in all_rows(rest_client(reader), "leave/")}
        for reader in (alice, bob, dina, charlie)
    }
    assert seen == {"alice": {"dina", "mouse"}, "bob": {"dina"}, "dina": {"dina"}, "charlie": set()}
    client = rest_client(alice)
    for query in ("user_id=dina", "kind=sick", "user_id=dina&state=requested"):
        assert [row["user_id"] for row in all_rows(client, f"leave/?{query}")] == ["dina"]
    assert (
        rest_client(bob).post(f"/api/v1/leave/{Leave.objects.get(person=mouse).pk}/approve/").status_code
        == 403
    )


def test_a_token_needs_the_scope(dina: User, bob: User) -> None:
    number = ask(dina)
    for scopes, status in ((["leave:read"], 403), (["attendance:write"], 403), (["leave:write"], 200)):
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Token {issue_token(bob, scopes=scopes)}")
        assert client.post(f"/api/v1/leave/{number}/approve/").status_code == status
    assert Leave.objects.get().state == "approved"
