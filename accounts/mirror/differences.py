"""Resolve differences of people and schools: send our values, or accept the API's values."""

from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.mirror.upsert import (
    OPTIONAL_FIELDS,
    PERSON_MIRROR_FIELDS,
    SCHOOL_MIRROR_FIELDS,
    desired_person_fields,
    desired_school_fields,
)
from accounts.models import Enterprise, Role, User
from accounts.people import avatars
from accounts.people.services import CONTACTS, delete_guardians_of_staff
from accounts.sign_in.permissions import protect_erased, protect_superadmin
from accounts.sign_in.services import end_access_after_change
from console.audit.trail import diff_snapshots, record, snapshot
from console.concurrency import lock_row, service
from console.mirror.differences import differences_of, update_sync_state
from console.mirror.registry import register_mirrored_model
from console.outbox.models import Operation
from console.outbox.services import enqueue
from console.outbox.states import SyncState
from console.policy.masking import mask, without_callback_token

PERSON_LABELS: dict[str, str | Promise] = {
    "role": gettext_lazy("role"),
    "nickname": gettext_lazy("name"),
    "gender": gettext_lazy("gender"),
    "avatar": gettext_lazy("picture address"),
    "phone_no": gettext_lazy("phone"),
    "e_mail": gettext_lazy("e-mail"),
}
SCHOOL_LABELS: dict[str, str | Promise] = {
    "name": pgettext_lazy("thing", "name"),
    "contact_user": gettext_lazy("contact"),
    "phone_no": gettext_lazy("phone"),
    "e_mail": gettext_lazy("e-mail"),
    "call_back_url": gettext_lazy("callback address"),
    "appid": "AppID",
    "project_id": gettext_lazy("project"),
    "secret_id": gettext_lazy("secret ID"),
}


@service
def send_person_fields(person: User, fields: Collection[str], by: User | None) -> Operation:
    """Enqueue `/user/profile/modify` for these fields; register a remotely deleted person again."""
    person = lock_row(person)
    repeated = _is_repeat_conflict(person)
    record("person.push", person, by=by, after={"fields": sorted(fields)})
    if person.sync_state == SyncState.GONE:
        person.forget_remote()
        return enqueue("user.register", person, by=by)
    operation = enqueue("user.modify", person, by=by, args={"fields": sorted(fields)})
    if repeated:
        enqueue("user.token", person, by=by)
    return operation


@service
def accept_remote_person(person: User, fields: Collection[str], by: User | None) -> None:
    """Set our columns to the API's values. Only a superadmin may create or change a superadmin."""
    person = lock_row(person)
    protect_superadmin(person, by)
    protect_erased(person)
    repeated = _is_repeat_conflict(person)
    before = snapshot(person, fields)
    _accept_fields(person, fields, PERSON_MIRROR_FIELDS)
    protect_superadmin(person, by)
    changed = _save_accepted(person, before, "person.take", by)
    if "role" in changed:
        delete_guardians_of_staff(person, by)
    end_access_after_change([person], changed, by=by)
    avatars.delete_unused_avatar(person)
    if repeated:
        enqueue("user.token", person, by=by)


def _is_repeat_conflict(person: User) -> bool:
    """Return whether the user ID existed remotely before; resolving the difference then renews its token."""
    return person.sync_reason == "repeat_conflict" and bool(person.difference_reason)


@service
def send_school_fields(school: Enterprise, fields: Collection[str], by: User | None) -> Operation:
    """Enqueue `/business/modify` for these fields; fields that are empty here are cleared by name."""
    school = lock_row(school)
    record("school.push", school, by=by, after={"fields": sorted(fields)})
    desired = desired_school_fields(school)
    clear = [name for name in sorted(fields) if name in differences_of(school) and not desired[name]]
    return enqueue("school.modify", school, by=by, args={"clear": clear, "fields": sorted(fields)})


@service
def accept_remote_school(school: Enterprise, fields: Collection[str], by: User | None) -> None:
    """Set our columns to the API's values."""
    school = lock_row(school)
    before = snapshot(school, fields)
    _accept_fields(school, fields, SCHOOL_MIRROR_FIELDS)
    _save_accepted(school, before, "school.take", by)


def describe_person_difference(
    name: str, ours: Any, theirs: Any, names: Mapping[str, str]
) -> tuple[str, str]:
    """Return both values of a person's field as text."""
    if name in CONTACTS:
        return _mask_contacts(ours, theirs)
    labels = {"role": dict(Role.choices), "gender": dict(User.Gender.choices)}.get(name, {})
    return str(labels.get(ours, ours)), str(labels.get(theirs, theirs))


def describe_school_difference(
    name: str, ours: Any, theirs: Any, names: Mapping[str, str]
) -> tuple[str, str]:
    """Return both values of a school's field as text; callback addresses are shown without their token."""
    return _distinguish(without_callback_token(str(ours)), without_callback_token(str(theirs)))


def _mask_contacts(ours: str, theirs: str) -> tuple[str, str]:
    """Return both contacts masked."""
    return _distinguish(mask(ours) if ours else "", mask(theirs) if theirs else "")


def _distinguish(ours: str, theirs: str) -> tuple[str, str]:
    """Mark the second value as different if masking makes both look the same."""
    return (
        (ours, theirs)
        if ours != theirs
        else (ours, _("%(masked)s, but a different one") % {"masked": theirs})
    )


def _accept_fields(row: Any, fields: Collection[str], known: Collection[str]) -> None:
    for name in fields:
        if name not in known or name not in row.observed:
            raise ValidationError(_("iclass has not returned this value yet. Check again, then decide."))
        setattr(row, name, row.observed[name])


def _save_accepted(row: Any, before: dict[str, Any], action: str, by: User | None) -> dict[str, Any]:
    """Validate and save the accepted values of a locked row, record old and new values, return the new."""
    others = [field.name for field in row._meta.concrete_fields if field.name not in before]
    row.full_clean(exclude=others, validate_constraints=False)
    row.save(update_fields=list(before))
    old, new = diff_snapshots(before, snapshot(row, list(before)))
    record(action, row, by=by, before=old, after=new)
    update_sync_state(row)
    return new


register_mirrored_model(
    "accounts.User",
    resource="person",
    desired_fields=desired_person_fields,
    push=send_person_fields,
    apply_remote=accept_remote_person,
    optional=OPTIONAL_FIELDS,
    labels=PERSON_LABELS,
    format=describe_person_difference,
    masked_fields=CONTACTS,
)
register_mirrored_model(
    "accounts.Enterprise",
    resource="school",
    desired_fields=desired_school_fields,
    push=send_school_fields,
    apply_remote=accept_remote_school,
    labels=SCHOOL_LABELS,
    format=describe_school_difference,
    masked_fields=("call_back_url",),
)
