"""The service's person and school → our rows. The only place of this app that knows remote names."""

from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from accounts.models import Enterprise, Role, User
from console.iclass import BusinessInfo, UserInfo
from console.iclass import walk as walk_pages
from console.mirror.drift import settle
from console.mirror.registry import Report, walk
from console.outbox.states import SyncState

PERSON = ("role", "nickname", "gender", "avatar", "phone_no", "e_mail")
SCHOOL = ("name", "contact_user", "phone_no", "e_mail", "call_back_url", "appid", "project_id", "secret_id")
#: The service gives everybody a picture; it is a difference only where the school chose another.
OPTIONAL = ("avatar", "gender")


def moment(seconds: int) -> datetime | None:
    """Unix seconds as a time; None for 0, which the service means as "not yet"."""
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def wanted_person(person: User) -> dict[str, Any]:
    """What the school wants of a person, in the words of `observed`."""
    return {name: getattr(person, name) for name in PERSON}


def wanted_school(school: Enterprise) -> dict[str, Any]:
    """What the school wants of itself, in the words of `observed`."""
    return {name: getattr(school, name) for name in SCHOOL}


def person_seen(person: User, info: UserInfo) -> bool:
    """Write what the service says of a person; wanted columns stay. True where anything was new."""
    observed = {name: getattr(info, name) for name in PERSON}
    person.regist_time, person.update_time = moment(info.regist_time), moment(info.update_time)
    return settle(
        person,
        info.user_id,
        wanted=wanted_person(person),
        observed=observed,
        optional=OPTIONAL,
        extra=("regist_time", "update_time"),
    )


def adopt_person(enterprise: Enterprise, info: UserInfo) -> User:
    """Make our row of a person whom only the service had."""
    person = User(enterprise=enterprise, user_id=info.user_id[:64], made_outside=True)
    person.set_unusable_password()
    _take(person, info)
    person.save()
    person_seen(person, info)
    return person


def person_of(enterprise: Enterprise, user_id: str, role: Role) -> User:
    """The person of this id. One whom the service only names gets a row that its list fills in later."""
    known = User.objects.filter(enterprise=enterprise, user_id=user_id).first()
    if known:
        return known
    person = User(
        enterprise=enterprise,
        user_id=user_id[:64],
        remote_id=user_id[:64],
        role=role,
        nickname=user_id[:60],
        made_outside=True,
        sync_state=SyncState.IN_SYNC,
    )
    person.set_unusable_password()
    person.save()
    return person


def _take(person: User, info: UserInfo) -> None:
    person.role = info.role if info.role in Role.values else Role.STUDENT
    person.nickname = (info.nickname or info.user_id)[:60]
    person.gender = info.gender if info.gender in User.Gender.values else ""
    person.avatar, person.phone_no, person.e_mail = info.avatar[:500], info.phone_no[:30], info.e_mail[:254]


@walk("people", order=2)
def walk_people(enterprise: Enterprise) -> Report:
    """Compare all people of a school with `/user/list`; adopt those made outside."""
    users = enterprise.client().users
    result = walk_pages(lambda index, size: users.list(index, size), lambda line: line.user_id)
    report = Report(seen=len(result.lines), complete=result.complete)
    known = {person.user_id: person for person in enterprise.users.all()}
    for info in result.lines:
        person = known.get(info.user_id)
        with transaction.atomic():
            if person is None:
                adopt_person(enterprise, info)
                report.adopted += 1
            elif person_seen(person, info):
                report.changed += 1
    return report


def school_seen(school: Enterprise, info: BusinessInfo) -> bool:
    """Write what the service says of a school. On the first look the school's own columns follow it."""
    observed: dict[str, Any] = {name: getattr(info, name) for name in SCHOOL}
    first = school.observed_at is None
    if first:
        for name in SCHOOL:
            if value := observed[name]:
                setattr(school, name, value)
    school.busi_type, school.super_admin, school.icon = info.busi_type, info.super_admin, info.icon
    school.bizid, school.valid_seconds = info.bizid, info.valid_time
    school.create_time = moment(info.create_time)
    extra = ["busi_type", "super_admin", "icon", "bizid", "valid_seconds", "create_time"]
    for name in ("private_key", "secret_key"):
        if told := getattr(info, name).reveal():
            held = getattr(school, name)
            if held is None or held.reveal() != told:
                setattr(school, name, told)
                extra.append(name)
    changed = [name for name in (*SCHOOL, *extra) if first or name in extra]
    return settle(
        school, info.enterprise_id, wanted=wanted_school(school), observed=observed, extra=tuple(changed)
    )


@walk("school", order=1)
def walk_school(enterprise: Enterprise) -> Report:
    """Compare a school with `/business/info`."""
    info = enterprise.client().business.info()
    with transaction.atomic():
        changed = school_seen(enterprise, info)
    return Report(seen=1, changed=int(changed))
