"""Services of guardians. The audit trail keeps who, when and what for, not the contacts.

Saving locks the student first, so that the data of somebody erased cannot be entered again.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Guardian, Role, User
from accounts.sign_in.guardians.invitations import revoke_open_invitations
from accounts.sign_in.guardians.services import delete_unused_accounts, end_tie_of_another
from accounts.sign_in.permissions import protect_erased
from console.audit.personal_data import register_scrubber
from console.audit.trail import diff_snapshots, record, record_data_access, snapshot
from console.concurrency import Conflict, lock_row, service, value_digest

SEALED = ("name", "phone_no", "e_mail")
OPEN_FIELDS = ("relation", "language", "told_attendance", "told_leave", "told_school")
#: Most guardians of a student.
MAX_GUARDIANS = 8


@service
def add_guardian(*, student: User, by: User | None, **fields: Any) -> Guardian:
    """Add a guardian; `fields` are SEALED and OPEN_FIELDS.

    Raise ValidationError for somebody who is no student, and beyond MAX_GUARDIANS.
    """
    stored = lock_row(student)
    protect_erased(stored)
    if stored.role != Role.STUDENT:
        raise ValidationError(_("Only students have guardians."))
    if Guardian.objects.filter(person=stored).count() >= MAX_GUARDIANS:
        raise ValidationError(_("A student has at most %(n)d guardians.") % {"n": MAX_GUARDIANS})
    guardian = Guardian(enterprise=stored.enterprise, person=stored)
    _assign(guardian, fields)
    guardian.save(force_insert=True)
    record("guardian.add", stored, by=by, after=snapshot(guardian, OPEN_FIELDS))
    return guardian


@service
def edit_guardian(*, guardian: Guardian, by: User | None, seen: str, **fields: Any) -> Guardian:
    """Change a guardian. Raise Conflict unless `seen` is the `guardian_digest` of the stored row."""
    student = lock_row(guardian.person)
    protect_erased(student)
    stored = lock_row(guardian)
    if guardian_digest(stored) != seen:
        raise Conflict(_("Somebody else changed this guardian. Reload the page and enter it again."))
    before, sealed = snapshot(stored, OPEN_FIELDS), stored.identity
    _assign(stored, fields)
    old, new = diff_snapshots(before, snapshot(stored, OPEN_FIELDS))
    contacts = [name for name, value in stored.identity.items() if value != sealed[name]]
    if new or contacts:
        stored.save(update_fields=[*new, *contacts])
        record("guardian.change", student, by=by, before=old, after={**new, "changed": contacts})
        end_tie_of_another(stored, sealed, by=by)
    if "e_mail" in contacts:  # the invitation may lie in the mailbox of somebody else
        revoke_open_invitations([stored], by=by, reason="e_mail")
    return stored


@service
def delete_guardian(*, guardian: Guardian, by: User | None) -> None:
    """Delete a guardian. Raise RowDeleted if somebody else did it in the meantime."""
    student = lock_row(guardian.person)
    stored = lock_row(guardian)
    stored.delete()
    delete_unused_accounts(student.enterprise_id)
    record("guardian.delete", student, by=by, before=snapshot(guardian, OPEN_FIELDS))


def record_view(*, student: User, by: User) -> None:
    """Record that somebody saw the guardians of a student in clear."""
    if Guardian.objects.filter(person=student).exists():
        record_data_access("person.reveal", [student], ["guardian"], by=by, reason=_("opened the guardians"))


def guardian_digest(guardian: Guardian) -> str:
    """Return a digest of all that the form shows, by which a concurrent change is noticed."""
    shown = [getattr(guardian, name) for name in OPEN_FIELDS]
    return value_digest([*shown, *guardian.identity.values()])


def _assign(guardian: Guardian, fields: dict[str, Any]) -> None:
    """Set the given fields; an empty contact is none."""
    current = guardian.identity
    for name in SEALED:
        if name in fields and fields[name] != current[name]:
            setattr(guardian, name, fields[name] or None)
    for name in OPEN_FIELDS:
        if name in fields:
            setattr(guardian, name, fields[name])


@register_scrubber("guardians")
def _scrub_guardians(person: User) -> int:
    """Delete the guardians of a person who is erased, and the accounts that have no other student."""
    deleted = Guardian.objects.filter(person=person).delete()[0]
    return deleted + delete_unused_accounts(person.enterprise_id)
