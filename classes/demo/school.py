"""The demo school and its people."""

import secrets
from base64 import b32encode
from hashlib import sha256

from django.conf import settings

from accounts.models import Enterprise, StudentGroup, User
from accounts.services import add_school, register_person, save_group, use_own_callback
from classes.demo import cast
from classes.demo.service import control
from console.outbox import relay


def password() -> str:
    """The one password of the demo logins, this installation's own."""
    digest = b32encode(sha256(f"demo {settings.SECRET_KEY}".encode()).digest()).decode().lower()
    return f"{digest[:4]}-{digest[4:8]}-{digest[8:12]}"


def ensure_school() -> Enterprise:
    """The demo school, here and at the local service; its keys pulled, its callback address set."""
    school = Enterprise.objects.filter(sdkappid=cast.SDKAPPID).first()
    key = school.tic_key.reveal() if school else secrets.token_hex(16)
    enterprise = {"sdkappid": cast.SDKAPPID, "tic_key": key, "super_admin": cast.SUPERADMIN.user_id}
    if school is None:
        control("enterprise", {**enterprise, "name": cast.SCHOOL})
        school = add_school(sdkappid=cast.SDKAPPID, tic_key=key, name=cast.SCHOOL)
    else:
        control("enterprise", enterprise)
    relay.drain()
    school.refresh_from_db()
    if school.call_back_url != school.own_callback_url:
        use_own_callback(school=school, by=None)
        relay.drain()
        school.refresh_from_db()
    return school


def ensure_people(school: Enterprise) -> dict[str, User]:
    """Everybody of the cast by user id, registered at the service; staff and one student may sign in."""
    here = {person.user_id: person for person in school.users.all()}
    staff = [cast.ADMIN, cast.SUPERADMIN, cast.SUPERVISOR, cast.ASSISTANT, *cast.TEACHERS]
    pupils = cast.students()
    signs_in = {part.user_id for part in [*staff, pupils[0]]}
    for number, part in enumerate([*staff, *pupils]):
        if part.user_id not in here:
            here[part.user_id] = register_person(
                enterprise=school,
                by=None,
                password=password() if part.user_id in signs_in else "",
                user_id=part.user_id,
                nickname=part.nickname,
                role=part.role,
                gender=part.gender,
                phone_no=f"1380013{number:04}",
            )
    relay.drain()
    for place, name in enumerate(cast.GROUPS):
        if not school.groups.filter(name=name).exists():
            students = [here[part.user_id] for part in pupils[place * 20 : place * 20 + 20]]
            save_group(group=StudentGroup(enterprise=school, name=name), students=students, by=None)
    return {person.user_id: person for person in school.users.all()}
