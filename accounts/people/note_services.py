"""Services for notes about students. The audit trail keeps who and when, not the text."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Role, StudentNote, User
from accounts.sign_in.permissions import protect_erased
from console.audit.trail import record
from console.concurrency import lock_row, service
from console.policy import scoped


@service
def add_note(*, person: User, text: str, by: User) -> StudentNote:
    """Write a note about a student. Raise ValidationError if it is empty, or about nobody who has notes."""
    stored = lock_row(person)
    protect_erased(stored)
    if stored.role != Role.STUDENT:
        raise ValidationError(_("Notes are written about students only."))
    if not text.strip():
        raise ValidationError({"text": _("Write a note.")})
    school: Any = stored.enterprise_id
    note = StudentNote.objects.create(
        enterprise_id=school, person=stored, text=text.strip()[: StudentNote.MAX_LENGTH], by=by
    )
    record("note.add", stored, by=by)
    return note


@service
def delete_note(*, note: StudentNote, by: User) -> None:
    """Delete a note. Raise RowDeleted if somebody else did it in the meantime."""
    stored = lock_row(note)
    record("note.delete", stored.person, by=by)
    stored.delete()


def notes_about(reader: Any, person: User) -> QuerySet[StudentNote]:
    """Return the notes about a student that the reader may see, the newest first."""
    rows = scoped(StudentNote.objects.filter(person=person), reader, "note", "list")
    return rows.select_related("by")
