"""The service's person and school → our rows. The only place of this app that knows remote names."""

from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Enterprise, Role, User
from console.audit.trail import changes, record, snapshot
from console.iclass import BadKey, BusinessInfo, UserInfo, user_sig
from console.mirror.drift import is_news, settle, state_of
from console.outbox.states import SyncState

PERSON = ("role", "nickname", "gender", "avatar", "phone_no", "e_mail")
SCHOOL = ("name", "contact_user", "phone_no", "e_mail", "call_back_url", "appid", "project_id", "secret_id")
#: The service gives everybody a picture; it is a difference only where the school chose another.
OPTIONAL = ("avatar", "gender")
#: In place of what the service still has of somebody who was erased here.
KEPT_THERE = "***"


def moment(seconds: int) -> datetime | None:
    """Unix seconds as a time; None for 0, which the service means as "not yet", and for what is no time."""
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds else None
    except (OverflowError, OSError, ValueError):
        return None


def wanted_person(person: User) -> dict[str, Any]:
    """What the school wants of a person, in the words of `observed`."""
    return {name: getattr(person, name) for name in PERSON}


def wanted_school(school: Enterprise) -> dict[str, Any]:
    """What the school wants of itself, in the words of `observed`."""
    return {name: getattr(school, name) for name in SCHOOL}


def observed_person(info: UserInfo) -> dict[str, Any]:
    """What `/user/info` and `/user/list` tell, in the same words."""
    return {name: getattr(info, name) for name in PERSON}


def _kept(person: User, info: UserInfo) -> dict[str, Any]:
    """What we keep of it: of somebody erased, only that the service still has something."""
    told = observed_person(info)
    if not person.erased_at:
        return told
    ours = wanted_person(person)
    return {
        name: value if name == "role" or not value or value == ours[name] else KEPT_THERE
        for name, value in told.items()
    }


def _times(info: UserInfo) -> dict[str, datetime | None]:
    return {"regist_time": moment(info.regist_time), "update_time": moment(info.update_time)}


def person_seen(person: User, info: UserInfo) -> bool:
    """Write what the service says of a person; wanted columns stay. True where anything was new.

    They follow on the first look at somebody whom the service had only named so far.
    """
    times = _times(info)
    for name, value in times.items():
        setattr(person, name, value)
    first = person.made_outside and person.observed_at is None
    with transaction.atomic() if first else nullcontext():
        if first:
            before = snapshot(person, PERSON)
            _take(person, info)
            _adopted("person.adopt", person, before)
        return settle(
            person,
            info.user_id,
            wanted=wanted_person(person),
            observed=_kept(person, info),
            optional=OPTIONAL,
            extra=(*times, *PERSON) if first else tuple(times),
        )


def _adopted(action: str, row: User | Enterprise, before: dict[str, Any]) -> None:
    """What our columns took over from the service stands on the trail like any other change of them."""
    was, now = changes(before, snapshot(row, tuple(before)))
    if now:
        record(action, row, by=None, before=was, after=now)


def news_of_person(person: User, info: UserInfo) -> bool:
    """Whether `person_seen` would have something to write; asks nothing of the database."""
    return is_news(
        person,
        info.user_id,
        wanted=wanted_person(person),
        observed=_kept(person, info),
        optional=OPTIONAL,
        extra=_times(info),
    )


def adopt_person(enterprise: Enterprise, info: UserInfo) -> User:
    """Make our row of a person whom only the service had."""
    person = new_person(enterprise, info)
    person.save()
    return person


def new_person(enterprise: Enterprise, info: UserInfo) -> User:
    """The row, not saved yet."""
    person = _outsider(enterprise, info.user_id)
    _take(person, info)
    person.observed, person.observed_at = observed_person(info), timezone.now()
    person.regist_time, person.update_time = moment(info.regist_time), moment(info.update_time)
    person.sync_state = state_of(person, wanted_person(person), person.observed, OPTIONAL)
    return person


def _outsider(enterprise: Enterprise, user_id: str) -> User:
    person = User(
        enterprise=enterprise,
        login=f"{user_id}@{enterprise.sdkappid}",
        user_id=user_id,
        remote_id=user_id,
        made_outside=True,
    )
    person.set_unusable_password()
    return person


def person_of(enterprise: Enterprise, user_id: str, role: Role) -> User:
    """The person of this id. One whom the service only names gets a row that its list fills in later."""
    user_id = user_id[:64]
    known = User.objects.filter(enterprise=enterprise, user_id=user_id).first()
    if known:
        return known
    person = _outsider(enterprise, user_id)
    person.role, person.nickname, person.sync_state = role, user_id[:60], SyncState.IN_SYNC
    person.save()
    return person


def _take(person: User, info: UserInfo) -> None:
    person.role = info.role if info.role in Role.values else Role.STUDENT
    person.nickname = (info.nickname or info.user_id)[:60]
    person.gender = info.gender if info.gender in User.Gender.values else ""
    person.avatar, person.phone_no, person.e_mail = info.avatar[:500], info.phone_no[:30], info.e_mail[:254]


def school_seen(school: Enterprise, info: BusinessInfo) -> bool:
    """Write what the service says of a school. On the first look the school's own columns follow it."""
    observed: dict[str, Any] = {name: getattr(info, name) for name in SCHOOL}
    first = school.observed_at is None
    before = snapshot(school, SCHOOL)
    if first:
        for name in SCHOOL:
            if value := observed[name]:
                setattr(school, name, _fitting(school, name, value))
    for name in ("busi_type", "super_admin", "icon"):
        setattr(school, name, _fitting(school, name, getattr(info, name)))
    school.bizid, school.valid_seconds = info.bizid, info.valid_time
    school.create_time = moment(info.create_time)
    extra = ["busi_type", "super_admin", "icon", "bizid", "valid_seconds", "create_time"]
    for name in ("private_key", "secret_key"):
        told = getattr(info, name).reveal()
        if told and (name != "private_key" or _signs(told, school)):
            held = getattr(school, name)
            if held is None or held.reveal() != told:
                setattr(school, name, told)
                extra.append(name)
    changed = [name for name in (*SCHOOL, *extra) if first or name in extra]
    with transaction.atomic() if first else nullcontext():
        _adopted("school.adopt", school, before)
        return settle(
            *(school, info.enterprise_id[:64]),
            wanted=wanted_school(school),
            observed=observed,
            extra=tuple(changed),
        )


def _fitting(school: Enterprise, name: str, value: Any) -> Any:
    """A text no longer than its column, a number that is none below nothing."""
    if isinstance(value, int):
        return max(value, 0)
    length = school._meta.get_field(name).max_length
    return value[:length]


def _signs(private_key: str, school: Enterprise) -> bool:
    """Whether this is a key at all: one that was spoilt on its way must not take the place of a good one."""
    try:
        user_sig(private_key, sdkappid=school.sdkappid, identifier="a", lifetime_s=1, now=0)
    except BadKey:
        return False
    return True
