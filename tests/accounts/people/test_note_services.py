"""A note is written about a student of whom personal data are kept, also where both happen at once."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import StudentNote
from accounts.people.erasure import erase_person
from accounts.people.note_services import add_note, delete_note
from console.audit.models import AuditEntry
from console.concurrency import RowDeleted
from tests.support.concurrent_calls import call_while_other_waits

pytestmark = pytest.mark.usefixtures("english")


@pytest.mark.django_db(transaction=True)
def test_no_note_is_written_about_somebody_who_is_erased_meanwhile(alice, dina):
    late = call_while_other_waits(
        lambda: erase_person(person=dina, by=alice, reason="asked"),
        lambda: add_note(person=dina, text="Ask her mother.", by=alice),
    )
    assert isinstance(late.error, ValidationError)
    assert "permanently erased" in " ".join(late.error.messages)
    assert not StudentNote.objects.exists()


@pytest.mark.django_db
def test_notes_are_about_students(alice, bob):
    with pytest.raises(ValidationError, match="about students only"):
        add_note(person=bob, text="Late again.", by=alice)


@pytest.mark.django_db
def test_a_note_is_deleted_and_recorded_once(alice, dina):
    note = add_note(person=dina, text="Ask her mother.", by=alice)
    again = StudentNote.objects.get(pk=note.pk)
    delete_note(note=note, by=alice)
    with pytest.raises(RowDeleted):
        delete_note(note=again, by=alice)
    assert AuditEntry.objects.filter(action="note.delete").count() == 1
