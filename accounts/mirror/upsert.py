"""Map the API's people and schools to our rows. The only module of this app with remote field names."""

from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Enterprise, Role, User
from accounts.sign_in.services import end_access_after_change
from console.audit.trail import diff_snapshots, record, snapshot
from console.iclass import BusinessInfo, InvalidPrivateKey, UserInfo, user_sig
from console.mirror.differences import has_changes, save_observed, sync_state_of
from console.outbox.states import SyncState

PERSON_MIRROR_FIELDS = ("role", "nickname", "gender", "avatar", "phone_no", "e_mail")
SCHOOL_MIRROR_FIELDS = (
    "name",
    "contact_user",
    "phone_no",
    "e_mail",
    "call_back_url",
    "appid",
    "project_id",
    "secret_id",
)
#: The API has defaults for these; they differ only if the school set a value.
OPTIONAL_FIELDS = ("avatar", "gender")
#: Replaces remote values of a person who was erased here.
REDACTED = "***"


def datetime_from_unix(seconds: int) -> datetime | None:
    """Convert Unix seconds; return None for 0 ("not yet" in the API) and for values out of range."""
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds else None
    except (OverflowError, OSError, ValueError):
        return None


def desired_person_fields(person: User) -> dict[str, Any]:
    """Return the desired fields of a person, under the keys of `observed`."""
    return {name: getattr(person, name) for name in PERSON_MIRROR_FIELDS}


def desired_school_fields(school: Enterprise) -> dict[str, Any]:
    """Return the desired fields of a school, under the keys of `observed`."""
    return {name: getattr(school, name) for name in SCHOOL_MIRROR_FIELDS}


def observed_person_fields(info: UserInfo) -> dict[str, Any]:
    """Return the fields of `/user/info` and `/user/list`."""
    return {name: getattr(info, name) for name in PERSON_MIRROR_FIELDS}


def _redacted_fields(person: User, info: UserInfo) -> dict[str, Any]:
    """Return the observed fields, with the remaining remote values of an erased person redacted."""
    observed = observed_person_fields(info)
    if not person.erased_at:
        return observed
    ours = desired_person_fields(person)
    return {
        name: value if name == "role" or not value or value == ours[name] else REDACTED
        for name, value in observed.items()
    }


def _time_columns(info: UserInfo) -> dict[str, datetime | None]:
    return {
        "regist_time": datetime_from_unix(info.regist_time),
        "update_time": datetime_from_unix(info.update_time),
    }


def upsert_person(person: User, info: UserInfo) -> bool:
    """Save the API's state of a person; return True if anything changed.

    Our own columns stay as they are, except on the first read of a person known only by user ID so far.
    """
    times = _time_columns(info)
    for name, value in times.items():
        setattr(person, name, value)
    first = person.made_outside and person.observed_at is None
    with transaction.atomic() if first else nullcontext():
        if first:
            before = snapshot(person, PERSON_MIRROR_FIELDS)
            _copy_fields(person, info)
            changed = _record_adoption("person.adopt", person, before)
            # An administrator may have given the person a link while only the user ID was known.
            end_access_after_change([person], changed, by=None)
        return save_observed(
            person,
            info.user_id,
            desired=desired_person_fields(person),
            observed=_redacted_fields(person, info),
            optional=OPTIONAL_FIELDS,
            extra=(*times, *PERSON_MIRROR_FIELDS) if first else tuple(times),
        )


def _record_adoption(action: str, row: User | Enterprise, before: dict[str, Any]) -> dict[str, Any]:
    """Record the values copied from the API in the audit log, and return those that are new."""
    old, new = diff_snapshots(before, snapshot(row, tuple(before)))
    if new:
        record(action, row, by=None, before=old, after=new)
    return new


def person_differs(person: User, info: UserInfo) -> bool:
    """Return whether `upsert_person` would change anything. Runs no query."""
    return has_changes(
        person,
        info.user_id,
        desired=desired_person_fields(person),
        observed=_redacted_fields(person, info),
        optional=OPTIONAL_FIELDS,
        extra=_time_columns(info),
    )


def adopt_person(enterprise: Enterprise, info: UserInfo) -> User:
    """Create a row for a person whom only the API has."""
    person = build_person(enterprise, info)
    person.save(force_insert=True)
    return person


