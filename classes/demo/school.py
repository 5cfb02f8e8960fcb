"""The main demo school and its people, and what the demo schools have in common."""

import csv
import secrets
from base64 import b32encode
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from io import StringIO
from types import MappingProxyType

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.imports.api import import_people
from accounts.models import Enterprise, Role, User
from accounts.people.charge_services import add_charge
from accounts.people.grades.services import add_grade
from accounts.people.group_services import save_group
from accounts.people.services import register_person
from accounts.school.services import add_school, use_own_callback
from classes.demo import personas
from classes.demo.personas import DemoPerson
from classes.demo.sandbox_control import call_control, send_until
from classes.lessons.validation import TEACHING_ROLES
from console.outbox import relay

HEADINGS = ("user_id", "name", "role", "gender", "phone", "groups", "in charge of")
LIST_NAME = "名单.csv"


def demo_password() -> str:
    """Return the common password of the demo logins, derived from this installation's SECRET_KEY."""
    digest = b32encode(sha256(f"demo {settings.SECRET_KEY}".encode()).digest()).decode().lower()
    return f"{digest[:4]}-{digest[4:8]}-{digest[8:12]}"


def ensure_operator() -> User:
    """Return the operator of the demo, who sees the list of schools."""
    found = User.objects.filter(login=personas.OPERATOR).first()
    return found or User.objects.create_operator(personas.OPERATOR, demo_password())


def ensure_school(sdkappid: int = personas.SDKAPPID, name: str = personas.SCHOOL) -> Enterprise:
    """Create a demo school here and in the sandbox, pull its keys and set its callback URL."""
    school = Enterprise.objects.filter(sdkappid=sdkappid).first()
    key = school.tic_key.reveal() if school else secrets.token_hex(16)
    enterprise = {"sdkappid": sdkappid, "tic_key": key, "super_admin": personas.SUPERADMIN.user_id}
    if school is None:
        call_control("enterprise", {**enterprise, "name": name})
        school = add_school(sdkappid=sdkappid, tic_key=key, name=name)
    else:
        call_control("enterprise", enterprise)
    rows = Enterprise.objects.filter(pk=school.pk)
    send_until(rows.filter(observed_at__isnull=False).exists)
    school.refresh_from_db()
    if school.call_back_url != school.own_callback_url:
        use_own_callback(school=school, by=None)
        relay.drain()
        school.refresh_from_db()
    return school


def ensure_people(school: Enterprise, groups: int = len(personas.GROUPS)) -> dict[str, User]:
    """Return everybody by user id; staff and one student can sign in, and the others come from a list."""
    pupils = personas.students(groups)
    offices = [personas.ADMIN, personas.SUPERADMIN, personas.SUPERVISOR, personas.ASSISTANT]
    signs_in = [*offices, *personas.TEACHERS[:4], pupils[0]]
    group_of = {
        one.user_id: personas.GROUPS[place // personas.GROUP_SIZE] for place, one in enumerate(pupils)
    }
    charges = zip(personas.TEACHERS, personas.GROUPS[:groups], strict=False)
    people = register_missing(
        school,
        signs_in,
        [*offices, *personas.TEACHERS, *pupils],
        groups=group_of,
        in_charge={teacher.user_id: name for teacher, name in charges},
    )
    _ensure_grades(school, people)
    return people


def _ensure_grades(school: Enterprise, people: Mapping[str, User]) -> None:
    """Give a school without grades those of its groups, and the first of them a head."""
    admin = people[personas.ADMIN.user_id]
    groups = list(school.groups.filter(archived_at=None, name__in=personas.GROUPS))
    if school.grades.exists() or not groups:
        return
    for name in personas.GRADES:
        members = [group for group in groups if group.name.startswith(name)]
        grade = add_grade(name=name, by=admin) if members else None
        for group in members:
            save_group(group=group, students=None, by=admin, grade=grade)
    first = school.grades.first()
    head = people[personas.HEAD_OF_GRADE.user_id]
    if first is not None and may_teach(head):
        add_charge(grade=first, teacher=head, by=admin)


def register_missing(
    school: Enterprise,
    signs_in: Iterable[DemoPerson],
    everybody: Sequence[DemoPerson],
    *,
    groups: Mapping[str, str] = MappingProxyType({}),
    in_charge: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, User]:
    """Register at the service who is not there yet; return everybody of the school by user id.

    Those who sign in are entered one by one, the first of them an administrator, who then imports the list of
    everybody. `groups` and `in_charge` hold the name of a group by user id.
    """
    known = set(school.users.values_list("user_id", flat=True))
    for persona in signs_in:
        if persona.user_id not in known:
            register_person(
                enterprise=school,
                by=None,
                password=demo_password(),
                user_id=persona.user_id,
                nickname=persona.nickname,
                role=persona.role,
                gender=persona.gender,
            )
    if any(persona.user_id not in known for persona in everybody):
        relay.drain()
        admin = school.users.filter(role=Role.ADMIN, is_active=True).order_by("pk").first()
        assert admin is not None
        rows = [
            (*_row(number, one), groups.get(one.user_id, ""), in_charge.get(one.user_id, ""))
            for number, one in enumerate(everybody)
            if one.role != Role.SUPERADMIN
        ]
        options = {"role": Role.STUDENT, "dry_run": False, "conflict_reason": ""}
        import_people({"file": _csv_file(rows), **options}, admin)
    relay.drain()
    return {person.user_id: person for person in school.users.all()}


def may_teach(person: User) -> bool:
    """Return whether lessons can be scheduled with this person, whom somebody may have deactivated."""
    return person.is_active and person.role in TEACHING_ROLES


def _row(number: int, one: DemoPerson) -> tuple[str, ...]:
    return one.user_id, one.nickname, one.role.value, one.gender, f"1380013{number:04}"


def _csv_file(rows: Iterable[tuple[str, ...]]) -> SimpleUploadedFile:
    text = StringIO()
    csv.writer(text).writerows([HEADINGS, *rows])
    return SimpleUploadedFile(LIST_NAME, text.getvalue().encode())
