"""The age group in a file of people: read in both languages, exported with a reason, not sent to iclass."""

import io
from datetime import date

import pytest

from accounts.imports.import_type import PEOPLE_IMPORT
from accounts.models import PeopleImport, PeopleImportRow, User
from accounts.models.import_reasons import REASONS
from accounts.people.age_and_consent import record_age, refresh_age_groups, today_at
from console.imports import services
from console.outbox.models import Operation
from tests.support.page_client import client_for

pytestmark = pytest.mark.django_db


def checked(alice, text):
    source = services.receive_file(PEOPLE_IMPORT, file=io.BytesIO(text.encode()), filename="a.csv", by=alice)
    services.check_import(PEOPLE_IMPORT, source)
    source.refresh_from_db()
    return source


@pytest.mark.parametrize(
    ("heading", "cell", "group"),
    [
        ("Age group", "under 14", "under_14"),
        ("Age group", "14–17", "minor"),
        ("年龄段", "14 岁以下", "under_14"),
        ("年龄段", "14 至 17 岁", "minor"),
        ("年龄段", "18 岁及以上", "adult"),
    ],
)
def test_the_age_group_is_read_in_both_languages(alice, dina, heading, cell, group):
    source = checked(alice, f"user ID,{heading}\ndina,{cell}\n")
    assert PeopleImportRow.objects.get(source=source).after["age_group"] == group


def test_another_word_is_refused_with_what_to_enter(alice, dina):
    row = PeopleImportRow.objects.get(source=checked(alice, "user ID,age group\ndina,young\n"))
    assert (row.outcome, row.column, row.reason) == ("refused", "age_group", "age_group")


def test_an_age_group_alone_is_not_sent_to_iclass(alice, dina):
    source = checked(alice, "user ID,age group\ndina,under 14\n")
    services.apply_import(PEOPLE_IMPORT, source=source, by=alice)
    assert User.objects.get(pk=dina.pk).age_group == "under_14"
    assert not Operation.objects.exists()


def test_it_is_exported_with_contacts_and_their_reason_alone(alice, dina):
    record_age(person=dina, by=alice, age_group="under_14")
    client = client_for(alice)
    with_contacts = {"format": ".csv", "contacts": "on", "reason": "moving"}
    files = {}
    for name, form in (("without", {"format": ".csv"}), ("with", with_contacts)):
        answer = client.post("/people/export/", form)
        files[name] = (b"".join(answer) if answer.streaming else answer.content).decode()
    assert "under 14" in files["with"]
    assert "under 14" not in files["without"]


@pytest.fixture
def born(alice, dina):
    """Dina has a date of birth: she is a minor, or an adult."""

    def record(years):
        today = today_at(alice.enterprise)
        record_age(person=dina, by=alice, date_of_birth=date(today.year - years, 1, 1))

    return record


@pytest.mark.parametrize(("years", "cell", "kept"), [(16, "under 14", "minor"), (30, "under 14", "adult")])
def test_an_age_group_that_the_date_of_birth_contradicts_is_refused(alice, dina, born, years, cell, kept):
    born(years)
    source = checked(alice, f"user ID,name,age group\ndina,Dina,{cell}\n")
    row = PeopleImportRow.objects.get(source=source)
    assert (row.outcome, row.column, row.reason) == ("refused", "age_group", "age_by_date")
    assert row.reason in REASONS
    assert User.objects.get(pk=dina.pk).age_group == kept


def test_the_same_age_group_and_an_empty_cell_are_accepted(alice, dina, born):
    born(16)
    for cell in ("14 to 17", ""):
        source = checked(alice, f"user ID,name,age group\ndina,Dee,{cell}\n")
        PeopleImport.objects.filter(pk=source.pk).update(options={"clear_empty": True})
        source.refresh_from_db()
        services.check_import(PEOPLE_IMPORT, source)
        assert PeopleImportRow.objects.get(source=source).after["age_group"] == "minor"


def test_an_undo_goes_on_after_a_birthday_and_leaves_the_age_group_of_today(alice, dina, born):
    born(16)
    User.objects.filter(pk=dina.pk).update(age_group="under_14")  # as it was before the birthday
    source = checked(alice, "user ID,name\ndina,Dee\n")
    services.apply_import(PEOPLE_IMPORT, source=source, by=alice)
    assert refresh_age_groups() == 1
    services.undo_import(PEOPLE_IMPORT, source=source, by=alice)
    assert PeopleImportRow.objects.get(source=source).undone == "restored"
    dina.refresh_from_db()
    assert (dina.nickname, dina.age_group) == ("Dina", "minor")
