"""Attendance warnings in REST: listed with filters, handled, followed up and closed by those who may."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Enterprise, Role, User
from classes.models import AttendanceWarning, ThresholdRule
from console.policy.tokens import issue_token
from tests.classes.factories import create_students
from tests.support.cast import create_person
from tests.support.charges import put_in_charge_of_students
from tests.support.rest_client import all_rows, rest_client

pytestmark = pytest.mark.django_db
PATH = "/api/v1/warnings/"
FIELDS = [
    *("id", "user_id", "nickname", "rule", "kind", "rule_text", "cause", "marks"),
    *("opened_at", "ended_at", "ending", "state", "acknowledged_by", "acknowledged_at"),
    *("closed_by", "closed_at", "follow_ups"),
]


@pytest.fixture
def kids(school: Enterprise) -> list[User]:
    return create_students(school, 2, "Year 7")


@pytest.fixture
def rule(school: Enterprise, alice: User) -> ThresholdRule:
    return ThresholdRule.objects.create(enterprise=school, kind="absences", number=3, created_by=alice)


@pytest.fixture
def warnings(rule: ThresholdRule, kids: list[User]) -> list[AttendanceWarning]:
    facts = {"kind": "absences", "count": 4, "total": 4, "number": 3, "days": None, "least": None}
    facts["marks"] = [{"lesson": 1, "at": "2026-11-24T01:00:00+00:00", "mark": "absent"}]
    return [
        AttendanceWarning.objects.create(enterprise=rule.enterprise, rule=rule, person=one, facts=facts)
        for one in kids
    ]


@pytest.fixture
def tom(tom: User, kids: list[User]) -> User:
    """In charge of a group with the first student alone."""
    put_in_charge_of_students(tom, kids[0])
    return tom


def users(client: APIClient, query: str = "") -> list[str]:
    return sorted(one["user_id"] for one in all_rows(client, f"warnings/{query}"))


def test_a_warning_has_its_cause_its_rule_and_its_marks(
    alice: User, warnings: list[AttendanceWarning]
) -> None:
    row = rest_client(alice).get(f"{PATH}{warnings[0].pk}/", headers={"accept-language": "en"}).json()
    assert list(row) == FIELDS
    assert (row["user_id"], row["kind"], row["state"]) == ("kid1", "absences", "open")
    assert row["cause"] == "Absent from 4 lessons in a row."
    assert row["rule_text"] == "3 absences in a row"
    assert row["marks"] == [{"lesson": 1, "at": "2026-11-24T01:00:00+00:00", "mark": "absent"}]


def test_the_list_is_filtered(alice: User, rule: ThresholdRule, warnings: list[AttendanceWarning]) -> None:
    AttendanceWarning.objects.filter(pk=warnings[1].pk).update(state="taken", acknowledged_by=alice)
    client = rest_client(alice)
    assert users(client) == ["kid1", "kid2"]
    assert users(client, "?state=open") == ["kid1"]
    assert users(client, "?user_id=kid2") == ["kid2"]
    assert users(client, f"?rule={rule.pk}") == ["kid1", "kid2"]
    assert users(client, f"?rule={rule.pk + 1}") == []
    assert client.get(f"{PATH}?state=nonsense").status_code == 400


def test_a_teacher_in_charge_sees_their_students_and_nobody_else_anything(
    tom: User, bob: User, charlie: User, kids: list[User], warnings: list[AttendanceWarning]
) -> None:
    assert users(rest_client(tom)) == ["kid1"]
    assert rest_client(tom).get(f"{PATH}{warnings[1].pk}/").status_code == 403
    assert users(rest_client(bob)) == []
    assert users(rest_client(charlie)) == []
    assert rest_client(charlie).get(f"{PATH}{warnings[0].pk}/").status_code == 404
    assert rest_client(kids[0]).get(PATH).status_code == 403


def test_a_warning_is_handled_followed_up_and_closed_once(
    tom: User, alice: User, warnings: list[AttendanceWarning]
) -> None:
    client, address = rest_client(tom), f"{PATH}{warnings[0].pk}/"
    taken = client.post(f"{address}acknowledge/")
    assert (taken.status_code, taken.json()["state"], taken.json()["acknowledged_by"]) == (
        200,
        "taken",
        "tom",
    )
    again = rest_client(alice).post(f"{address}acknowledge/")
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    empty = client.post(f"{address}follow-ups/", {"done": "note"})
    assert (empty.status_code, list(empty.json()["errors"])) == (400, ["text"])
    made = client.post(f"{address}follow-ups/", {"done": "called", "text": "Back on Monday"})
    assert (made.status_code, made.json()["done"], made.json()["by"]) == (201, "called", "tom")
    closed = client.post(f"{address}close/").json()
    assert (closed["state"], closed["closed_by"]) == ("closed", "tom")
    assert [one["text"] for one in closed["follow_ups"]] == ["Back on Monday"]
    assert client.post(f"{address}close/").status_code == 409


def test_who_may_only_look_changes_nothing(
    school: Enterprise, tom: User, warnings: list[AttendanceWarning]
) -> None:
    sue = create_person(school, "sue", Role.SUPERVISOR)
    address = f"{PATH}{warnings[0].pk}/"
    assert users(rest_client(sue)) == ["kid1", "kid2"]
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {issue_token(tom, scopes=['warnings:read'])}")
    assert client.get(address).status_code == 200
    for one in (rest_client(sue), client):
        assert one.post(f"{address}acknowledge/").status_code == 403


def test_more_warnings_cost_no_more_queries(
    django_assert_max_num_queries: Any, alice: User, warnings: list[AttendanceWarning]
) -> None:
    client = rest_client(alice)
    with django_assert_max_num_queries(12):
        assert client.get(PATH).status_code == 200
