"""REST of grades, of the grade of a group and of heads of grade."""

from base64 import b64encode

import pytest

from accounts.models import Enterprise, Grade, StudentGroup, User
from accounts.people.grades.services import add_grade
from tests.support.rest_client import all_rows, rest_client

pytestmark = pytest.mark.django_db
PATH = "/api/v1/grades/"


def test_a_grade_is_added_renamed_moved_and_deleted(alice: User, charlie: User) -> None:
    client = rest_client(alice)
    first = client.post(PATH, {"name": "Grade 7"}).json()
    assert first == {"id": first["id"], "name": "Grade 7", "position": 1, "groups": 0, "students": 0}
    second = client.post(PATH, {"name": "Grade 8"}).json()
    twice = client.post(PATH, {"name": "Grade 8"})
    assert (twice.status_code, list(twice.json()["errors"])) == (400, ["name"])
    address = f"{PATH}{first['id']}/"
    tag = client.get(address)["ETag"]
    assert client.patch(address, {"name": "Year 7"}).json()["name"] == "Year 7"
    assert client.patch(address, {"name": "Form 7"}, headers={"if-match": tag}).status_code == 412
    assert client.post(f"{address}move/", {"direction": "down"}).json()["position"] == 2
    assert client.post(f"{address}move/", {"direction": "left"}).status_code == 400
    assert [one["position"] for one in client.get(PATH).json()["results"]] == [1, 2]
    assert rest_client(charlie).get(address).status_code == 404
    assert client.delete(f"{PATH}{second['id']}/").status_code == 204
    assert Grade.objects.get().name == "Year 7"


def test_grades_are_listed_as_they_stand_in_the_school(alice: User) -> None:
    first, *_others = [add_grade(name=name, by=alice) for name in ("Grade 7", "Grade 8", "Grade 9")]
    client = rest_client(alice)
    client.post(f"{PATH}{first.pk}/move/", {"direction": "down"})
    for page_size in (1, 2, 50):
        rows = all_rows(client, f"grades/?page_size={page_size}")
        assert [one["name"] for one in rows] == ["Grade 8", "Grade 7", "Grade 9"]
    too_large = b64encode(b"p=" + b"9" * 18).decode()
    assert client.get(PATH, {"cursor": too_large}).json()["results"] == []


def test_a_move_that_is_repeated_moves_no_further(alice: User) -> None:
    first, *_others = [add_grade(name=name, by=alice) for name in ("Grade 7", "Grade 8", "Grade 9")]
    client, address = rest_client(alice), f"{PATH}{first.pk}/"
    tag = {"if-match": client.get(address)["ETag"]}
    moved = client.post(f"{address}move/", {"direction": "down"}, headers=tag)
    assert (moved.status_code, moved.json()["position"]) == (200, 2)
    assert client.post(f"{address}move/", {"direction": "down"}, headers=tag).status_code == 412
    assert client.get(address)["ETag"] == moved["ETag"]
    assert client.patch(address, {"name": "Year 7"}, headers={"if-match": moved["ETag"]}).status_code == 200


def test_a_group_has_a_grade(alice: User, charlie: User, school: Enterprise) -> None:
    client, grade = rest_client(alice), add_grade(name="Grade 7", by=alice)
    foreign = add_grade(name="Grade 7", by=charlie)
    made = client.post("/api/v1/groups/", {"name": "Hatters", "grade": grade.pk}).json()
    assert made["grade"] == grade.pk
    StudentGroup.objects.create(enterprise=school, name="Dodos")
    listed = client.get(f"/api/v1/groups/?grade={grade.pk}").json()["results"]
    assert [one["name"] for one in listed] == ["Hatters"]
    address = f"/api/v1/groups/{made['id']}/"
    refused = client.patch(address, {"grade": foreign.pk})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["grade"])
    assert client.patch(address, {"grade": None}).json()["grade"] is None


def test_a_head_of_grade_is_entered_like_a_teacher_in_charge(
    alice: User, bob: User, school: Enterprise
) -> None:
    client, grade = rest_client(alice), add_grade(name="Grade 7", by=alice)
    group = StudentGroup.objects.create(enterprise=school, name="Hatters")
    fields = {"grade": grade.pk, "teacher": "bob", "duty": "deputy", "starts_on": "2026-01-05"}
    made = client.post("/api/v1/charges/", fields).json()
    assert made == made | fields | {"group": None}
    for subjects in ({}, {"group": group.pk, "grade": grade.pk}):
        answer = client.post("/api/v1/charges/", {"teacher": "bob", **subjects})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["group"])
    changed = client.patch(f"/api/v1/charges/{made['id']}/", {"duty": "charge", "group": group.pk}).json()
    assert (changed["duty"], changed["grade"], changed["group"]) == ("charge", grade.pk, None)
    listed = client.get(f"/api/v1/charges/?grade={grade.pk}").json()["results"]
    assert [one["id"] for one in listed] == [made["id"]]
    assert [one["id"] for one in rest_client(bob).get("/api/v1/charges/").json()["results"]] == [made["id"]]
    assert client.post(f"/api/v1/charges/{made['id']}/end/").status_code == 204