def build_person(enterprise: Enterprise, info: UserInfo) -> User:
    """Return an unsaved row for a person whom only the API has."""
    person = _build_outside_person(enterprise, info.user_id)
    _copy_fields(person, info)
    person.observed, person.observed_at = observed_person_fields(info), timezone.now()
    person.regist_time, person.update_time = (
        datetime_from_unix(info.regist_time),
        datetime_from_unix(info.update_time),
    )
    person.sync_state = sync_state_of(person, desired_person_fields(person), person.observed, OPTIONAL_FIELDS)
    return person


def _build_outside_person(enterprise: Enterprise, user_id: str) -> User:
    person = User(
        enterprise=enterprise,
        login=f"{user_id}@{enterprise.sdkappid}",
        user_id=user_id,
        remote_id=user_id,
        made_outside=True,
    )
    person.set_unusable_password()
    return person


def get_or_create_person(enterprise: Enterprise, user_id: str, role: Role) -> User:
    """Return the person with this user ID, or create a placeholder that reconciliation fills later."""
    user_id = user_id[:64]
    matches = User.objects.filter(enterprise=enterprise, user_id=user_id)
    return matches.first() or _create_placeholder(enterprise, user_id, role) or matches.get()


def _create_placeholder(enterprise: Enterprise, user_id: str, role: Role) -> User | None:
    """Create a placeholder row; return None if another transaction created the person concurrently."""
    person = _build_outside_person(enterprise, user_id)
    person.role, person.nickname, person.sync_state = role, user_id[:60], SyncState.IN_SYNC
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError:
        return None
    return person


def _copy_fields(person: User, info: UserInfo) -> None:
    person.role = info.role if info.role in Role.values else Role.STUDENT
    person.nickname = (info.nickname or info.user_id)[:60]
    person.gender = info.gender if info.gender in User.Gender.values else ""
    person.avatar, person.phone_no, person.e_mail = info.avatar[:500], info.phone_no[:30], info.e_mail[:254]


def upsert_school(school: Enterprise, info: BusinessInfo) -> bool:
    """Save the API's state of a school. The first read also sets the school's own columns."""
    observed: dict[str, Any] = {name: getattr(info, name) for name in SCHOOL_MIRROR_FIELDS}
    first = school.observed_at is None
    before = snapshot(school, SCHOOL_MIRROR_FIELDS)
    if first:
        for name in SCHOOL_MIRROR_FIELDS:
            if value := observed[name]:
                setattr(school, name, _fit_to_column(school, name, value))
    for name in ("busi_type", "super_admin", "icon"):
        setattr(school, name, _fit_to_column(school, name, getattr(info, name)))
    school.bizid, school.valid_seconds = info.bizid, info.valid_time
    school.create_time = datetime_from_unix(info.create_time)
    extra = ["busi_type", "super_admin", "icon", "bizid", "valid_seconds", "create_time"]
    for name in ("private_key", "secret_key"):
        secret = getattr(info, name).reveal()
        if secret and (name != "private_key" or _is_usable_key(secret, school)):
            stored = getattr(school, name)
            if stored is None or stored.reveal() != secret:
                setattr(school, name, secret)
                extra.append(name)
    changed = [name for name in (*SCHOOL_MIRROR_FIELDS, *extra) if first or name in extra]
    with transaction.atomic() if first else nullcontext():
        _record_adoption("school.adopt", school, before)
        return save_observed(
            *(school, info.enterprise_id[:64]),
            desired=desired_school_fields(school),
            observed=observed,
            extra=tuple(changed),
        )


def _fit_to_column(school: Enterprise, name: str, value: Any) -> Any:
    """Truncate a text to its column's length; replace a negative number with 0."""
    if isinstance(value, int):
        return max(value, 0)
    column: Any = school._meta.get_field(name)
    length = column.max_length
    return value[:length]


def _is_usable_key(private_key: str, school: Enterprise) -> bool:
    """Return whether this is a valid key: a corrupted one must not replace a valid one."""
    try:
        user_sig(private_key, sdkappid=school.sdkappid, identifier="a", lifetime_s=1, now=0)
    except InvalidPrivateKey:
        return False
    return True
