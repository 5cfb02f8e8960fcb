"""Bulk writes: up to 500 rows, all or none, with errors by index."""

import pytest
from django.urls import get_resolver

from accounts.models import Grade, Role, StudentGroup, User
from console.policy.bulk_writes import MAX_BULK
from tests.support.cast import create_person
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.django_db


def post(client, path, rows, **headers):
    return client.post(f"/api/v1/bulk/{path}/", rows, format="json", headers=headers)


def patch(client, path, rows):
    return client.patch(f"/api/v1/bulk/{path}/", rows, format="json")


def test_people_are_added_and_changed_together(alice: User) -> None:
    client = rest_client(alice)
    rows = [{"user_id": f"p{n}", "role": "student", "nickname": f"P{n}"} for n in range(3)]
    made = post(client, "users", rows)
    assert (made.status_code, [row["user_id"] for row in made.json()]) == (201, ["p0", "p1", "p2"])
    changed = patch(
        client, "users", [{"user_id": "p2", "nickname": "Two"}, {"user_id": "p0", "gender": "male"}]
    )
    assert [row["nickname"] for row in changed.json()] == ["Two", "P0"]


def test_one_refused_row_keeps_all_from_being_saved_and_errors_are_by_index(alice: User) -> None:
    client = rest_client(alice)
    answer = post(client, "groups", [{"name": "7A"}, {"name": ""}, {"name": "7A"}, {"name": "7B"}])
    assert answer.status_code == 400
    body = answer.json()
    assert (body["code"], sorted(body["errors"])) == ("bulk_refused", ["1", "2"])
    assert body["errors"]["1"]["errors"].keys() == {"name"}
    assert not StudentGroup.objects.exists()


def test_a_row_of_another_school_and_one_without_a_key_are_refused(
    alice: User, charlie: User, school, other_school
) -> None:
    own = Grade.objects.create(enterprise=school, name="7", position=1)
    foreign = Grade.objects.create(enterprise=other_school, name="8", position=1)
    rows = [{"id": own.pk, "name": "9"}, {"id": foreign.pk, "name": "9"}, {"name": "9"}, {"id": True}]
    answer = patch(rest_client(alice), "grades", rows)
    found = {index: one["status"] for index, one in answer.json()["errors"].items()}
    assert (answer.status_code, found) == (400, {"1": 404, "2": 400, "3": 400})
    own.refresh_from_db()
    assert own.name == "7"


def test_who_may_not_add_one_may_not_add_many(bob: User) -> None:
    assert post(rest_client(bob), "users", [{"user_id": "x"}]).status_code == 403


@pytest.mark.parametrize("body", [{}, [], [1], {"rows": []}, [{"name": "7A"}] * (MAX_BULK + 1)])
def test_what_is_no_list_of_objects_or_too_long_is_refused(alice: User, body) -> None:
    assert post(rest_client(alice), "groups", body).status_code == 400
    assert not StudentGroup.objects.exists()


def test_a_repeated_bulk_request_is_answered_as_before(alice: User) -> None:
    client, key = rest_client(alice), {"Idempotency-Key": "bulk-1"}
    first, again = (post(client, "groups", [{"name": "7A"}, {"name": "7B"}], **key) for _ in range(2))
    assert (again.status_code, again.json()) == (201, first.json())
    assert StudentGroup.objects.count() == 2


def test_courses_and_leave_are_added_together(alice: User, bob: User, school) -> None:
    client = rest_client(alice)
    create_person(school, "dina", Role.STUDENT)
    course = {"title": "Maths", "teacher": "bob", "dtstart": "2031-03-03T09:00", "duration_minutes": 45}
    made = post(client, "courses", [course, {**course, "title": "Art", "dtstart": "2031-03-04T09:00"}])
    assert made.status_code == 201, made.content
    renamed = patch(client, "courses", [{"id": made.json()[0]["id"], "title": "Physics"}])
    assert [row["title"] for row in renamed.json()] == ["Physics"]
    times = {"begins_at": "2031-03-03T08:00Z", "ends_at": "2031-03-03T16:00Z"}
    assert post(client, "leave", [{"user_id": "dina", "reason": "ill", **times}]).status_code == 201


def test_every_resource_that_takes_json_has_its_bulk_address() -> None:
    routes = {str(key) for key in get_resolver().reverse_dict if isinstance(key, str)}
    assert len([name for name in routes if name.startswith("bulk-")]) == 16
