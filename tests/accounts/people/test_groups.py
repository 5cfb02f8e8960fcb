"""Groups of students: their list, picking many at once, and what a wrong pick is told."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Enterprise, StudentGroup, User
from accounts.people.group_services import delete_group, save_group
from console.audit.models import AuditEntry
from tests.support.charges import put_in_charge
from tests.support.page_client import LANGUAGES, client_for, page_says, page_text
from tests.support.undo_button import press_undo

NEW = "/groups/new/"


@pytest.fixture
def croquet(alice: User, dina: User) -> StudentGroup:
    return save_group(
        group=StudentGroup(enterprise=dina.enterprise, name="Croquet"), students=[dina], by=alice
    )


def test_a_group_is_added_with_its_students(alice: User, dina: User) -> None:
    answer = client_for(alice).post(NEW, {"name": "Croquet", "students": ["dina"]})
    assert answer["Location"] == "/groups/"
    group = StudentGroup.objects.get()
    assert (group.enterprise, list(group.students.all())) == (alice.enterprise, [dina])


def test_the_list_tells_the_size_and_leads_to_the_students(alice: User, croquet: StudentGroup) -> None:
    page = client_for(alice).get("/groups/")
    assert [(group.name, group.size) for group in page.context["page_obj"]] == [("Croquet", 1)]
    assert f"/people/?group={croquet.pk}" in page_text(page)


def test_the_list_costs_the_same_for_many_groups(
    alice: User, school: Enterprise, croquet: StudentGroup
) -> None:
    client = client_for(alice)
    with CaptureQueriesContext(connection) as few:
        client.get("/groups/")
    StudentGroup.objects.bulk_create(StudentGroup(enterprise=school, name=f"G{n}") for n in range(40))
    with CaptureQueriesContext(connection) as many:
        client.get("/groups/")
    assert len(many) == len(few)


def test_students_are_picked_by_the_thousand(alice: User, school: Enterprise, croquet: StudentGroup) -> None:
    crowd = [
        User(enterprise=school, user_id=f"s{n:04}", login=f"s{n}", nickname=f"S{n}", role="student")
        for n in range(1500)
    ]
    User.objects.bulk_create(crowd)
    client = client_for(alice)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(f"/groups/{croquet.pk}/edit/")
    assert len(queries) < 12
    choices = page.context["form"].candidates()
    assert (len(choices), choices[0].user_id, choices[0].chosen) == (1501, "dina", True)
    everybody = [one.user_id for one in choices]
    answer = client.post(f"/groups/{croquet.pk}/edit/", {"name": "All", "students": everybody})
    assert answer.status_code == 302
    assert croquet.students.count() == 1501


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"name": ""}, "name", "Enter a group name."),
        (
            {"name": "Croquet"},
            "name",
            "A group with this name already exists in your school. Choose another name.",
        ),
        (
            {"students": ["bob"]},
            "students",
            "At least one of the selected people is not a student of your school. Choose from the list.",
        ),
        (
            {"students": ["charlie"]},
            "students",
            "At least one of the selected people is not a student of your school. Choose from the list.",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_the_picks_stay(
    alice: User,
    bob: User,
    charlie: User,
    croquet: StudentGroup,
    fields: dict[str, object],
    field: str,
    sentence: str,
    language: str,
) -> None:
    answer = client_for(alice, language).post(NEW, {"name": "Chess", "students": ["dina"], **fields})
    assert list(answer.context["form"].errors) == [field]
    assert page_says(answer, sentence, language)
    assert StudentGroup.objects.count() == 1
    if field == "name":
        assert [one.user_id for one in answer.context["form"].candidates() if one.chosen] == ["dina"]


def test_somebody_of_the_staff_is_in_charge_and_their_page_says_so(
    alice: User, bob: User, dina: User, croquet: StudentGroup
) -> None:
    client = client_for(alice)
    address = f"/groups/{croquet.pk}/edit/"
    client.post(address, {"name": "Croquet", "teacher": bob.pk, "students": ["dina"]})
    assert StudentGroup.objects.get(pk=croquet.pk).teacher == bob
    assert "Bob" in page_text(client.get("/groups/"))
    assert [one.name for one in client.get("/groups/?q=bob").context["page_obj"]] == ["Croquet"]
    assert "Teacher in charge of groups" in page_text(client.get(f"/people/{bob.pk}/"))
    leaving = page_text(client.get(f"/people/{bob.pk}/deactivate/"))
    assert "This person is the teacher in charge of 1 group:" in leaving


@pytest.mark.parametrize("language", LANGUAGES)
def test_students_strangers_and_who_left_are_put_in_charge_of_nothing(
    alice: User, bob: User, dina: User, charlie: User, croquet: StudentGroup, language: str
) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    for one in (dina, charlie, bob):
        fields = {"name": "Croquet", "teacher": one.pk, "students": ["dina"]}
        answer = client_for(alice, language).post(f"/groups/{croquet.pk}/edit/", fields)
        assert list(answer.context["form"].errors) == ["teacher"]
        assert page_says(answer, "Choose an active staff member of your school.", language)


def test_whoever_is_in_charge_and_left_stays_until_another_is_chosen(
    alice: User, bob: User, dina: User, croquet: StudentGroup
) -> None:
    put_in_charge(croquet, bob)
    User.objects.filter(pk=bob.pk).update(is_active=False)
    fields = {"name": "Chess", "teacher": bob.pk, "students": ["dina"]}
    assert client_for(alice).post(f"/groups/{croquet.pk}/edit/", fields).status_code == 302


def test_an_archived_group_leaves_the_list_and_the_choosers_and_comes_back(
    alice: User, dina: User, croquet: StudentGroup
) -> None:
    client = client_for(alice)
    client.post(f"/groups/{croquet.pk}/archive/")
    assert [one.name for one in client.get("/groups/").context["page_obj"]] == []
    assert [one.name for one in client.get("/groups/?show=archived").context["page_obj"]] == ["Croquet"]
    for page in ("/people/", "/people/export/", "/groups/export/"):
        assert "Croquet" not in page_text(client.get(page)), page
    assert "Croquet" in page_text(client.get(f"/people/?group={croquet.pk}"))
    assert "archived" in page_text(client.get(f"/people/{dina.pk}/"))
    assert client.get(f"/groups/{croquet.pk}/edit/")["Location"] == "/groups/?show=archived"
    answer = client.post(f"/groups/{croquet.pk}/edit/", {"name": "Chess", "students": []})
    assert "This group is archived" in page_text(answer)
    assert list(croquet.students.all()) == [dina]
    client.post(f"/groups/{croquet.pk}/restore/")
    client.post(f"/groups/{croquet.pk}/restore/")
    assert [one.name for one in client.get("/groups/").context["page_obj"]] == ["Croquet"]
    acts = AuditEntry.objects.filter(object_type="accounts.studentgroup").order_by("pk")
    assert list(acts.values_list("action", flat=True)[1:]) == ["group.archive", "group.restore"]


def test_archiving_is_taken_back(alice: User, charlie: User, croquet: StudentGroup, settings: Any) -> None:
    settings.UNDO_S = 10
    client = client_for(alice)
    client.post(f"/groups/{croquet.pk}/archive/")
    _answer, ticket = press_undo(client, "/groups/")
    page = page_text(client.get("/groups/", headers={"accept-language": "en"}))
    assert "Taken back." in page
    assert "sent to iclass" not in page, "nothing of a group ever goes there"
    croquet.refresh_from_db()
    assert not croquet.is_archived
    client.post(f"/groups/{croquet.pk}/archive/")
    client_for(charlie).post("/undo/", {"ticket": ticket})
    croquet.refresh_from_db()
    assert croquet.is_archived, "a ticket is for whoever acted"


def test_a_deactivated_student_stays_in_the_group_until_taken_out(
    alice: User, dina: User, croquet: StudentGroup
) -> None:
    User.objects.filter(pk=dina.pk).update(is_active=False)
    client = client_for(alice)
    client.post(f"/groups/{croquet.pk}/edit/", {"name": "Croquet", "students": ["dina"]})
    assert croquet.students.count() == 1
    client.post(f"/groups/{croquet.pk}/edit/", {"name": "Croquet"})
    assert croquet.students.count() == 0


def test_a_new_name_does_not_take_out_a_member_who_is_no_student_any_more(
    alice: User, dina: User, croquet: StudentGroup
) -> None:
    User.objects.filter(pk=dina.pk).update(role="assistant")
    client_for(alice).post(f"/groups/{croquet.pk}/edit/", {"name": "Quidditch", "students": ["dina"]})
    croquet.refresh_from_db()
    assert (croquet.name, [one.user_id for one in croquet.students.all()]) == ("Quidditch", ["dina"])


def test_groups_are_closed_to_those_whom_they_do_not_concern(
    bob: User, sue: User, charlie: User, croquet: StudentGroup
) -> None:
    assert client_for(bob).get("/groups/").status_code == 403
    assert client_for(sue).get("/groups/").status_code == 200
    for one, status in ((bob, 403), (sue, 403), (charlie, 404)):
        assert client_for(one).post(f"/groups/{croquet.pk}/edit/", {"name": "Mine"}).status_code == status
        assert client_for(one).post(f"/groups/{croquet.pk}/archive/").status_code == status
        assert client_for(one).post(f"/groups/{croquet.pk}/restore/").status_code == status
    assert StudentGroup.objects.get().name == "Croquet"


def test_the_trail_tells_what_became_of_a_group_and_nothing_where_nothing_changed(
    alice: User, dina: User, bob: User, croquet: StudentGroup
) -> None:
    same = StudentGroup.objects.get(pk=croquet.pk)
    save_group(group=same, students=[dina], by=alice)
    save_group(group=same, students=[], by=alice, name="Chess", teacher=bob)
    delete_group(group=same, by=alice)
    acts = AuditEntry.objects.filter(object_type="accounts.studentgroup").order_by("pk")
    assert [(one.action, one.before, one.after) for one in acts] == [
        ("group.add", {}, {"name": "Croquet", "added": [dina.pk], "removed": []}),
        (
            "group.change",
            {"name": "Croquet", "teacher": None},
            {"name": "Chess", "teacher": "bob", "added": [], "removed": [dina.pk]},
        ),
        ("group.delete", {"name": "Chess", "grade": None, "teacher": "bob", "students": []}, None),
    ]
