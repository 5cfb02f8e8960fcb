"""Attendance codes in REST: read by the staff of the school, changed by administrators."""

import pytest

from accounts.models import Enterprise, Role, User
from classes.api.codes import AttendanceCodeViewSet
from classes.attendance.codes.services import add_code, edit_code
from classes.models import AttendanceCode, CodeUse
from console.concurrency import EditConflict
from tests.support.cast import create_person
from tests.support.rest_client import all_rows, rest_client

pytestmark = pytest.mark.django_db
PATH = "/api/v1/attendance-codes/"
AWAY = {
    "letters": "A",
    "name": "Away",
    "tone": "bad",
    "counts_as": "absent",
    "uses": [{"mark": "absent", "reason": ""}],
}


@pytest.fixture
def code(alice: User) -> AttendanceCode:
    fields = {"name": "Ill", "tone": "busy", "counts_as": "neither"}
    return add_code(by=alice, letters="I", uses=[("excused", "sick")], is_active=True, **fields)


def test_staff_read_the_codes_and_nobody_else(
    alice: User, bob: User, charlie: User, school: Enterprise, code: AttendanceCode
) -> None:
    for reader in (alice, bob, create_person(school, "sue", Role.SUPERVISOR)):
        (row,) = all_rows(rest_client(reader), "attendance-codes/")
        assert row == {
            "id": code.pk,
            "letters": "I",
            "name": "Ill",
            "tone": "busy",
            "counts_as": "neither",
            "is_active": True,
            "uses": [{"mark": "excused", "reason": "sick"}],
        }
    assert all_rows(rest_client(charlie), "attendance-codes/") == []
    assert rest_client(charlie).get(f"{PATH}{code.pk}/").status_code == 404
    assert rest_client(create_person(school, "dina", Role.STUDENT)).get(PATH).status_code == 403


def test_an_administrator_adds_changes_and_deletes_a_code(alice: User) -> None:
    client = rest_client(alice)
    made = client.post(PATH, AWAY, format="json")
    assert made.status_code == 201, made.data
    number = made.json()["id"]
    changed = client.patch(f"{PATH}{number}/", {"name": "Not there"}, format="json")
    assert (changed.json()["name"], changed.json()["uses"]) == ("Not there", AWAY["uses"])
    emptied = client.patch(f"{PATH}{number}/", {"uses": []}, format="json")
    assert (emptied.json()["uses"], CodeUse.objects.count()) == ([], 0)
    assert client.delete(f"{PATH}{number}/").status_code == 204
    assert not AttendanceCode.objects.exists()


def test_a_teacher_changes_none(bob: User, code: AttendanceCode) -> None:
    client = rest_client(bob)
    assert client.post(PATH, AWAY, format="json").status_code == 403
    assert client.patch(f"{PATH}{code.pk}/", {"name": "x"}, format="json").status_code == 403
    assert client.delete(f"{PATH}{code.pk}/").status_code == 403


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"letters": "I"}, "letters"),
        ({"letters": "A B"}, "letters"),
        ({"letters": "ABCDE"}, "letters"),
        ({"uses": [{"mark": "excused", "reason": "sick"}]}, "uses"),
        ({"uses": [{"mark": "late", "reason": "sick"}]}, "uses"),
        ({"tone": "pink"}, "tone"),
    ],
)
def test_a_refused_code_names_its_field(
    alice: User, code: AttendanceCode, fields: dict[str, object], field: str
) -> None:
    answer = rest_client(alice).post(PATH, AWAY | fields, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_a_change_of_what_somebody_else_changed_is_refused(alice: User, code: AttendanceCode) -> None:
    client, address = rest_client(alice), f"{PATH}{code.pk}/"
    tag = client.get(address)["ETag"]
    edit_code(code=code, by=alice, uses=[("excused", "")], name="Sick")
    late = client.patch(address, {"name": "Illness"}, format="json", HTTP_IF_MATCH=tag)
    assert late.status_code == 412
    assert client.patch(address, {"name": "Illness"}, format="json").status_code == 200


@pytest.mark.parametrize(
    ("use", "field"),
    [({}, "mark"), ({"reason": "sick"}, "mark"), ({"mark": "late", "reason": "sick"}, "reason")],
)
def test_a_change_of_the_marks_that_is_wrong_names_what_is(
    alice: User, code: AttendanceCode, use: dict[str, str], field: str
) -> None:
    answer = rest_client(alice).patch(f"{PATH}{code.pk}/", {"uses": [use]}, format="json")
    assert (answer.status_code, list(answer.json()["uses"]["0"])) == (400, [field])
    assert CodeUse.objects.get().kind == "sick"


def test_a_mark_without_a_reason_stands_for_the_mark_alone(alice: User, code: AttendanceCode) -> None:
    answer = rest_client(alice).patch(f"{PATH}{code.pk}/", {"uses": [{"mark": "absent"}]}, format="json")
    assert answer.json()["uses"] == [{"mark": "absent", "reason": ""}]


def test_a_change_meets_the_state_that_was_read_and_not_a_later_one(
    alice: User, code: AttendanceCode
) -> None:
    """What somebody else saves while a request runs is neither part of the tag nor overwritten."""
    codes = AttendanceCodeViewSet()
    read = codes.queryset.get(pk=code.pk)
    seen = codes.seen_of(read)
    edit_code(code=code, by=alice, uses=[("excused", "")])
    assert codes.seen_of(read) == seen
    edit_code(code=read, by=alice, seen=seen, name="Sick")
    assert CodeUse.objects.get().kind == ""
    with pytest.raises(EditConflict):
        edit_code(code=read, by=alice, seen=seen, uses=[("absent", "")])
