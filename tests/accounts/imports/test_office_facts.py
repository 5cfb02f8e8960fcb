"""Date of birth and consent in a file of people: entered where none is recorded, else refused."""

import io
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from accounts.imports.import_type import PEOPLE_IMPORT
from accounts.models import Consent, PeopleImport, PeopleImportRow, User
from accounts.models.import_reasons import REASONS
from accounts.people.age_and_consent import birthday_of, record_age, record_consent
from console.audit.models import AuditEntry, PersonalDataAccess
from console.imports import services
from console.imports.import_type import ImportOutdated
from console.outbox.models import Operation
from tests.support.page_client import client_for, page_text

pytestmark = pytest.mark.django_db
HEAD = "user ID,name,date of birth,consent given on,consent given by"
ROW = "dina,Dina,2015-03-31,2026-01-02,Li Na (mother)"
REASON = {"format": ".csv", "contacts": "on", "reason": "moving"}


def checked(alice: User, *rows: str, head: str = HEAD) -> PeopleImport:
    text = "\n".join((head, *rows)).encode()
    source = services.receive_file(PEOPLE_IMPORT, file=io.BytesIO(text), filename="a.csv", by=alice)
    services.check_import(PEOPLE_IMPORT, source)
    source.refresh_from_db()
    return source


def applied(alice: User, *rows: str) -> PeopleImport:
    source = checked(alice, *rows)
    services.apply_import(PEOPLE_IMPORT, source=source, by=alice)
    return source


def consent(dina: User, alice: User, day: date = date(2026, 1, 2), state: str = "given") -> None:
    record_consent(person=dina, by=alice, state=state, day=day, guardian="Li Na (mother)", how="paper")


def exported(alice: User, **form: str) -> str:
    answer: Any = client_for(alice).post("/people/export/", {**REASON, **form})
    return (b"".join(answer) if answer.streaming else answer.content).decode()


def test_both_are_entered_for_people_old_and_new_and_nothing_goes_to_iclass(alice: User, dina: User) -> None:
    Operation.objects.all().delete()
    applied(alice, ROW, "new1,New,2015/4/1,2026年1月3日,Wang Wei")
    dina.refresh_from_db()
    assert (birthday_of(dina), dina.age_group, dina.consent) == (date(2015, 3, 31), "under_14", "given")
    given = Consent.objects.get(person=dina)
    assert (given.day, given.guardian.reveal(), given.by) == (date(2026, 1, 2), "Li Na (mother)", alice)
    new = User.objects.get(user_id="new1")
    assert (birthday_of(new), new.age_group, new.consent) == (date(2015, 4, 1), "under_14", "given")
    assert not Operation.objects.filter(subject_id=dina.pk).exists()


def test_the_preview_names_what_is_entered_and_not_its_value(alice: User, dina: User) -> None:
    source = checked(alice, ROW)
    page = page_text(client_for(alice).get(reverse("accounts:import", args=[source.pk])))
    assert "as in the file" in page
    assert "2015-03-31" not in page
    row = PeopleImportRow.objects.get(source=source)
    assert "2015" not in str(row.after)
    assert "Li Na" not in str(row.after)


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ("soon,,", "date_of_birth", "birthday"),
        ("2999-01-01,,", "date_of_birth", "birthday"),
        ("1850-01-01,,", "date_of_birth", "birthday"),
        ("2015-02-30,,", "date_of_birth", "birthday"),
        (",2026-01-02,", "consent_by", "consent_half"),
        (",,Li Na", "consent_on", "consent_half"),
        (",2999-01-02,Li Na", "consent_on", "consent_day"),
        (",yesterday,Li Na", "consent_on", "consent_day"),
        (f",2026-01-02,{'x' * 121}", "consent_by", "long_guardian"),
    ],
)
def test_what_is_wrong_is_refused_with_a_sentence(
    alice: User, dina: User, cells: str, column: str, reason: str
) -> None:
    row = PeopleImportRow.objects.get(source=checked(alice, f"dina,Dina,{cells}"))
    assert (row.outcome, row.column, row.reason) == ("refused", column, reason)
    assert reason in REASONS


def test_what_differs_from_the_record_is_refused_and_the_same_changes_nothing(
    alice: User, dina: User
) -> None:
    record_age(person=dina, by=alice, date_of_birth=date(2015, 3, 31))
    consent(dina, alice)
    outcomes = {
        ROW: ("unchanged", ""),
        "dina,Dina,,,": ("unchanged", ""),
        "dina,Dina,2015-03-30,,": ("refused", "birthday_known"),
        "dina,Dina,,2026-01-03,Li Na (mother)": ("refused", "consent_known"),
    }
    for row, expected in outcomes.items():
        found = PeopleImportRow.objects.get(source=checked(alice, row))
        assert (found.outcome, found.reason) == expected, row
    consent(dina, alice, state="withdrawn")
    assert PeopleImportRow.objects.get(source=checked(alice, ROW)).reason == "consent_known"


def test_an_age_group_that_the_date_beside_it_contradicts_is_refused(alice: User, dina: User) -> None:
    source = checked(alice, "dina,adult,2015-03-31", head="user ID,age group,date of birth")
    assert PeopleImportRow.objects.get(source=source).reason == "age_by_date"


def test_a_fact_that_somebody_records_after_the_preview_brings_a_new_one(alice: User, dina: User) -> None:
    source = checked(alice, ROW)
    consent(dina, alice)
    with pytest.raises(ImportOutdated):
        PEOPLE_IMPORT.write(source, by=alice, reason="")


