"""The grade of a group comes in and goes out with the file of people."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.imports.import_type import PEOPLE_IMPORT
from accounts.models import Grade, Role, StudentGroup, User
from accounts.people.grades.services import delete_grade
from console.audit.models import AuditEntry
from console.imports import services
from console.imports.import_type import ImportOutdated
from tests.accounts.imports.conftest import import_row, row_outcomes
from tests.accounts.imports.test_export import content
from tests.support.cast import create_person
from tests.support.concurrent_calls import call_while_other_waits
from tests.support.page_client import client_for, page_text

pytestmark = pytest.mark.django_db

HEAD = ["账号", "姓名", "角色", "班级", "年级"]


@pytest.fixture(autouse=True)
def grades(school):
    return [
        Grade.objects.create(enterprise=school, name=name, position=place)
        for place, name in enumerate(("初一", "初二"))
    ]


@pytest.fixture
def first(school, grades):
    """A group of 初一 with Dina."""
    group = StudentGroup.objects.create(enterprise=school, name="一班", grade=grades[0])
    group.students.add(create_person(school, "dina", Role.STUDENT))
    return group


def locked_tables(queries: CaptureQueriesContext) -> list[str]:
    """The tables of groups, grades and people, in the order in which their rows are first locked."""
    tables = [
        table
        for query in queries.captured_queries
        if "FOR NO KEY UPDATE" in query["sql"]
        for table in ("accounts_studentgroup", "accounts_grade", "accounts_user")
        if f'FROM "{table}"' in query["sql"].split("WHERE")[0]
    ]
    return list(dict.fromkeys(tables))


def grade_of(name: str) -> str:
    grade = StudentGroup.objects.get(name=name).grade
    return grade.name if grade else ""


def test_groups_of_the_row_get_the_grade_also_new_ones_and_an_undo_gives_the_former_back(
    compared, alice, first
):
    source = compared(["dina", "", "", "一班；二班", "初二"], head=HEAD)
    assert import_row(source, 2).after["grade"] == "初二"
    source = services.apply_import(PEOPLE_IMPORT, source=source, by=alice)
    assert (grade_of("一班"), grade_of("二班")) == ("初二", "初二")
    services.undo_import(PEOPLE_IMPORT, source=source, by=alice)
    assert grade_of("一班") == "初一"


def test_an_undo_leaves_a_grade_that_changed_since(compared, alice, first, grades):
    source = compared(["dina", "", "", "一班", "初二"], head=HEAD)
    source = services.apply_import(PEOPLE_IMPORT, source=source, by=alice)
    StudentGroup.objects.update(grade=None)
    services.undo_import(PEOPLE_IMPORT, source=source, by=alice)
    assert grade_of("一班") == ""


def test_an_empty_cell_and_the_present_grade_change_nothing(compared, first):
    rows = [["dina", "", "", "一班", "初一"]]
    assert row_outcomes(compared(*rows, head=HEAD)) == [(2, "unchanged", "")]
    assert row_outcomes(compared(["dina", "", "", "一班", ""], head=HEAD)) == [(2, "unchanged", "")]


def test_an_unknown_grade_one_without_a_group_and_a_second_one_are_refused(compared, first):
    rows = [
        ["s1", "Kid1", "学生", "二班", "初三"],
        ["s2", "Kid2", "学生", "", "初二"],
        ["s3", "Kid3", "学生", "二班", "初一"],
        ["s4", "Kid4", "学生", "二班", "初二"],
        ["s5", "Kid5", "学生", "二班", "初一"],
    ]
    source = compared(*rows, head=HEAD)
    assert row_outcomes(source) == [
        (2, "refused", "grade"),
        (3, "refused", "grade_alone"),
        (4, "added", ""),
        (5, "refused", "other_grade"),
        (6, "added", ""),
    ]
    assert import_row(source, 5).named == "4"


def test_groups_that_no_row_names_keep_their_grade_and_refuse_no_row(compared, alice, first, school, grades):
    """Dina and Ella sit in one club and in two classes."""
    club = StudentGroup.objects.create(enterprise=school, name="棋社")
    club.students.add(User.objects.get(user_id="dina"), create_person(school, "ella", Role.STUDENT))
    source = compared(["dina", "", "", "一班", "初二"], ["ella", "", "", "二班", "初一"], head=HEAD)
    assert row_outcomes(source) == [(2, "changed", ""), (3, "changed", "")]
    services.apply_import(PEOPLE_IMPORT, source=source, by=alice)
    assert (grade_of("一班"), grade_of("二班"), grade_of("棋社")) == ("初二", "初一", "")


def test_a_grade_without_a_group_in_the_row_is_refused_even_of_somebody_in_a_group(compared, first):
    assert row_outcomes(compared(["dina", "", "", "", "初二"], head=HEAD)) == [(2, "refused", "grade_alone")]


def test_a_row_that_contradicts_rows_which_change_nothing_is_refused(compared, first, school):
    for number in range(3):
        first.students.add(create_person(school, f"k{number}", Role.STUDENT))
    rows = [[f"k{number}", "", "", "一班", "初一"] for number in range(3)]
    source = compared(*rows, ["dina", "", "", "一班", "初二"], head=HEAD)
    assert [one[1] for one in row_outcomes(source)] == ["unchanged"] * 3 + ["refused"]
    assert import_row(source, 5).named == "2"
    assert source.grades == {}


def test_the_preview_names_the_change_of_a_group_once_and_the_trail_keeps_it(compared, alice, first, school):
    first.students.add(create_person(school, "ella", Role.STUDENT))
    rows = [[name, "", "", "一班", "初二"] for name in ("dina", "ella")]
    source = compared(*rows, head=HEAD)
    page = client_for(alice).get(reverse("accounts:import", args=[source.pk]))
    assert page_text(page).count("一班: 初一 → 初二") == 1
    source = services.apply_import(PEOPLE_IMPORT, source=source, by=alice)
    assert AuditEntry.objects.get(action="person.import").after["grades"] == {"一班": ["初一", "初二"]}
    services.undo_import(PEOPLE_IMPORT, source=source, by=alice)
    assert AuditEntry.objects.get(action="person.import_undone").after["grades"] == {"一班": ["初二", "初一"]}


def test_a_row_without_changes_shows_its_name_and_none(compared, alice, first):
    source = compared(["dina", "", "", "一班", "初一"], head=HEAD)
    page = client_for(alice).get(reverse("accounts:import", args=[source.pk]))
    line = page.context["lines"][0]
    assert (line.name, line.changes) == (User.objects.get(user_id="dina").nickname, [])


def test_grades_are_locked_after_groups_and_before_people(compared, alice, first):
    source = compared(["dina", "", "", "一班", "初二"], head=HEAD)
    with CaptureQueriesContext(connection) as queries:
        source = services.apply_import(PEOPLE_IMPORT, source=source, by=alice)
    assert locked_tables(queries) == ["accounts_studentgroup", "accounts_grade", "accounts_user"]
    with CaptureQueriesContext(connection) as queries:
        services.undo_import(PEOPLE_IMPORT, source=source, by=alice)
    assert locked_tables(queries) == ["accounts_studentgroup", "accounts_grade", "accounts_user"]


def test_a_grade_that_changed_or_went_since_the_preview_outdates_it(compared, alice, first, grades):
    source = compared(["dina", "", "", "一班", "初二"], head=HEAD)
    StudentGroup.objects.update(grade=None)
    with pytest.raises(ImportOutdated):
        services.apply_import(PEOPLE_IMPORT, source=source, by=alice)
    source = compared(["s1", "Kid1", "学生", "三班", "初二"], head=HEAD)
    grades[1].delete()
    with pytest.raises(ImportOutdated):
        services.apply_import(PEOPLE_IMPORT, source=source, by=alice)


@pytest.mark.django_db(transaction=True)
def test_a_grade_that_somebody_deletes_while_the_import_waits_brings_a_new_preview(
    compared, alice, first, grades
):
    source = compared(["dina", "", "", "一班", "初二"], head=HEAD)
    outcome = call_while_other_waits(
        lambda: delete_grade(grade=grades[1], by=alice),
        lambda: services.apply_import(PEOPLE_IMPORT, source=source, by=alice),
    )
    assert isinstance(outcome.error, ImportOutdated)
    assert row_outcomes(source) == [(2, "refused", "grade")]
    assert grade_of("一班") == "初一"


def test_an_export_names_the_grade_and_changes_nothing_when_it_comes_back(alice, first, school):
    other = StudentGroup.objects.create(enterprise=school, name="兴趣班")
    both = create_person(school, "ella", Role.STUDENT)
    for group in (first, other):
        group.students.add(both)
    sheet = content(client_for(alice, "zh-hans").post("/groups/export/", {"format": ".csv"}))
    heads, *rows = csv.reader(io.StringIO(sheet.decode("utf-8-sig")))
    assert {row[0]: row[heads.index("年级")] for row in rows} == {"dina": "初一", "ella": ""}
    source = services.receive_file(PEOPLE_IMPORT, file=io.BytesIO(sheet), filename="a.csv", by=alice)
    services.check_import(PEOPLE_IMPORT, source)
    assert {row.outcome for row in source.lines.all()} == {"unchanged"}
