"""People as files: read again they change nothing; contacts leave only with a reason, on record."""

import io

import pytest
from python_calamine import CalamineWorkbook

from accounts.imports.import_type import PEOPLE_IMPORT
from accounts.models import GroupMembership, Role, StudentGroup, User
from console.audit.models import AuditEntry, PersonalDataAccess
from console.imports import services
from console.imports.downloads import export_refused_rows
from console.sheets.columns import Column
from console.sheets.csv_writer import csv_text
from tests.support.cast import create_person
from tests.support.page_client import LANGUAGES, client_for, page_text

pytestmark = pytest.mark.django_db

FIELDS_SEEN = ["age_group", "consent", "date_of_birth", "e_mail", "guardian", "phone_no"]
COLUMNS = [Column("a", "账号"), Column("b", "姓名")]


def content(response) -> bytes:
    whole = b"".join(response) if response.streaming else response.content
    for close in response._resource_closers:  # the end of an answer would close the connection too
        close()
    return whole


@pytest.fixture
def odd_school(school, alice, bob, dina, quinn):
    """People of every role whose names and groups would break a careless file."""
    create_person(school, "odd", Role.STUDENT)
    groups = [
        StudentGroup.objects.create(enterprise=school, name=name) for name in ('=1;"a', "一班", "x, y", "-b")
    ]
    names = ["=cmd|' /C calc'!A0", "'quoted", "韩;-梅", "+1 2", " spaced "]
    for number, name in enumerate(names):
        one = create_person(school, f"00{number}", Role.STUDENT)
        User.objects.filter(pk=one.pk).update(
            nickname=name, gender="female", phone_no="+86 138", avatar="https://x.example/a.png"
        )
        GroupMembership.objects.bulk_create(
            GroupMembership(group=group, student=one) for group in groups[:number]
        )
    User.objects.filter(pk=dina.pk).update(phone_no="=odd", e_mail="", made_outside=True)
    return school


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_export_that_is_imported_again_changes_nothing(odd_school, alice, suffix, language):
    told = {"format": suffix, "contacts": "on", "reason": "moving"}
    response = client_for(alice, language).post("/people/export/", told)
    source = services.receive_file(
        PEOPLE_IMPORT, file=io.BytesIO(content(response)), filename=f"a{suffix}", by=alice
    )
    assert all(source.columns)
    services.check_import(PEOPLE_IMPORT, source)
    people = User.objects.filter(enterprise=odd_school).count()
    assert source.counts == {"added": 0, "changed": 0, "unchanged": people, "refused": 0, "twins": 0}


def test_contacts_leave_with_a_reason_and_each_persons_page_knows(alice, dina):
    client = client_for(alice)
    plain = client.post("/people/export/", {"format": ".csv"})
    assert "13812345678" not in plain.content.decode()
    assert not PersonalDataAccess.objects.exists()
    unsaid = client.post("/people/export/", {"format": ".csv", "contacts": "on"})
    assert "Enter a reason" in page_text(unsaid)
    whole = client.post("/people/export/", {"format": ".csv", "contacts": "on", "reason": "fire drill"})
    assert "13812345678" in whole.content.decode()
    entry = AuditEntry.objects.filter(action="person.export").latest("pk")
    assert (entry.actor, entry.reason, entry.after["format"]) == (alice, "fire drill", "csv")
    assert PersonalDataAccess.objects.get(person=dina).fields == FIELDS_SEEN


def test_nobody_but_those_whom_the_table_names_exports(bob, sue, alice, dina, charlie):
    for one in (bob, sue, dina):
        for page in ("/people/export/", "/groups/export/"):
            assert client_for(one).post(page, {"format": ".csv"}).status_code == 403
    assert "dina" not in client_for(charlie).post("/people/export/", {"format": ".csv"}).content.decode()


def test_groups_are_exported_with_who_is_in_them(alice, dina, school, bob):
    group = StudentGroup.objects.create(enterprise=school, name="一班")
    GroupMembership.objects.create(group=group, student=dina)
    told = client_for(alice).post("/groups/export/", {"format": ".csv"}).content.decode()
    assert "一班" in told
    assert "bob" not in told
    assert AuditEntry.objects.filter(action="group.export").count() == 1


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_refused_rows_come_back_in_their_columns_with_the_reason(alice, suffix):
    rows = [{"a": "x y", "b": "=1+1"}, {"a": "li", "b": "李雷"}]
    sheet = csv_text(rows, COLUMNS, zone=alice.enterprise.tz).encode()
    source = services.receive_file(PEOPLE_IMPORT, file=io.BytesIO(sheet), filename="a.csv", by=alice)
    services.check_import(PEOPLE_IMPORT, source)
    back = content(export_refused_rows(source, by=alice, suffix=suffix))
    if suffix == ".csv":
        assert '"x y","\'=1+1","2"' in back.decode()
        return
    head, row = CalamineWorkbook.from_filelike(io.BytesIO(back)).get_sheet_by_index(0).to_python()
    assert head[:2] == ["账号", "姓名"]
    assert row[:3] == ["x y", "=1+1", 2]
    assert row[3]
