import pytest

from console.policy.field_table import FIELDS, VISIBILITIES
from console.policy.rules import unregistered_resources
from console.policy.table import OUTSIDE_ONLY, ROLES, SCOPES, TABLE

CELLS = [
    (resource, action, cells.split()) for resource, rows in TABLE.items() for action, cells in rows.items()
]
#: What an operator may do outside of schools, and what is everybody's own.
OF_THE_PLATFORM = {"school", "visit", "policy", "mail_server"}
PERSONAL = {"token", "notice", "feed", "saved_view", "waiting"}
#: What a student does for themselves and nobody in their place.
STUDENTS_OWN = {("appeal", "add"), ("attendance", "own")}
#: What a student does for themselves and the office for everybody.
STUDENTS_AND_OFFICE = {("leave", "add"), ("leave", "withdraw"), ("leave", "file")}
READING = {"list", "view", "export"}
#: Into a classroom everybody comes as themselves who may see its lesson.
ENTRY = "enter_room"
#: Everybody gets a copy of their own data.
OWN_DATA = "subject_access"


def column(cells: list[str], role: str) -> str:
    return cells[list(ROLES).index(role)]


@pytest.mark.parametrize(("resource", "action", "cells"), CELLS)
def test_every_row_says_something_of_every_role(resource: str, action: str, cells: list[str]) -> None:
    assert len(cells) == len(ROLES)
    assert set(cells) <= set(SCOPES)


@pytest.mark.parametrize("resource", FIELDS)
def test_fields_stand_under_resources_and_actions_of_the_table(resource: str) -> None:
    for actions in FIELDS[resource].values():
        assert set(actions) <= set(TABLE[resource])
        for cells in actions.values():
            assert len(cells.split()) == len(ROLES)
            assert set(cells.split()) <= set(VISIBILITIES)


def test_every_resource_has_an_app_that_says_whose_it_is() -> None:
    assert unregistered_resources() == []


@pytest.mark.parametrize(("resource", "action", "cells"), CELLS)
def test_the_roles_keep_to_their_parts(resource: str, action: str, cells: list[str]) -> None:
    assert column(cells, "visitor") == "-"
    assert column(cells, "operator") in ("AS-" if resource in OF_THE_PLATFORM else "S-")
    assert all(cell != "A" for role, cell in zip(ROLES, cells, strict=True) if role != "operator")
    if resource not in PERSONAL:
        assert column(cells, "teacher") in "O-"
        assert column(cells, "assistant") in "O-"
        reads = (
            action in READING
            or action in (ENTRY, OWN_DATA)
            or (resource, action) in STUDENTS_OWN | STUDENTS_AND_OFFICE
        )
        assert column(cells, "student") == "-" or (column(cells, "student") == "O" and reads)
        assert column(cells, "supervisor") == "-" or action in READING or action in (ENTRY, OWN_DATA)


@pytest.mark.parametrize(("resource", "action", "cells"), CELLS)
def test_nobody_in_a_school_may_more_than_its_superadmin(
    resource: str, action: str, cells: list[str]
) -> None:
    if (resource, action) in STUDENTS_OWN:
        assert {role for role, cell in zip(ROLES, cells, strict=True) if cell != "-"} == {"student"}
        return
    wide = "-OS"
    highest = wide.index(column(cells, "superadmin"))
    assert all(
        wide.index(cell) <= highest for role, cell in zip(ROLES, cells, strict=True) if role != "operator"
    )


def test_people_and_audit_are_never_deleted() -> None:
    assert set(TABLE["person"]["delete"].split()) == {"-"}
    assert not {"add", "change", "delete"} & set(TABLE["audit"])


#: What opens a classroom, or carries data out.
ROOM_ACTIONS = {"export", "enter_room", "enter_for", "take_out", "visitor_pass"}


def test_an_operator_opens_no_contacts_tokens_classrooms_or_files_of_people() -> None:
    for resource, action, cells in CELLS:
        if action.startswith("reveal") or action in ROOM_ACTIONS:
            assert column(cells, "operator") == "-", (resource, action)
    for actions in FIELDS.values():
        for sights in actions.values():
            assert (
                column(sights["reveal" if "reveal" in sights else next(iter(sights))].split(), "operator")
                in "M-"
            )


#: All that an operator does in a school besides looking: comparing, sending, setting the connection.
OF_A_VISIT = {
    *(("school", one) for one in ("pull", "push", "connect")),
    *((resource, one) for resource in ("person", "lesson", "document") for one in ("pull", "push")),
    *(("operation", one) for one in ("send_again", "mark_done", "park")),
    *(("drift", one) for one in ("push", "ignore", "restore")),
    ("callback", "replay"),
}


def test_a_visit_changes_no_people_groups_lessons_marks_or_tokens() -> None:
    inside = {
        (resource, action)
        for resource, action, cells in CELLS
        if column(cells, "operator") != "-" and action not in {"list", "view"}
    }
    assert inside - OUTSIDE_ONLY == OF_A_VISIT


def test_in_a_school_an_operator_may_no_more_than_its_superadmin() -> None:
    for resource, action, cells in CELLS:
        if column(cells, "operator") == "S":
            assert column(cells, "superadmin") == "S", (resource, action)
