"""REST of subjects, and the subject of a course."""

import pytest

from classes.models import Course, Subject
from classes.timetable.subjects.services import add_subject
from tests.classes.api.test_courses import COURSE, planned, send
from tests.support.rest_client import all_rows, rest_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def maths(alice, bob):
    return add_subject(by=alice, name="Maths", teachers=[bob])


def test_a_subject_is_added_changed_and_deleted(alice, bob):
    answer = send(alice, path="subjects/", name="Maths", teachers=["bob"])
    assert answer.status_code == 201, answer.json()
    subject = Subject.objects.get()
    assert answer.json() == {"id": subject.pk, "name": "Maths", "colour": 1, "teachers": ["bob"]}
    changed = send(alice, "patch", f"subjects/{subject.pk}/", colour=4, teachers=[])
    assert changed.json() == {"id": subject.pk, "name": "Maths", "colour": 4, "teachers": []}
    assert all_rows(rest_client(alice), "subjects/") == [changed.json()]
    course = planned(alice, subject=subject.pk)
    assert send(alice, "delete", f"subjects/{subject.pk}/").status_code == 204
    course.refresh_from_db()
    assert course.subject is None


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"name": "Maths"}, "name"),
        ({"name": ""}, "name"),
        ({"name": "Art", "colour": 9}, "colour"),
        ({"name": "Art", "teachers": ["kid1"]}, "teachers"),
        ({"name": "Art", "teachers": ["charlie"]}, "teachers"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(alice, charlie, kids, maths, fields, name):
    answer = send(alice, path="subjects/", **fields)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [name])


def test_a_change_names_the_state_that_it_is_about(alice, maths):
    client, address = rest_client(alice), f"/api/v1/subjects/{maths.pk}/"
    tag = client.get(address)["ETag"]
    assert client.patch(address, {"colour": 2}, format="json").status_code == 200
    late = client.patch(address, {"colour": 3}, format="json", headers={"if-match": tag})
    assert late.status_code == 412


def test_another_school_and_a_student_do_not_reach_it(charlie, kids, bob, maths):
    for method in ("get", "patch", "delete"):
        assert send(charlie, method, f"subjects/{maths.pk}/").status_code == 404
        assert send(kids[0], method, f"subjects/{maths.pk}/").status_code == 403
    assert all_rows(rest_client(charlie), "subjects/") == []
    assert [one["name"] for one in all_rows(rest_client(bob), "subjects/")] == ["Maths"]
    assert send(bob, "patch", f"subjects/{maths.pk}/", name="Sums").status_code == 403


def test_a_course_takes_a_subject_of_its_school(alice, charlie, bob, maths):
    theirs = add_subject(by=charlie, name="Theirs")
    assert send(alice, **COURSE, subject=theirs.pk).status_code == 400
    course = planned(alice, subject=maths.pk)
    client = rest_client(alice)
    assert "subject" not in client.get(f"/api/v1/courses/{course.pk}/").json(), "its fields are fixed"
    assert [one["id"] for one in all_rows(client, f"courses/?subject={maths.pk}")] == [course.pk]
    assert all_rows(client, f"courses/?subject={theirs.pk}") == []
    answer = send(alice, "patch", f"courses/{course.pk}/", subject=None)
    assert answer.status_code == 200
    assert Course.objects.get().subject is None
