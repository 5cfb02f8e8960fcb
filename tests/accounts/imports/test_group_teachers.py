"""Who is in charge of a group comes in and goes out with the file of people."""

import io
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.imports.import_type import PEOPLE_IMPORT
from accounts.models import Role, StudentGroup, User
from console.imports import services
from console.imports.import_type import ImportOutdated
from tests.accounts.imports.conftest import import_row, row_outcomes
from tests.accounts.imports.test_export import content
from tests.support.cast import create_person
from tests.support.charges import put_in_charge, replace_in_charge
from tests.support.page_client import client_for

pytestmark = pytest.mark.django_db

HEAD = ["账号", "姓名", "角色", "负责的班级"]


@pytest.fixture
def first(school, bob):
    group = StudentGroup.objects.create(enterprise=school, name="一班")
    put_in_charge(group, bob)
    return group


def teacher_of(name: str) -> str:
    return StudentGroup.objects.get(name=name).teacher.user_id


def test_a_teacher_is_put_in_charge_of_groups_that_are_there_and_of_new_ones(compared, alice, first, bob):
    source = compared(["tom", "Tom", "老师", "一班；二班"], head=HEAD)
    assert source.new_groups == ["二班"]
    services.apply_import(PEOPLE_IMPORT, source=source, by=alice)
    assert (teacher_of("一班"), teacher_of("二班")) == ("tom", "tom")


def test_it_is_undone_and_the_former_teacher_is_in_charge_again(compared, alice, first, bob):
    rows = [["tom", "Tom", "老师", "一班；二班"], ["bob", "Robert", "老师", ""]]
    source = services.apply_import(PEOPLE_IMPORT, source=compared(*rows, head=HEAD), by=alice)
    services.undo_import(PEOPLE_IMPORT, source=source, by=alice)
    assert teacher_of("一班") == "bob"
    assert not StudentGroup.objects.filter(name="二班").exists()
    assert not User.objects.filter(user_id="tom").exists()
    assert User.objects.get(pk=bob.pk).nickname == "Bob"


def test_undoing_leaves_a_charge_that_changed_since(compared, alice, first, sue):
    source = services.apply_import(
        PEOPLE_IMPORT, source=compared(["tom", "Tom", "老师", "一班"], head=HEAD), by=alice
    )
    replace_in_charge([first], sue)
    services.undo_import(PEOPLE_IMPORT, source=source, by=alice)
    assert teacher_of("一班") == "sue"


def test_an_empty_cell_leaves_the_charge_and_clears_it_only_on_demand(compared, alice, first, bob):
    assert row_outcomes(compared(["bob", "", "", ""], head=HEAD)) == [(2, "unchanged", "")]
    services.apply_import(
        PEOPLE_IMPORT, source=compared(["bob", "", "", ""], head=HEAD, clear_empty=True), by=alice
    )
    assert StudentGroup.objects.get(pk=first.pk).teacher is None


def test_one_who_hands_over_and_one_who_takes_may_stand_in_one_file(compared, alice, first, bob, school):
    create_person(school, "tom", Role.TEACHER)
    rows = [["tom", "", "", "一班"], ["bob", "", "", "二班"]]
    services.apply_import(PEOPLE_IMPORT, source=compared(*rows, head=HEAD, leave_groups=True), by=alice)
    assert (teacher_of("一班"), teacher_of("二班")) == ("tom", "bob")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["li", "Li", "学生", "一班"], "not_staff"),
        (["gone", "", "", "一班"], "inactive"),
        (["tom", "Tom", "老师", "旧班"], "archived"),
        (["tom", "Tom", "老师", "x" * 81], "long_group"),
    ],
)
def test_who_cannot_be_in_charge_is_refused(compared, school, first, row, reason):
    create_person(school, "gone", Role.TEACHER)
    User.objects.filter(user_id="gone").update(is_active=False)
    StudentGroup.objects.create(enterprise=school, name="旧班", archived_at="2026-01-01T00:00Z")
    refused = import_row(compared(row, head=HEAD), 2)
    assert (refused.column, refused.reason) == ("in_charge", reason)
    assert refused.refusal_message


def test_two_rows_put_two_teachers_in_charge_of_one_group(compared, alice, first):
    source = compared(["bob", "", "", "一班"], ["tom", "Tom", "老师", "二班；一班"], head=HEAD)
    assert row_outcomes(source) == [(2, "unchanged", ""), (3, "added", "")]
    services.apply_import(PEOPLE_IMPORT, source=source, by=alice)
    assert [one.teacher.user_id for one in first.present_charges] == ["bob", "tom"]


def test_a_file_that_names_another_teacher_hands_over_today_and_deputies_stay(
    compared, alice, first, bob, sue
):
    day = timezone.localdate(timezone=first.enterprise.tz)
    put_in_charge(first, sue, kind="deputy", starts_on=day)
    source = compared(["tom", "Tom", "老师", "一班"], head=HEAD)
    services.apply_import(PEOPLE_IMPORT, source=source, by=alice)
    rows = first.charges.values_list("teacher__user_id", "kind", "starts_on", "ends_on")
    yesterday = day - timedelta(days=1)
    expected = {
        ("bob", "charge", None, yesterday),
        ("tom", "charge", day, None),
        ("sue", "deputy", day, None),
    }
    assert set(rows) == expected
    services.undo_import(PEOPLE_IMPORT, source=source, by=alice)
    assert set(rows.all()) == {("bob", "charge", None, None), ("sue", "deputy", day, None)}


def test_who_else_was_put_in_charge_since_the_preview_stops_it(compared, alice, first, sue):
    source = compared(["tom", "Tom", "老师", "一班"], head=HEAD)
    replace_in_charge([first], sue)
    with pytest.raises(ImportOutdated):
        services.apply_import(PEOPLE_IMPORT, source=source, by=alice)
    assert teacher_of("一班") == "sue"
    source.refresh_from_db()
    services.apply_import(PEOPLE_IMPORT, source=source, by=alice)
    assert teacher_of("一班") == "tom"


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_the_file_of_groups_names_the_teachers_and_imports_as_unchanged(alice, first, bob, dina, sue, suffix):
    first.students.add(dina)
    sheet = content(client_for(alice, "zh-hans").post("/groups/export/", {"format": suffix}))
    source = services.receive_file(PEOPLE_IMPORT, file=io.BytesIO(sheet), filename=f"a{suffix}", by=alice)
    assert "任班主任的班级" in source.headings
    services.check_import(PEOPLE_IMPORT, source)
    assert [(row.user_id, row.outcome) for row in source.lines.all()] == [
        ("bob", "unchanged"),
        ("dina", "unchanged"),
    ]


def test_the_preview_says_who_gets_which_group(compared, alice, first):
    source = compared(["tom", "Tom", "老师", "一班"], head=HEAD)
    page = client_for(alice, "en").get(f"/people/imports/{source.pk}/").content.decode()
    assert "Teacher in charge of groups: <ins>一班</ins>" in " ".join(page.split())
