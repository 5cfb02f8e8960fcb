"""Pages of grades and their heads, and groups by grade."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Enterprise, Grade, Role, StudentGroup, User
from accounts.people.charges import groups_in_charge, school_day, students_in_charge
from accounts.people.grades.services import add_grade
from classes.models import ReportSchedule, ThresholdRule
from console.audit.models import AuditEntry
from tests.support.cast import create_person
from tests.support.charges import put_in_charge
from tests.support.page_client import client_for, page_text

pytestmark = pytest.mark.django_db
PAGE = "/grades/"


@pytest.fixture
def grade(alice: User) -> Grade:
    return add_grade(name="Grade 7", by=alice)


@pytest.fixture
def hatters(school: Enterprise, grade: Grade, dina: User) -> StudentGroup:
    group = StudentGroup.objects.create(enterprise=school, name="Hatters", grade=grade)
    group.students.add(dina)
    return group


@pytest.mark.parametrize("role", [Role.ADMIN, Role.SUPERADMIN])
def test_one_click_adds_a_ready_made_set_to_an_empty_school(
    school: Enterprise, role: Role, settings: Any
) -> None:
    settings.REQUIRE_TWO_FACTOR = False
    client = client_for(create_person(school, "root", role), "zh-hans")
    assert "初一 · 初二 · 初三" in page_text(client.get(PAGE))
    client.post(f"{PAGE}fill/middle/")
    assert list(Grade.objects.values_list("name", flat=True)) == ["初一", "初二", "初三"]
    assert client.post(f"{PAGE}fill/nothing/").status_code == 404


def test_the_list_counts_groups_and_students_and_names_the_heads_of_today(
    alice: User, bob: User, sue: User, school: Enterprise, grade: Grade, hatters: StudentGroup
) -> None:
    old = StudentGroup.objects.create(enterprise=school, name="Old", grade=grade, archived_at=timezone.now())
    old.students.set(hatters.students.all())
    put_in_charge(grade, bob)
    put_in_charge(grade, sue, ends_on="2020-01-01")
    client = client_for(alice, "en")
    with CaptureQueriesContext(connection) as few:
        page = client.get(PAGE)
    (row,) = page.context["grades"]
    assert (row.group_count, row.student_count) == (1, 1)
    assert [one.teacher for one in row.present_charges] == [bob]
    for number in range(20):
        add_grade(name=f"G{number}", by=alice)
    with CaptureQueriesContext(connection) as many:
        client.get(PAGE)
    assert len(many) == len(few) <= 12


def test_a_grade_is_added_renamed_moved_and_deleted_on_the_pages(
    alice: User, grade: Grade, hatters: StudentGroup
) -> None:
    client = client_for(alice, "en")
    twice = client.post(f"{PAGE}new/", {"name": "Grade 7"})
    assert list(twice.context["form"].errors) == ["name"]
    client.post(f"{PAGE}new/", {"name": "Grade 8"})
    client.post(f"{PAGE}{grade.pk}/", {"name": "Year 7"})
    client.post(f"{PAGE}{grade.pk}/move/", {"direction": "down"})
    assert [one.name for one in client.get(PAGE).context["grades"]] == ["Grade 8", "Year 7"]
    assert "1 group stays, without a grade." in page_text(client.get(f"{PAGE}{grade.pk}/delete/"))
    client.post(f"{PAGE}{grade.pk}/delete/")
    hatters.refresh_from_db()
    assert hatters.grade is None


def test_the_deletion_names_reports_rules_and_the_heads_to_come_on_the_page_and_in_the_trail(
    alice: User, bob: User, sue: User, school: Enterprise, grade: Grade
) -> None:
    put_in_charge(grade, bob)
    put_in_charge(grade, sue, ends_on="2020-01-01")
    due = timezone.now()
    ReportSchedule.objects.create(enterprise=school, person=alice, grade=grade, every="week", due_at=due)
    rule = {"enterprise": school, "scope": "grade", "grade": grade, "kind": "absences"}
    ThresholdRule.objects.create(**rule, number=3)
    ThresholdRule.objects.create(**rule, number=4, removed_at=due)
    client = client_for(alice, "en")
    page = page_text(client.get(f"{PAGE}{grade.pk}/delete/"))
    assert "1 head of grade is deleted." in page
    assert "1 report by e-mail is deleted: Alice (" in page
    assert "1 warning rule applies to nobody any more: 3 absences in a row" in page
    client.post(f"{PAGE}{grade.pk}/delete/")
    before = AuditEntry.objects.get(action="grade.delete").before
    (report,), (warning,) = before["report_schedules"], before["warning_rules"]
    assert report.startswith("Alice (")
    assert warning.startswith("3 absences in a row")
    assert sorted(before["heads"]) == ["bob", "sue"]


def test_only_administrators_of_the_school_change_grades(
    bob: User, sue: User, charlie: User, grade: Grade
) -> None:
    head = put_in_charge(grade, bob)
    pages = [f"{PAGE}{grade.pk}/{page}" for page in ("", "delete/", "heads/", "heads/new/")]
    pages.append(f"/groups/teachers/{head.pk}/edit/")
    for page in pages:
        assert client_for(bob).get(page).status_code == 403, page
        assert client_for(charlie).get(page).status_code == 404, page
    assert client_for(charlie).post(f"{PAGE}{grade.pk}/move/").status_code == 404
    assert client_for(bob).post(f"{PAGE}{grade.pk}/move/").status_code == 403
    assert client_for(sue).get(PAGE).status_code == 200
    assert client_for(sue).post(f"{PAGE}fill/middle/").status_code == 403


def test_an_administrator_enters_changes_and_ends_a_deputy_head(
    alice: User, bob: User, grade: Grade, hatters: StudentGroup, dina: User
) -> None:
    client, pages = client_for(alice, "en"), f"{PAGE}{grade.pk}/heads/"
    assert "No head of grade yet" in page_text(client.get(pages))
    assert "deputy head of grade" in page_text(client.get(f"{pages}new/"))
    today = school_day(grade.enterprise)
    fields = {"teacher": bob.pk, "kind": "deputy", "starts_on": f"{today}", "ends_on": ""}
    answer = client.post(f"{pages}new/", fields)
    assert answer["Location"] == pages
    assert [one["student"] for one in students_in_charge(bob)] == [dina.pk]
    twice = client.post(f"{pages}new/", fields)
    assert list(twice.context["form"].errors) == ["teacher"]
    charge = grade.charges.get()
    client.post(f"/groups/teachers/{charge.pk}/edit/", fields | {"kind": "charge"})
    assert "head of grade" in page_text(client.get(pages))
    client.post(f"/groups/teachers/{charge.pk}/end/")
    assert not groups_in_charge(bob).exists()


def test_a_head_has_each_group_that_comes_into_the_grade_and_no_archived_one(
    school: Enterprise, bob: User, grade: Grade, hatters: StudentGroup
) -> None:
    put_in_charge(grade, bob)
    put_in_charge(hatters, bob)
    later = StudentGroup.objects.create(enterprise=school, name="Dodos")
    assert {one["group"] for one in groups_in_charge(bob)} == {hatters.pk}
    StudentGroup.objects.filter(pk=later.pk).update(grade=grade)
    assert {one["group"] for one in groups_in_charge(bob)} == {hatters.pk, later.pk}
    StudentGroup.objects.update(archived_at=timezone.now())
    assert not groups_in_charge(bob).exists()


def test_the_form_of_a_group_gives_it_a_grade_and_the_list_sorts_and_filters_by_it(
    alice: User, charlie: User, school: Enterprise, grade: Grade
) -> None:
    client, foreign = client_for(alice, "en"), add_grade(name="Grade 7", by=charlie)
    refused = client.post("/groups/new/", {"name": "Dodos", "grade": foreign.pk})
    assert list(refused.context["form"].errors) == ["grade"]
    client.post("/groups/new/", {"name": "Dodos", "grade": grade.pk})
    StudentGroup.objects.create(enterprise=school, name="Ants")

    def shown(query: str) -> list[str]:
        return [one.name for one in client.get(f"/groups/?{query}").context["page_obj"]]

    assert shown("sort=grade") == ["Dodos", "Ants"]
    assert shown("sort=-grade") == ["Ants", "Dodos"]
    assert shown(f"grade={grade.pk}") == ["Dodos"]
    assert shown(f"grade={foreign.pk}") == ["Ants", "Dodos"]
