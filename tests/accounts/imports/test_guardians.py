"""Guardians in a file of people: added and changed with their students, encrypted, undone, on record."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest

from accounts.imports.columns import GUARDIAN_COLUMNS, PEOPLE_HEADINGS
from accounts.imports.import_type import PEOPLE_IMPORT
from accounts.models import Guardian, PeopleImport, PeopleImportGuardian, PeopleImportRow, User
from accounts.models.import_reasons import REASONS
from accounts.people.erasure import erase_person
from accounts.people.guardians.services import MAX_GUARDIANS, add_guardian, delete_guardian
from accounts.sign_in.guardians.invitations import Delivery, invite, unused_invitations
from console.audit.models import AuditEntry
from console.imports import services
from console.imports.columns import guess_columns
from console.imports.import_type import ImportOutdated
from tests.accounts.imports.conftest import row_outcomes
from tests.support.guardians import create_account
from tests.support.page_client import client_for, page_text

pytestmark = pytest.mark.django_db
HEAD = ["账号", "姓名", "角色", "监护人1姓名", "监护人1关系", "监护人1电话", "监护人1邮箱", "监护人1语言"]
MORE = ["监护人2姓名", "监护人2电话"]
DINA = ["dina", "Dina", "学生", "李娜", "母亲", "13800138000", "na@example.com", "中文"]
FILE = Callable[..., PeopleImport]


@pytest.fixture
def filed(compared: FILE) -> FILE:
    def take(*rows: list[str], head: list[str] = HEAD, **options: Any) -> PeopleImport:
        return compared(*rows, head=head, **options)

    return take


def apply(source: PeopleImport, by: User) -> PeopleImport:
    services.apply_import(PEOPLE_IMPORT, source=source, by=by)
    source.refresh_from_db()
    return source


def undo(source: PeopleImport, by: User) -> None:
    services.undo_import(PEOPLE_IMPORT, source=source, by=by)


def contacts() -> list[tuple[str, str, str, str, str]]:
    rows = Guardian.objects.order_by("pk")
    return [
        (
            row.name.reveal(),
            row.relation,
            row.phone_no.reveal() if row.phone_no else "",
            row.e_mail.reveal() if row.e_mail else "",
            row.language,
        )
        for row in rows
    ]


def test_two_guardians_come_with_students_old_and_new(filed: FILE, alice: User, dina: User) -> None:
    source = filed(
        [*DINA, "Wang Wei", "13700137000"],
        ["new1", "New", "学生", "Ada", "", "", "ada@example.com", "English", "", ""],
        head=[*HEAD, *MORE],
    )
    assert [one for _row, one, _reason in row_outcomes(source)] == ["changed", "added"]
    apply(source, alice)
    assert contacts() == [
        ("李娜", "mother", "13800138000", "na@example.com", "zh-hans"),
        ("Wang Wei", "other", "13700137000", "", "zh-hans"),
        ("Ada", "other", "", "ada@example.com", "en"),
    ]
    assert Guardian.objects.filter(told_attendance=True).count() == 3
    entry = AuditEntry.objects.get(action="person.import")
    assert entry.after["guardians_added"] == 3
    assert "13800138000" not in str(list(AuditEntry.objects.values_list("before", "after")))


def test_a_second_run_changes_nothing(filed: FILE, alice: User, dina: User) -> None:
    apply(filed(DINA), alice)
    again = filed(DINA)
    assert row_outcomes(again) == [(2, "unchanged", "")]
    assert Guardian.objects.count() == 1


def test_a_guardian_is_matched_by_name_or_by_phone(filed: FILE, alice: User, dina: User) -> None:
    apply(filed(DINA), alice)
    apply(filed(["dina", "Dina", "", "李娜", "", "13900139000", "", ""]), alice)
    apply(filed(["dina", "Dina", "", "Li Na", "外婆", "139 0013 9000", "", "en"]), alice)
    assert contacts() == [("Li Na", "grandparent", "139 0013 9000", "na@example.com", "en")]


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        (["", "母亲", "13800138000", "", ""], "guardian1_name", "guardian_name"),
        (["李" * 121, "", "13800138000", "", ""], "guardian1_name", "guardian_name"),
        (["李娜", "teacher", "13800138000", "", ""], "guardian1_relation", "guardian_relation"),
        (["李娜", "", "call me", "", ""], "guardian1_phone", "phone"),
        (["李娜", "", "", "nobody", ""], "guardian1_mail", "mail"),
        (["李娜", "", "", "na@example.com", "klingon"], "guardian1_language", "guardian_language"),
        (["李娜", "", "", "", ""], "guardian1_phone", "guardian_contact"),
    ],
)
def test_a_wrong_cell_is_refused_at_its_column_without_its_value(
    filed: FILE, dina: User, cells: list[str], column: str, reason: str
) -> None:
    row = filed(["dina", "Dina", "学生", *cells]).lines.get()
    assert (row.outcome, row.column, row.reason, row.value) == ("refused", column, reason, "")
    assert REASONS[reason]
    assert not Guardian.objects.exists()


def test_both_guardians_of_a_row_must_differ(filed: FILE, alice: User, dina: User) -> None:
    twice = [*DINA, "李娜", "13700137000"]
    assert filed(twice, head=[*HEAD, *MORE]).lines.get().reason == "guardian_twice"
    apply(filed(DINA), alice)
    assert filed(twice, head=[*HEAD, *MORE]).lines.get().reason == "guardian_twice"


def test_only_students_have_guardians_and_not_too_many(
    filed: FILE, alice: User, bob: User, dina: User
) -> None:
    assert filed(["bob", "Bob", "老师", *DINA[3:]]).lines.get().reason == "guardian_role"
    aunt = {"relation": "other", "language": "en"}
    for number in range(MAX_GUARDIANS):
        add_guardian(student=dina, by=alice, name=f"Aunt {number}", phone_no=f"1380000000{number}", **aunt)
    row = filed(DINA).lines.get()
    assert row.reason == "guardian_many"
    assert "8" in row.refusal_message


def test_no_contact_stays_in_the_rows_after_it_was_applied(filed: FILE, alice: User, dina: User) -> None:
    source = apply(filed(DINA), alice)
    stored = str(list(PeopleImportRow.objects.values("cells", "before", "after", "value")))
    assert "13800138000" not in stored
    assert "李娜" not in stored
    apply(filed(["dina", "Dina", "", "李娜", "", "13900139000", "", ""]), alice)
    sealed = list(PeopleImportGuardian.objects.filter(before__isnull=False).values_list("before", flat=True))
    assert len(sealed) == 1
    assert "13800138000" not in sealed[0]
    assert source.lines.get().after["guardians"] == [
        {"n": 1, "added": True, "fields": ["name", "relation", "phone_no", "e_mail", "language"]}
    ]


@pytest.mark.usefixtures("english")
def test_the_preview_names_fields_and_no_values(filed: FILE, alice: User, dina: User) -> None:
    apply(filed(DINA), alice)
    source = filed(["dina", "Dina", "", "李娜", "", "13900139000", "", ""])
    page = page_text(client_for(alice).get(f"/people/imports/{source.pk}/"))
    assert "changed, as in the file: Guardian 1 phone" in page
    assert "13900139000" not in page


def test_the_preview_warns_of_a_known_phone_with_another_name_and_address(
    filed: FILE, alice: User, dina: User
) -> None:
    apply(filed(DINA), alice)
    create_account(Guardian.objects.get())
    moved = filed(["dina", "Dina", "", "李娜", "", "", "li@example.com", ""])
    assert "guardians" not in moved.counts
    source = filed(["dina", "Dina", "", "Ina", "", "13800138000", "ina@example.com", ""])
    assert source.counts["guardians"] == 1
    page = page_text(client_for(alice).get(f"/people/imports/{source.pk}/?show=guardians"))
    assert "another guardian" in page
    assert "A known guardian gets another name and another phone or e-mail." in page
    apply(source, alice)
    assert Guardian.objects.get().account is None


def test_an_undo_brings_back_what_was_there(filed: FILE, alice: User, dina: User) -> None:
    apply(filed(DINA), alice)
    before = contacts()
    second = apply(
        filed(
            ["dina", "Dina", "", "李娜", "", "13900139000", "", "", "Wang Wei", "13700137000"],
            ["new1", "New", "学生", "Ada", "", "13600136000", "", "", "", ""],
            head=[*HEAD, *MORE],
        ),
        alice,
    )
    assert len(contacts()) == 3
    undo(second, alice)
    assert contacts() == before
    assert not User.objects.filter(user_id="new1").exists(), "a new student goes with their guardians"


def test_another_address_ends_the_invitation_and_so_does_taking_it_back(
    filed: FILE, alice: User, dina: User
) -> None:
    apply(filed(DINA), alice)
    guardian = Guardian.objects.get()
    invite(guardian=guardian, by=alice, delivery=Delivery.CARD)
    apply(filed(["dina", "Dina", "", "李娜", "", "13900139000", "", ""]), alice)
    assert unused_invitations().exists(), "only the phone has changed"
    wrong = apply(filed(["dina", "Dina", "", "李娜", "", "", "mallory@example.com", ""]), alice)
    assert not unused_invitations().exists()
    invite(guardian=Guardian.objects.get(), by=alice, delivery=Delivery.CARD)
    undo(wrong, alice)
    assert not unused_invitations().exists()


def test_an_undo_keeps_what_changed_later(filed: FILE, alice: User, dina: User) -> None:
    first = apply(filed(DINA), alice)
    apply(filed(["dina", "Dina", "", "李娜", "", "13900139000", "", ""]), alice)
    undo(first, alice)
    assert first.lines.get().undone == "kept"
    assert contacts()[0][2] == "13900139000"


def test_an_undo_keeps_a_guardian_who_has_made_an_account_since(filed: FILE, alice: User, dina: User) -> None:
    source = apply(filed(DINA), alice)
    create_account(Guardian.objects.get())
    undo(source, alice)
    assert source.lines.get().undone == "kept"
    assert Guardian.objects.get().account is not None


def test_an_undo_after_the_guardian_was_deleted_keeps_the_row(filed: FILE, alice: User, dina: User) -> None:
    source = apply(filed(DINA), alice)
    delete_guardian(guardian=Guardian.objects.get(), by=alice)
    undo(source, alice)
    assert source.lines.get().undone == "kept"


def test_a_guardian_who_changed_after_the_preview_makes_a_new_one(
    filed: FILE, alice: User, dina: User
) -> None:
    source = filed(DINA)
    add_guardian(student=dina, by=alice, name="李娜", relation="mother", phone_no="1", language="en")
    with pytest.raises(ImportOutdated):
        apply(source, alice)
    assert contacts() == [("李娜", "mother", "1", "", "en")]
    apply(source, alice)
    assert contacts() == [("李娜", "mother", "13800138000", "na@example.com", "zh-hans")]


def test_erasing_the_student_takes_the_undo_data_too(filed: FILE, alice: User, dina: User) -> None:
    apply(filed(DINA), alice)
    apply(filed(["dina", "Dina", "", "李娜", "", "13900139000", "", ""]), alice)
    erase_person(person=dina, by=alice, reason="left")
    assert not PeopleImportGuardian.objects.exists()
    assert not Guardian.objects.exists()


def test_an_export_with_a_reason_is_imported_without_a_change(
    filed: FILE, compared: FILE, alice: User, dina: User
) -> None:
    apply(filed([*DINA, "Wang Wei", "+86 137"], head=[*HEAD, *MORE]), alice)
    form = {"format": ".csv", "contacts": "on", "reason": "moving"}
    answer: Any = client_for(alice).post("/people/export/", form)
    text = (b"".join(answer) if answer.streaming else answer.content).decode("utf-8-sig")
    head, *rows = list(csv.reader(io.StringIO(text)))
    assert "13800138000" in text
    again = compared(*rows, head=head)
    assert {one for _row, one, _reason in row_outcomes(again)} == {"unchanged"}
    plain: Any = client_for(alice).post("/people/export/", {"format": ".csv"})
    assert "13800138000" not in (b"".join(plain) if plain.streaming else plain.content).decode()


@pytest.mark.parametrize("headings", [HEAD[3:], ["Guardian 1 name", "Guardian 1 phone", "Parent e-mail"]])
def test_headings_of_schools_are_recognised(headings: list[str]) -> None:
    assert all(column in GUARDIAN_COLUMNS for column in guess_columns(headings, PEOPLE_HEADINGS))
