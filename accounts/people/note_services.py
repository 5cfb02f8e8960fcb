"""Services for notes about students. The audit trail keeps who and when, not the text."""

from collections.abc import Mapping
from operator import attrgetter
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Role, StudentNote, User
from accounts.sign_in.permissions import protect_erased
from console.audit.personal_data import seal_for, unseal
from console.audit.trail import record
from console.concurrency import lock_row, service
from console.deleted_rows import delete_keeping, restore_deleted
from console.policy import scoped
from console.undo import register_undo


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
def delete_note(*, note: StudentNote, by: User) -> str:
    """Delete a note. Return it for `restore_note`, sealed with the key of the student.

    Raise RowDeleted if somebody else deleted it in the meantime.
    """
    stored = lock_row(note)
    record("note.delete", stored.person, by=by)
    return seal_for(stored.person, delete_keeping(stored))


def restore_note(*, sealed: str, by: Any) -> None:
    """Take a deletion back. ValidationError if the student was erased since."""
    kept = unseal(sealed)
    if not isinstance(kept, dict):
        raise ValidationError(_("This cannot be taken back."))
    restore_deleted(kept=kept, by=by, resource="note", act="note.restore", about=attrgetter("person"))


def _undo_deletion(by: Any, key: int, values: Mapping[str, Any]) -> None:
    restore_note(sealed=values["sealed"], by=by)


register_undo("note.delete", _undo_deletion)


def notes_about(reader: Any, person: User) -> QuerySet[StudentNote]:
    """Return the notes about a student that the reader may see, the newest first."""
    rows = scoped(StudentNote.objects.filter(person=person), reader, "note", "list")
    return rows.select_related("by")
