"""A note is written about a student of whom personal data are kept, also where both happen at once."""

import pytest
from django.core.exceptions import ValidationError

from accounts.models import StudentNote
from accounts.people.erasure import erase_person
from accounts.people.note_services import add_note, delete_note, restore_note
from console.audit.models import AuditEntry
from console.concurrency import RowDeleted
from tests.support.concurrent_calls import call_while_other_waits
from tests.support.page_client import client_for
from tests.support.undo_button import press_undo

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


@pytest.mark.django_db
def test_a_deleted_note_does_not_come_back_for_those_who_may_not_delete_it(alice, bob, charlie, dina):
    sealed = delete_note(note=add_note(person=dina, text="Ask her mother.", by=alice), by=alice)
    for stranger in (bob, charlie):
        with pytest.raises(ValidationError, match="cannot be taken back"):
            restore_note(sealed=sealed, by=stranger)
    assert not StudentNote.objects.exists()


@pytest.mark.django_db
def test_the_button_brings_back_text_author_and_time(alice, dina, settings):
    settings.UNDO_S = 10
    note = add_note(person=dina, text="Ask her mother.", by=alice)
    before = StudentNote.objects.values().get()
    client, page = client_for(alice), f"/people/{dina.pk}/"
    client.post(f"/people/notes/{note.pk}/delete/")
    assert not StudentNote.objects.exists()
    press_undo(client, page)
    assert StudentNote.objects.values().get() == before
    acts = AuditEntry.objects.filter(action__startswith="note.").order_by("pk")
    assert list(acts.values_list("action", flat=True)) == ["note.add", "note.delete", "note.restore"]


@pytest.mark.django_db
def test_the_button_does_not_hold_the_text_and_an_erasure_ends_it(alice, dina):
    note = add_note(person=dina, text="Ask her mother.", by=alice)
    sealed = delete_note(note=note, by=alice)
    assert "mother" not in sealed
    erase_person(person=dina, by=alice, reason="asked")
    with pytest.raises(ValidationError, match="cannot be taken back"):
        restore_note(sealed=sealed, by=alice)
    assert not StudentNote.objects.exists()
