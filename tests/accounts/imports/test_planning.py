"""What an import would do: added, changed, unchanged, refused with a reason, nothing lost silently."""

import pytest
from django.utils import translation

from accounts.imports.import_type import PEOPLE_IMPORT
from accounts.models import GroupMembership, Role, StudentGroup, User
from accounts.people.group_services import archive_group
from console.imports.import_type import ImportOutdated
from console.imports.services import apply_import
from tests.accounts.imports.conftest import import_row, row_outcomes
from tests.support.cast import create_person

pytestmark = pytest.mark.django_db


def test_rows_are_added_changed_or_left_as_they_are(compared, dina, bob):
    source = compared(
        ["li.lei", "李雷", "学生", "13800000000", "li@example.com", ""],
        ["dina", "Dina D", "student", "13812345678", "dina@example.com", ""],
        ["bob", "Bob", "老师", "", "", ""],
    )
    assert row_outcomes(source) == [(2, "added", ""), (3, "changed", ""), (4, "unchanged", "")]
    assert import_row(source, 2).after["role"] == "student"
    changed = import_row(source, 3)
    assert (changed.before["nickname"], changed.after["nickname"]) == ("Dina", "Dina D")
    assert source.counts == {"added": 1, "changed": 1, "unchanged": 1, "refused": 0, "twins": 0}
    assert not User.objects.filter(user_id="li.lei").exists()


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (["", "李雷", "", "", "", ""], "user_id", "no_id"),
        (["li lei", "李雷", "", "", "", ""], "user_id", "bad_id"),
        (["a" * 33, "李雷", "", "", "", ""], "user_id", "bad_id"),
        (["li", "", "", "", "", ""], "nickname", "no_name"),
        (["li", "x" * 61, "", "", "", ""], "nickname", "long_name"),
        (["li", "李雷", "king", "", "", ""], "role", "role"),
        (["li", "李雷", "superadmin", "", "", ""], "role", "role_not_given"),
        (["li", "李雷", "", "call me", "", ""], "phone_no", "phone"),
        (["li", "李雷", "", "138****5678", "", ""], "phone_no", "phone"),
        (["li", "李雷", "", "1380", "", ""], "phone_no", "phone"),
        (["li", "李雷", "", "", "li@", ""], "e_mail", "mail"),
        (["li", "李雷", "老师", "", "", "一班"], "groups", "not_student"),
        (["li", "李雷", "", "", "", "x" * 81], "groups", "long_group"),
        (["vera", "Vera V", "", "", "", ""], "user_id", "visitor"),
        (["quinn", "Queen", "", "", "", ""], "user_id", "superadmin"),
        (["alice", "Alice", "老师", "", "", ""], "role", "yourself"),
    ],
)
def test_a_row_is_refused_with_its_column_and_reason(compared, school, quinn, row, column, reason):
    create_person(school, "vera", Role.VISITOR)
    source = compared(row)
    refused = import_row(source, 2)
    assert (refused.outcome, refused.column, refused.reason) == ("refused", column, reason)
    assert refused.refusal_message
    assert refused.value in row


def test_a_picture_must_be_an_https_address_of_a_jpg_or_png(compared):
    source = compared(
        ["a", "A", "http://x.example/a.jpg"],
        ["b", "B", "https://x.example/a.gif"],
        ["c", "C", "https://x.example/a.PNG"],
        head=["user ID", "name", "avatar"],
    )
    assert row_outcomes(source) == [(2, "refused", "picture"), (3, "refused", "picture"), (4, "added", "")]


def test_somebody_erased_stays_erased(compared, dina):
    User.objects.filter(pk=dina.pk).update(erased_at="2026-01-01T00:00Z")
    assert row_outcomes(compared(["dina", "Dina", "", "", "", ""])) == [(2, "refused", "erased")]


def test_of_two_rows_of_one_user_id_the_second_names_the_first(compared):
    source = compared(
        ["li", "李雷", "", "", "", ""], ["han", "韩", "", "", "", ""], ["li", "李磊", "", "", "", ""]
    )
    assert row_outcomes(source) == [(2, "added", ""), (3, "added", ""), (4, "refused", "twice")]
    with translation.override("en"):
        assert "Row 2" in import_row(source, 4).refusal_message


