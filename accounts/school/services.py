"""Services for schools. Each one is one transaction: row, outbox operation, audit entry."""

from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Enterprise, User
from accounts.models.enterprise import later_fields_on
from console.audit.trail import CHANGED_MARKER, diff_snapshots, record, snapshot
from console.concurrency import (
    DatabaseBusy,
    changed_fields,
    lock_row,
    service,
    value_digest,
    value_digests,
)
from console.inbox.ingestion import clear_sender_cache
from console.outbox.gates import KEY_HOLD_REASONS
from console.outbox.models import Operation
from console.outbox.services import enqueue, enqueue_with_audit, resume

SCHOOL_FIELDS = (
    "name",
    "contact_user",
    "phone_no",
    "e_mail",
    "call_back_url",
    "appid",
    "project_id",
    "secret_id",
)
#: Secrets that are sent when they change. The API never returns them, so they cannot be compared.
SCHOOL_SECRETS = ("secret_key",)


@service
def add_school(*, sdkappid: int, tic_key: str, name: str, by: User | None = None) -> Enterprise:
    """Create a school and enqueue a pull of its other data (`/business/info`)."""
    school = Enterprise(sdkappid=sdkappid, name=name, tic_key=tic_key)
    school.full_clean()
    school.save(force_insert=True)
    record("school.add", school, by=by, after={"sdkappid": sdkappid, "name": name})
    enqueue("school.pull", school, by=by)
    return school


@service
def edit_school(
    *,
    school: Enterprise,
    by: User | None,
    seen: Mapping[str, str] | None = None,
    clear: Collection[str] = (),
    **fields: Any,
) -> Enterprise:
    """Change a school, enqueue `/business/modify` for the remote fields, and return the stored school.

    `seen` as in `edit_person`. Fields to clear remotely are named in `clear`. A new `tic_key` is not sent,
    because the vendor changed it; the previous key still verifies callbacks.
    """
    seen = value_digests(school, fields) if seen is None else seen
    stored = lock_row(school)
    before = snapshot(stored)
    changed = changed_fields(
        stored, {name: value for name, value in fields.items() if _is_given(name, value)}, seen
    )
    if "tic_key" in changed:
        changed["tic_key_previous"] = stored.tic_key
    for name, value in changed.items():
        setattr(stored, name, value)
    stored.full_clean()
    _require_files_outlast_requests(stored, changed)
    old, new = diff_snapshots(before, snapshot(stored))
    if new:
        _save_school(stored, new)
        record("school.change", stored, by=by, before=old, after=new)
    secrets = sorted(set(new) & set(SCHOOL_SECRETS))
    if set(new) & set(SCHOOL_FIELDS) or clear or secrets:
        enqueue("school.modify", stored, by=by, args={"clear": sorted(clear), "secrets": secrets})
    if new.get("later_fields"):
        later_fields_on.send(Enterprise, school=stored, by=by)
    if "tic_key" in new:
        _activate_new_key(stored)
    return stored


def _require_files_outlast_requests(school: Enterprise, changed: Collection[str]) -> None:
    """Raise ValidationError if attachments of leave would be deleted while the leave can be asked for."""
    kept, asked = school.keep_leave_files_days, school.leave_request_days
    names = [name for name in ("keep_leave_files_days", "leave_request_days") if name in changed]
    if names and kept is not None and kept < asked:
        text = _(
            "Attachments of leave are kept for %(kept)d days, and leave can be asked for %(asked)d days "
            "back. They must be kept at least as long."
        )
        raise ValidationError({name: text % {"kept": kept, "asked": asked} for name in names})


def _save_school(school: Enterprise, columns: Collection[str]) -> None:
    """Save the columns. Other schools' sign-in names are invisible here; only the database can refuse one."""
    try:
        with transaction.atomic():
            school.save(update_fields=list(columns))
    except IntegrityError:
        if "sign_in_name" not in columns:
            raise
        taken = _("This name is already used. Choose another one.")
        raise ValidationError({"sign_in_name": taken}) from None


def _is_given(name: str, value: Any) -> bool:
    """Return whether a field has a value; an empty key means no change."""
    return name != "tic_key" or bool(value)


def _activate_new_key(school: Enterprise) -> None:
    """Verify callbacks with the new key, and resume operations held for the old one."""
    clear_sender_cache()
    # Again after the commit: a callback in between would have cached the old keys.
    transaction.on_commit(clear_sender_cache)
    resume(school, reasons=KEY_HOLD_REASONS)


@service
def drop_previous_key(*, school: Enterprise, by: User | None) -> bool:
    """Delete the previous `tic_key`, so that it no longer verifies callbacks; return whether there was one.

    Raise DatabaseBusy if it differs from the key that the caller read: after a concurrent key rotation the
    previous key is still in use.
    """
    stored = lock_row(school)
    if not stored.tic_key_previous:
        return False
    if value_digest(stored.tic_key_previous) != value_digest(school.tic_key_previous):
        raise DatabaseBusy
    stored.tic_key_previous = None
    stored.save(update_fields=["tic_key_previous"])
    record("school.drop_key", stored, by=by, before={"tic_key_previous": CHANGED_MARKER})
    clear_sender_cache()
    transaction.on_commit(clear_sender_cache)  # as in `_activate_new_key`
    return True


def use_own_callback(*, school: Enterprise, by: User | None) -> Enterprise:
    """Set our own callback address."""
    return edit_school(school=school, by=by, call_back_url=school.own_callback_url)


def pull_school(*, school: Enterprise, by: User | None) -> Operation:
    """Enqueue a read of the school from the API (`/business/info`)."""
    return enqueue_with_audit("school.pull", "school.pull", school, by)
