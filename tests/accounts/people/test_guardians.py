"""Guardians of a student: contacts of the office, encrypted, on record, and never among people."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.mirror.differences import accept_remote_person
from accounts.models import Enterprise, Guardian, Role, User
from accounts.people.erasure import erase_person
from accounts.people.guardians import services
from accounts.people.guardians.services import MAX_GUARDIANS, add_guardian, guardian_digest
from accounts.people.services import edit_person
from console.audit.held_data import Subject, holding_of
from console.audit.models import AuditEntry
from console.concurrency import Conflict
from tests.support.cast import create_person
from tests.support.page_client import client_for, page_says, page_text

pytestmark = pytest.mark.usefixtures("english")
TYPED = {
    "name": "Ada Liddell",
    "relation": "mother",
    "phone_no": "13800138000",
    "e_mail": "ada@wonderland.example",
    "language": "en",
    "told_attendance": "on",
}


@pytest.fixture
def ada(alice: User, dina: User) -> Guardian:
    fields = TYPED | {"told_attendance": True, "told_leave": False, "told_school": False}
    return add_guardian(student=dina, by=alice, **fields)


def list_of(student: User) -> str:
    return f"/people/{student.pk}/guardians/"


def test_the_office_adds_changes_and_deletes_a_guardian(alice: User, dina: User) -> None:
    client = client_for(alice)
    assert client.post(f"{list_of(dina)}new/", TYPED)["Location"] == list_of(dina)
    page = page_text(client.get(list_of(dina)))
    assert "Ada Liddell" in page
    assert "13800138000" in page
    guardian = Guardian.objects.get()
    assert (guardian.told_attendance, guardian.told_leave) == (True, False)
    changed = TYPED | {"seen": guardian_digest(guardian), "phone_no": "13900139000", "told_leave": "on"}
    assert client.post(f"/people/guardians/{guardian.pk}/edit/", changed)["Location"] == list_of(dina)
    guardian.refresh_from_db()
    assert guardian.phone_no.reveal() == "13900139000"
    assert guardian.told_leave
    client.post(f"/people/guardians/{guardian.pk}/delete/")
    assert not Guardian.objects.exists()
    acts = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"guardian.add", "guardian.change", "guardian.delete", "person.reveal"} <= acts
    assert "13900139000" not in str(list(AuditEntry.objects.values_list("before", "after")))


@pytest.mark.usefixtures("ada")
def test_no_table_holds_a_guardian_in_clear() -> None:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'select t::text from "{table}" t')
            assert "Liddell" not in "\n".join(row[0] for row in cursor.fetchall()), table


def test_each_look_at_the_page_is_recorded(alice: User, dina: User, ada: Guardian) -> None:
    client = client_for(alice)
    for address in (list_of(dina), f"/people/guardians/{ada.pk}/edit/"):
        before = AuditEntry.objects.filter(action="person.reveal").count()
        assert "no-store" in client.get(address)["Cache-Control"]
        assert AuditEntry.objects.filter(action="person.reveal").count() == before + 1


def test_only_the_office_of_the_school_sees_guardians(
    bob: User, charlie: User, dina: User, sue: User, ada: Guardian
) -> None:
    for reader in (bob, dina, sue):
        assert client_for(reader).get(list_of(dina)).status_code == 403
        assert client_for(reader).post(f"/people/guardians/{ada.pk}/delete/").status_code == 403
    assert client_for(charlie).get(list_of(dina)).status_code == 404
    assert client_for(charlie).get(f"/people/guardians/{ada.pk}/edit/").status_code == 404
    assert Guardian.objects.exists()


def test_a_guardian_is_no_person(alice: User, ada: Guardian) -> None:
    assert not User.objects.filter(nickname__contains="Ada").exists()
    users = client_for(alice).get("/api/v1/users/").content.decode()
    assert "Liddell" not in users
    assert "guardian" not in users


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Enter the guardian's name."),
        (
            "phone_no",
            "call me",
            "Enter a phone number of 5 to 18 digits. Spaces, brackets, + and - may stand in it, too.",
        ),
        ("e_mail", "ada", "Enter an e-mail address such as name@example.com."),
        ("relation", "queen", "This choice is not offered here. Choose an entry of the list."),
    ],
)
def test_what_is_wrong_is_said_at_the_field(
    alice: User, dina: User, field: str, value: str, sentence: str
) -> None:
    answer = client_for(alice).post(f"{list_of(dina)}new/", TYPED | {field: value})
    assert answer.status_code == 200
    assert page_says(answer, sentence)
    assert not Guardian.objects.exists()


def test_a_guardian_needs_a_phone_or_an_address(alice: User, dina: User) -> None:
    answer = client_for(alice).post(f"{list_of(dina)}new/", TYPED | {"phone_no": "", "e_mail": ""})
    assert page_says(answer, "Enter a phone number or an e-mail address.")


def test_a_concurrent_change_is_not_overwritten(alice: User, dina: User, ada: Guardian) -> None:
    seen = guardian_digest(ada)
    services.edit_guardian(guardian=ada, by=alice, seen=seen, phone_no="13700137000")
    with pytest.raises(Conflict):
        services.edit_guardian(guardian=ada, by=alice, seen=seen, phone_no="13600136000")
    answer = client_for(alice).post(f"/people/guardians/{ada.pk}/edit/", TYPED | {"seen": seen})
    assert page_says(answer, "Somebody else changed this guardian.")
    ada.refresh_from_db()
    assert ada.phone_no.reveal() == "13700137000"


def test_only_students_have_guardians_and_not_too_many(
    alice: User, bob: User, dina: User, ada: Guardian
) -> None:
    assert client_for(alice).get(list_of(bob)).status_code == 404
    fields: dict[str, Any] = {"name": "X", "relation": "other", "phone_no": "1", "language": "en"}
    with pytest.raises(ValidationError):
        add_guardian(student=bob, by=alice, **fields)
    for _ in range(MAX_GUARDIANS - 1):
        add_guardian(student=dina, by=alice, **fields)
    with pytest.raises(ValidationError):
        add_guardian(student=dina, by=alice, **fields)


def test_the_copy_of_the_data_has_the_guardians_and_erasing_deletes_them(
    alice: User, dina: User, ada: Guardian, school: Enterprise
) -> None:
    holding = holding_of("accounts.Guardian")
    [row] = holding.read_rows(list(holding.rows_of(dina)), Subject(dina, alice))
    assert (row["name"], row["phone_no"]) == ("Ada Liddell", "13800138000")
    other = create_person(school, "tweedledee", Role.STUDENT)
    add_guardian(student=other, by=alice, name="Dum", relation="other", phone_no="1", language="en")
    erase_person(person=dina, by=alice, reason="asked")
    assert [one.person for one in Guardian.objects.all()] == [other]
    dina.refresh_from_db()
    with pytest.raises(ValidationError):
        add_guardian(student=dina, by=alice, name="X", relation="other", phone_no="1", language="en")


@pytest.mark.usefixtures("ada")
def test_who_is_no_longer_a_student_has_no_guardians(alice: User, dina: User) -> None:
    client = client_for(alice)
    page = f"/people/{dina.pk}/edit/"
    assert page_says(client.get(page), "With another role the guardians of this student are deleted.")
    edit_person(person=dina, by=alice, nickname="Dina of 3B")
    assert Guardian.objects.exists()
    edit_person(person=dina, by=alice, role=Role.ASSISTANT)
    assert not Guardian.objects.exists()
    entry = AuditEntry.objects.get(action="guardian.delete")
    assert (entry.before, entry.reason) == ({"relation": "mother"}, "role")
    assert "guardians of this student" not in page_text(client.get(page))


@pytest.mark.usefixtures("ada")
def test_a_role_that_is_taken_from_iclass_deletes_guardians_too(alice: User, dina: User) -> None:
    User.objects.filter(pk=dina.pk).update(observed={"role": "assistant"})
    accept_remote_person(dina, ["role"], alice)
    assert not Guardian.objects.exists()