def test_an_undo_takes_back_what_was_entered(alice: User, dina: User) -> None:
    User.objects.filter(pk=dina.pk).update(age_group="minor")
    source = applied(alice, ROW)
    services.undo_import(PEOPLE_IMPORT, source=source, by=alice)
    dina.refresh_from_db()
    assert (birthday_of(dina), dina.age_group, dina.consent) == (None, "minor", "")
    assert not Consent.objects.exists()
    assert PeopleImportRow.objects.get(source=source).undone == "restored"


def test_an_undo_keeps_what_was_changed_afterwards(alice: User, dina: User) -> None:
    source = applied(alice, ROW)
    dina.refresh_from_db()
    record_age(person=dina, by=alice, date_of_birth=date(2015, 4, 1))
    services.undo_import(PEOPLE_IMPORT, source=source, by=alice)
    dina.refresh_from_db()
    assert (birthday_of(dina), dina.consent) == (date(2015, 4, 1), "given")
    assert PeopleImportRow.objects.get(source=source).undone == "kept"


def test_they_are_exported_with_a_reason_on_record_and_come_back_unchanged(alice: User, dina: User) -> None:
    record_age(person=dina, by=alice, date_of_birth=date(2015, 3, 31))
    consent(dina, alice)
    assert "2015-03-31" not in exported(alice, contacts="")
    file = exported(alice)
    assert "2015-03-31" in file
    assert "Li Na (mother)" in file
    seen = PersonalDataAccess.objects.filter(person=dina).latest("pk").fields
    assert {"date_of_birth", "guardian", "consent"} <= set(seen)
    source = services.receive_file(PEOPLE_IMPORT, file=io.BytesIO(file.encode()), filename="a.csv", by=alice)
    services.check_import(PEOPLE_IMPORT, source)
    assert source.counts["changed"] == source.counts["refused"] == 0
    consent(dina, alice, state="withdrawn")
    assert "Li Na" not in exported(alice)


def test_an_import_that_is_applied_keeps_no_value_in_its_rows(alice: User, dina: User) -> None:
    source = applied(alice, ROW, "new1,New,2015/4/1,2026年1月3日,Wang Wei", "bad,Bad,1850-01-01,,Zhao Min")
    kept = str(list(PeopleImportRow.objects.filter(source=source).values()))
    for told in ("2015", "2026-01-02", "Li Na", "Wang Wei", "1850", "Zhao Min"):
        assert told not in kept, told
    assert "Dina" in kept


def test_a_column_that_nobody_chose_is_emptied_too_if_its_heading_names_such_a_fact(alice: User) -> None:
    text = b"user ID,name,role,date of birth,note\nnew1,New,student,2015-03-31,tall"
    source = services.receive_file(PEOPLE_IMPORT, file=io.BytesIO(text), filename="a.csv", by=alice)
    source.columns = ["user_id", "nickname", "role", "", ""]
    services.start_check(PEOPLE_IMPORT, source, by=alice)
    services.apply_import(PEOPLE_IMPORT, source=source, by=alice)
    assert PeopleImportRow.objects.get(source=source).cells == ["new1", "New", "student", "", "tall"]


def test_a_refused_row_names_the_column_and_not_the_value(alice: User, dina: User) -> None:
    for cells in ("1850-01-01,,", ",2999-01-02,Li Na", ",,Li Na"):
        row = PeopleImportRow.objects.get(source=checked(alice, f"dina,Dina,{cells}"))
        assert (row.outcome, row.value) == ("refused", ""), cells


def test_a_roster_with_guardians_and_without_consent_is_not_refused(alice: User) -> None:
    source = checked(alice, "new1,New,Li Na,Li Na", head="user ID,name,监护人,guardian")
    assert PeopleImportRow.objects.get(source=source).outcome == "added"


def test_the_undo_removes_an_added_person_with_birthday_and_consent(alice: User) -> None:
    source = applied(alice, "new1,New,2015-04-01,2026-01-03,Wang Wei")
    services.undo_import(PEOPLE_IMPORT, source=source, by=alice)
    assert PeopleImportRow.objects.get(source=source).undone == "removed"
    assert not User.objects.filter(user_id="new1").exists()
    assert not Consent.objects.exists()
    assert Operation.objects.get().state == "superseded"


def test_the_undo_clears_the_facts_of_an_added_person_whom_iclass_knows(alice: User) -> None:
    source = applied(alice, "new1,New,2015-04-01,2026-01-03,Wang Wei")
    User.objects.filter(user_id="new1").update(remote_id="new1")
    services.undo_import(PEOPLE_IMPORT, source=source, by=alice)
    new = User.objects.get(user_id="new1")
    assert (new.is_active, birthday_of(new), new.age_group, new.consent) == (False, None, "", "")
    assert not Consent.objects.exists()


def test_the_undo_keeps_an_added_person_of_whom_consent_was_recorded_since(alice: User) -> None:
    source = applied(alice, "new1,New,,,", "new2,New Two,,2026-01-03,Wang Wei")
    for user_id in ("new1", "new2"):
        consent(User.objects.get(user_id=user_id), alice)
    services.undo_import(PEOPLE_IMPORT, source=source, by=alice)
    undone = dict(PeopleImportRow.objects.filter(source=source).values_list("user_id", "undone"))
    assert undone == {"new1": "deactivated", "new2": "kept"}
    assert Consent.objects.count() == 3


def test_the_trail_counts_what_was_entered_and_taken_back(alice: User, dina: User) -> None:
    source = applied(alice, ROW, "new1,New,2015-04-01,,")
    entered = AuditEntry.objects.get(action="person.import").after
    assert (entered["date_of_birth"], entered["consent"]) == (2, 1)
    services.undo_import(PEOPLE_IMPORT, source=source, by=alice)
    undone = AuditEntry.objects.get(action="person.import_undone").after
    assert undone["taken_back"] == {"date_of_birth": 2, "consent": 1}
