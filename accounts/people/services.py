"""Services for people. Each one is one transaction: row, outbox operation, audit entry."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Enterprise, Guardian, Role, User
from accounts.people import avatars
from accounts.people.uploaded_images import UploadedImage
from accounts.sign_in.permissions import protect_erased, protect_superadmin
from accounts.sign_in.services import end_access_after_change, end_all_access, set_or_clear_password
from console.audit.trail import diff_snapshots, record, record_data_access, snapshot
from console.concurrency import (
    EditConflict,
    changed_fields,
    lock_row,
    service,
    value_digest,
    value_digests,
)
from console.outbox.models import Operation
from console.outbox.services import enqueue, enqueue_with_audit

PERSON_FIELDS = ("role", "nickname", "gender", "avatar", "phone_no", "e_mail")
CONTACTS = ("phone_no", "e_mail")
USER_ID_TAKEN = gettext_lazy(
    "This user ID is already used in your school. Choose another one, or edit that person."
)


@service
def register_person(
    *,
    enterprise: Enterprise,
    by: User | None,
    password: str = "",
    picture: UploadedImage | None = None,
    **fields: Any,
) -> User:
    """Create a person and enqueue `/user/register`.

    `fields` are `user_id` and PERSON_FIELDS; `picture` is an upload (`avatars.validate_avatar`) that
    replaces `avatar`. With a password the person may sign in. Raise ValidationError for an invalid field.
    """
    person = User(enterprise=enterprise, **fields)
    protect_superadmin(person, by)
    set_or_clear_password(person, password)
    _check_avatar(person)
    person.full_clean(exclude=["password", "login"])
    _insert_person(person)
    if picture:
        avatars.save_avatar(person, picture)
        person.save(update_fields=["avatar"])
    record("person.add", person, by=by, after=snapshot(person, ("user_id", *PERSON_FIELDS)))
    enqueue("user.register", person, by=by)
    return person


@service
def edit_person(
    *,
    person: User,
    by: User | None,
    seen: Mapping[str, str] | None = None,
    picture: UploadedImage | None = None,
    **fields: Any,
) -> User:
    """Change a person and enqueue `/user/profile/modify`; return the stored person.

    `seen` holds the digests that the editor saw (`console.concurrency.value_digests`), by default those of
    `person`. Raise EditConflict if the same field was changed concurrently.
    """
    seen = value_digests(person, PERSON_FIELDS) if seen is None else seen
    stored = lock_row(person)
    protect_superadmin(stored, by)
    protect_erased(stored)
    before = snapshot(stored, PERSON_FIELDS)
    changed = _changed_fields(stored, fields, seen, picture)
    for name, value in changed.items():
        setattr(stored, name, value)
    protect_superadmin(stored, by)
    if "avatar" in changed:
        _check_avatar(stored)
    if picture:
        avatars.save_avatar(stored, picture)
    stored.full_clean(exclude=["password", "login"])
    old, new = diff_snapshots(before, snapshot(stored, PERSON_FIELDS))
    if new:
        stored.save(update_fields=list(new))
        _record_change(stored, by, old, new)
    return stored


def _changed_fields(
    stored: User, fields: Mapping[str, Any], seen: Mapping[str, str], picture: UploadedImage | None
) -> dict[str, Any]:
    """Return the changed fields. An upload must not replace a picture that the editor did not see."""
    if picture and seen.get("avatar", value_digest(stored.avatar)) != value_digest(stored.avatar):
        raise EditConflict(User, {"avatar": stored.avatar})
    return changed_fields(stored, fields, seen)


def _record_change(person: User, by: User | None, old: dict[str, Any], new: dict[str, Any]) -> None:
    """Record a saved change and trigger its consequences."""
    if "avatar" in new:
        avatars.delete_unused_avatar(person)
    record("person.change", person, by=by, before=old, after=new)
    if "role" in new:
        delete_guardians_of_staff(person, by)
    end_access_after_change([person], new, by=by)
    enqueue("user.modify" if person.remote_id else "user.register", person, by=by)


def delete_guardians_of_staff(person: User, by: User | None) -> None:
    """Delete the guardians of somebody who is no longer a student."""
    if person.role == Role.STUDENT:
        return
    for guardian in Guardian.objects.select_for_update().filter(person=person):
        record("guardian.delete", person, by=by, before={"relation": guardian.relation}, reason="role")
        guardian.delete()


@service
def deactivate_person(*, person: User, by: User | None, reason: str = "") -> User:
    """Deactivate a person here. The API cannot delete or deactivate a person.

    Raise ValidationError if users deactivate themselves.
    """
    stored = lock_row(person)
    protect_superadmin(stored, by)
    if by == stored:
        raise ValidationError(_("You cannot deactivate yourself. Ask another administrator."))
    stored.is_active = False
    stored.save(update_fields=["is_active"])
    record("person.deactivate", stored, by=by, reason=reason)
    end_all_access([stored], by=by, reason="deactivated")
    return stored


@service
def reactivate_person(*, person: User, by: User | None) -> User:
    """Reactivate a person, who signs in anew: what was open when they left stays closed."""
    stored = lock_row(person)
    protect_superadmin(stored, by)
    protect_erased(stored)
    stored.is_active = True
    stored.save(update_fields=["is_active"])
    record("person.reactivate", stored, by=by)
    end_all_access([stored], by=by, reason="reactivated")
    return stored


def renew_entry_token(*, person: User, by: User | None) -> Operation:
    """Enqueue a new entry token (`/user/token/update`), which invalidates the old one and its cards."""
    return enqueue_with_audit("user.token", "person.new_token", person, by, guard=_check_protected)


def record_reveal(*, person: User, by: User, names: Iterable[str], reason: str = "") -> None:
    """Record that a user saw these contacts of a person unmasked."""
    record_data_access("person.reveal", [person], list(names), by=by, reason=reason)


def _check_avatar(person: User) -> None:
    if person.avatar:
        try:
            avatars.check_avatar_url(person.avatar)
        except ValidationError as error:
            raise ValidationError({"avatar": error}) from None


def _insert_person(person: User) -> None:
    """Insert a person. A concurrent use of the same user ID is a ValidationError."""
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError:
        if not User.objects.filter(enterprise=person.enterprise, user_id=person.user_id).exists():
            raise
        raise ValidationError({"user_id": USER_ID_TAKEN}) from None


def pull_person(*, person: User, by: User | None) -> Operation:
    """Enqueue a read of the person from the API (`/user/info`)."""
    return enqueue_with_audit("user.pull", "person.pull", person, by)


@service
def push_person(*, person: User, by: User | None) -> Operation:
    """Send a person again: enqueue a registration if the API does not have them, else all fields."""
    stored = lock_row(person)
    if stored.remote_id:
        return enqueue_with_audit("user.modify", "person.push", stored, by, {"whole": True})
    return enqueue_with_audit("user.register", "person.push", stored, by)


def _check_protected(person: User, by: User | None) -> None:
    protect_superadmin(person, by)
    protect_erased(person)
