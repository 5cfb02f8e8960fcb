"""Warning rules in REST: added, changed, switched and deleted by those who may, one state at a time."""

from typing import Any

import pytest

from accounts.models import Enterprise, Grade, StudentGroup, User
from classes.models import AttendanceWarning, Course, ThresholdRule
from console.audit.models import AuditEntry
from tests.classes.factories import create_students
from tests.support.rest_client import all_rows, rest_client

pytestmark = pytest.mark.django_db
PATH = "/api/v1/warning-rules/"
FIELDS = [
    *("id", "about", "scope", "grade", "group", "course", "number", "days", "least"),
    *("tells_teachers", "tells_office", "tells_student", "tells_guardians", "is_on", "text", "created_at"),
]


@pytest.fixture
def group(school: Enterprise) -> StudentGroup:
    return StudentGroup.objects.create(enterprise=school, name="Hatters")


def add(user: User, **fields: Any) -> Any:
    return rest_client(user).post(PATH, {"about": "absences", "number": 3, **fields}, format="json")


def change(user: User, rule: Any, **fields: Any) -> Any:
    return rest_client(user).patch(f"{PATH}{rule}/", fields, format="json")


def test_a_rule_is_added_listed_changed_and_deleted(alice: User, group: StudentGroup) -> None:
    made = add(alice, group=group.pk, tells_student=True, is_on=True)
    row = made.json()
    assert (made.status_code, list(row)) == (201, FIELDS)
    assert (row["scope"], row["group"], row["days"], row["least"]) == ("group", group.pk, None, None)
    assert [one["id"] for one in all_rows(rest_client(alice), f"warning-rules/?group={group.pk}")] == [
        row["id"]
    ]
    changed = change(alice, row["id"], number=4, tells_office=False)
    assert (changed.status_code, changed.json()["number"], changed.json()["group"]) == (200, 4, group.pk)
    assert rest_client(alice).delete(f"{PATH}{row['id']}/").status_code == 204
    assert rest_client(alice).get(f"{PATH}{row['id']}/").status_code == 404
    actions = AuditEntry.objects.order_by("pk").values_list("action", flat=True)
    assert [one for one in actions if one.startswith("threshold")] == [
        "threshold.add",
        "threshold.change",
        "threshold.delete",
    ]


def test_each_kind_has_its_numbers(alice: User) -> None:
    rate = add(alice, about="rate", number=85, days=28).json()
    assert (rate["days"], rate["least"]) == (28, 5)
    late = add(alice, about="late", number=3, days=7, least=9).json()
    assert late["least"] is None
    assert list(add(alice, about="late", number=3).json()["errors"]) == ["days"]
    assert list(add(alice, about="absences", number=51).json()["errors"]) == ["number"]
    assert list(add(alice, about="rate", number=101, days=7).json()["errors"]) == ["number"]
    assert change(alice, late["id"], number=51).status_code == 400


def test_a_rule_has_one_target_that_stays_as_its_kind_does(
    alice: User, bob: User, school: Enterprise, group: StudentGroup
) -> None:
    grade = Grade.objects.create(enterprise=school, name="Grade 1", position=1)
    assert list(add(alice, group=group.pk, grade=grade.pk).json()["errors"]) == ["course"]
    rule = add(alice, grade=grade.pk).json()
    assert rule["scope"] == "grade"
    for other in ({"group": group.pk}, {"about": "late", "days": 7}):
        answer = change(alice, rule["id"], **other)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["non_field_errors"])
    grade.delete()
    assert change(alice, rule["id"], number=4).status_code == 400
    assert change(alice, rule["id"], is_on=False).json()["is_on"] is False


def test_the_same_rule_twice_is_refused(alice: User) -> None:
    assert add(alice).status_code == 201
    assert add(alice).status_code == 400


def test_a_rule_that_is_switched_off_ends_its_warnings(alice: User, school: Enterprise) -> None:
    rule = add(alice).json()
    kid = create_students(school, 1, "Year 7")[0]
    warning = AttendanceWarning.objects.create(
        enterprise=school, rule_id=rule["id"], person=kid, facts={"kind": "absences"}
    )
    answer = change(alice, rule["id"], is_on=False, tells_office=False).json()
    assert (answer["is_on"], answer["tells_office"]) == (False, False)
    warning.refresh_from_db()
    assert warning.ending == "rule"


def test_an_outdated_state_is_refused(alice: User) -> None:
    rule = add(alice).json()["id"]
    client = rest_client(alice)
    tag = client.get(f"{PATH}{rule}/")["ETag"]
    assert client.patch(f"{PATH}{rule}/", {"number": 4}, headers={"If-Match": tag}).status_code == 200
    assert client.patch(f"{PATH}{rule}/", {"number": 5}, headers={"If-Match": tag}).status_code == 412
    assert client.delete(f"{PATH}{rule}/", headers={"If-Match": tag}).status_code == 412
    assert ThresholdRule.objects.get().number == 4


def test_only_administrators_of_the_school_reach_rules(
    alice: User, bob: User, charlie: User, group: StudentGroup
) -> None:
    rule = add(alice).json()["id"]
    assert rest_client(bob).get(PATH).status_code == 403
    assert add(bob).status_code == 403
    assert all_rows(rest_client(charlie), "warning-rules/") == []
    assert rest_client(charlie).get(f"{PATH}{rule}/").status_code == 404
    assert change(charlie, rule, number=9).status_code == 404
    other = add(charlie, group=group.pk)
    assert (other.status_code, list(other.json()["errors"])) == (400, ["group"])
    course = Course.objects.create(
        enterprise=bob.enterprise,
        title="Croquet",
        teacher=bob,
        starts_local="2027-03-02T09:00",
        duration_minutes=45,
    )
    assert list(add(charlie, course=course.pk).json()["errors"]) == ["course"]
