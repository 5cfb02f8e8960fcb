"""Where a person or a school differs from the service: ours sent there, or theirs taken over here."""

from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import avatars
from accounts.mirror import OPTIONAL, PERSON, SCHOOL, wanted_person, wanted_school
from accounts.models import Enterprise, Role, User
from accounts.services import CONTACTS, spare_erased, spare_superadmin
from accounts.sign_in import ending
from console.audit.trail import changes, record, snapshot
from console.mirror.drift import decide, differences_of
from console.mirror.registry import mirrored
from console.outbox.models import Operation
from console.outbox.queue import enqueue
from console.outbox.states import SyncState
from console.policy.masking import mask

LABELS_OF_PERSON: dict[str, str | Promise] = {
    "role": gettext_lazy("role"),
    "nickname": gettext_lazy("name"),
    "gender": gettext_lazy("gender"),
    "avatar": gettext_lazy("picture address"),
    "phone_no": gettext_lazy("phone"),
    "e_mail": gettext_lazy("e-mail"),
}
LABELS_OF_SCHOOL: dict[str, str | Promise] = {
    "name": gettext_lazy("name"),
    "contact_user": gettext_lazy("contact"),
    "phone_no": gettext_lazy("phone"),
    "e_mail": gettext_lazy("e-mail"),
    "call_back_url": gettext_lazy("callback address"),
    "appid": "AppID",
    "project_id": gettext_lazy("project"),
    "secret_id": gettext_lazy("secret id"),
}


@transaction.atomic
def push_person(person: User, fields: Collection[str], by: User | None) -> Operation:
    """`/user/profile/modify` of these fields; a person who is gone at the service is registered again."""
    met = _met_before(person)
    record("person.push", person, by=by, after={"fields": sorted(fields)})
    if person.sync_state == SyncState.GONE:
        person.remote_id, person.observed = "", {}
        person.save(update_fields=["remote_id", "observed"])
        return enqueue("user.register", person, by=by)
    operation = enqueue("user.modify", person, by=by, args={"fields": sorted(fields)})
    if met:
        enqueue("user.token", person, by=by)
    return operation


@transaction.atomic
def take_person(person: User, fields: Collection[str], by: User | None) -> None:
    """Our columns follow the service. A superadmin is neither made nor unmade by anybody below."""
    spare_superadmin(person, by)
    spare_erased(person)
    met, role = _met_before(person), person.role
    _take(person, fields, PERSON)
    spare_superadmin(person, by)
    _keep(person, fields, "person.take", by)
    if person.role != role:
        ending.end_all(person, by=by, reason="role")
    avatars.tidy(person)
    if met:
        enqueue("user.token", person, by=by)


def _met_before(person: User) -> bool:
    """Whether somebody had this user id before us, who becomes ours by the decision: with a token of ours."""
    return person.sync_reason == "repeat_conflict" and bool(person.why_different)


@transaction.atomic
def push_school(school: Enterprise, fields: Collection[str], by: User | None) -> Operation:
    """`/business/modify` of these fields; what is empty here is emptied there by name."""
    record("school.push", school, by=by, after={"fields": sorted(fields)})
    wanted = wanted_school(school)
    clear = [name for name in sorted(fields) if name in differences_of(school) and not wanted[name]]
    return enqueue("school.modify", school, by=by, args={"clear": clear, "fields": sorted(fields)})


@transaction.atomic
def take_school(school: Enterprise, fields: Collection[str], by: User | None) -> None:
    """Our columns follow the service."""
    _take(school, fields, SCHOOL)
    _keep(school, fields, "school.take", by)


def tell_person(name: str, ours: Any, theirs: Any, names: Mapping[str, str]) -> tuple[str, str]:
    """Both values of a field of a person in words."""
    if name in CONTACTS:
        return _masked(ours, theirs)
    words = {"role": dict(Role.choices), "gender": dict(User.Gender.choices)}.get(name, {})
    return str(words.get(ours, ours)), str(words.get(theirs, theirs))


def _masked(ours: str, theirs: str) -> tuple[str, str]:
    """Two contacts as lists show them; where that hides the difference, it is said."""
    here, there = (mask(one) if one else "" for one in (ours, theirs))
    return (here, there) if here != there else (here, _("%(masked)s, another") % {"masked": there})


def _take(row: Any, fields: Collection[str], known: Collection[str]) -> None:
    for name in fields:
        if name not in known or name not in row.observed:
            raise ValidationError(_("The service has not told this yet. Look at it again, then decide."))
        setattr(row, name, row.observed[name])


def _keep(row: Any, fields: Collection[str], action: str, by: User | None) -> None:
    """Save what was taken where it holds, with both values on record."""
    stored = snapshot(type(row)._default_manager.select_for_update(of=("self",)).get(pk=row.pk), fields)
    others = [field.name for field in row._meta.concrete_fields if field.name not in fields]
    row.full_clean(exclude=others, validate_constraints=False)
    row.save(update_fields=list(fields))
    was, now = changes(stored, snapshot(row, fields))
    record(action, row, by=by, before=was, after=now)
    decide(row)


mirrored(
    "accounts.User",
    wanted=wanted_person,
    push=push_person,
    take=take_person,
    optional=OPTIONAL,
    labels=LABELS_OF_PERSON,
    tell=tell_person,
    hidden=CONTACTS,
)
mirrored(
    "accounts.Enterprise", wanted=wanted_school, push=push_school, take=take_school, labels=LABELS_OF_SCHOOL
)