def test_two_people_of_one_name_are_both_there_and_marked(compared, dina):
    source = compared(
        ["a", "李雷", "", "", "", ""],
        ["b", "李雷", "", "", "", ""],
        ["c", "Dina", "", "", "", ""],
        ["d", "Only", "", "", "", ""],
    )
    assert source.counts["added"] == 4
    assert [row.number for row in source.lines.filter(twin=True)] == [2, 3, 4]


def test_an_empty_cell_keeps_what_is_there_unless_it_is_to_clear_it(compared, dina):
    row = ["dina", "", "", "", "", ""]
    assert compared(row).counts["unchanged"] == 1
    wanted = import_row(compared(row, clear_empty=True), 2).after
    assert (wanted["phone_no"], wanted["e_mail"], wanted["nickname"], wanted["role"]) == (
        "",
        "",
        "Dina",
        "student",
    )


def test_groups_are_joined_and_left_only_on_demand(compared, dina, school):
    old = StudentGroup.objects.create(enterprise=school, name="一班")
    GroupMembership.objects.create(group=old, student=dina)
    row = ["dina", "Dina", "", "", "", "二班；三班"]
    assert import_row(compared(row), 2).after["groups"] == ["一班", "三班", "二班"]
    source = compared(row, leave_groups=True)
    assert import_row(source, 2).after["groups"] == ["三班", "二班"]
    assert source.new_groups == ["三班", "二班"]


def test_a_missing_group_is_refused_where_none_is_to_be_made(compared):
    source = compared(["li", "李雷", "", "", "", "一班"], create_groups=False)
    assert row_outcomes(source) == [(2, "refused", "group")]
    assert "一班" in import_row(source, 2).refusal_message
    assert source.new_groups == []


def test_an_odd_value_that_is_there_already_does_not_refuse_the_row(compared, dina):
    User.objects.filter(pk=dina.pk).update(phone_no="ext. 12")
    assert compared(["dina", "Dina D", "", "ext. 12", "", ""]).counts["changed"] == 1


def test_another_schools_people_are_nobody_here(compared, other_school):
    create_person(other_school, "li", Role.STUDENT)
    source = compared(["li", "李雷", "", "", "", ""])
    assert import_row(source, 2).outcome == "added"
    assert import_row(source, 2).before is None


def test_a_title_above_the_headings_is_no_heading(compared):
    source = compared(["账号", "姓名"], ["li", "李雷"], head=["学生名单 2026"])
    assert source.columns == ["user_id", "nickname"]
    assert row_outcomes(source) == [(3, "added", "")]


def test_new_people_get_the_role_that_was_chosen(compared):
    assert import_row(compared(["t", "T", "", "", "", ""], role="teacher"), 2).after["role"] == "teacher"


def test_an_archived_group_takes_nobody_in_and_is_left_by_nobody(compared, alice, dina):
    old = StudentGroup.objects.create(enterprise=alice.enterprise, name="2025 班")
    old.students.add(dina)
    archive_group(group=old, by=alice)
    source = compared(
        ["dina", "Dina", "", "", "", ""],
        ["li", "李雷", "", "", "", "2025 班"],
        ["han", "韩梅梅", "", "", "", "2026 班"],
        leave_groups=True,
        clear_empty=False,
    )
    assert row_outcomes(source) == [(2, "unchanged", ""), (3, "refused", "archived"), (4, "added", "")]
    with translation.override("en"):
        assert import_row(source, 3).refusal_message == (
            "The group “2025 班” is archived. Restore it first, or clear the cell."
        )
    assert source.new_groups == ["2026 班"]
    apply_import(PEOPLE_IMPORT, source=source, by=alice)
    assert list(old.students.all()) == [dina]


def test_a_group_archived_since_the_preview_is_not_filled(compared, alice, dina):
    old = StudentGroup.objects.create(enterprise=alice.enterprise, name="2025 班")
    source = compared(["dina", "Dina", "", "", "", "2025 班"])
    archive_group(group=old, by=alice)
    with pytest.raises(ImportOutdated):
        apply_import(PEOPLE_IMPORT, source=source, by=alice)
    assert row_outcomes(source) == [(2, "refused", "archived")]
    assert not old.students.exists()
