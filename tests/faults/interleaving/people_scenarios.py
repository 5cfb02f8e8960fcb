"""Acts on a person, a group of students and a school."""

import itertools
import secrets
from datetime import date
from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404

from accounts.mirror.differences import accept_remote_person
from accounts.models import (
    Consent,
    Enterprise,
    ErasureRequest,
    Role,
    StudentGroup,
    StudentNote,
    TeacherInCharge,
    User,
)
from accounts.people import avatars, services
from accounts.people.age_and_consent import record_age, record_consent
from accounts.people.charge_services import add_charge, edit_charge, end_charge
from accounts.people.erasure import erase_person
from accounts.people.erasure_requests import request_erasure
from accounts.people.group_services import archive_group, delete_group, restore_group, save_group
from accounts.people.note_services import add_note
from accounts.school import logos
from accounts.school.engagement import set_engagement_sampling
from accounts.school.services import drop_previous_key, edit_school, pull_school, use_own_callback
from accounts.sign_in.services import change_password
from console import pinyin
from console.iclass.types.users import UserInfo
from console.outbox.kinds import get_kind
from console.outbox.models import Operation
from tests.faults.intents import IntentContext
from tests.faults.interleaving.row_states import PASSWORDS, RowState, row_state
from tests.faults.interleaving.scenario import Act, Scenario, Subject
from tests.support.charges import put_in_charge
from tests.support.image_files import png

_numbers = itertools.count(1)


def create_people(world: IntentContext, *labels: str, role: str = Role.STUDENT) -> dict[str, User]:
    """Fresh people of the school by label, registered long ago."""
    rows = [
        User(
            enterprise=world.school,
            user_id=(user_id := f"{label}-{secrets.token_hex(5)}"),
            login=f"{user_id}@{world.school.sdkappid}",
            remote_id=user_id,
            nickname=label,
            role=role,
            sync_state="in_sync",
        )
        for label in labels
    ]
    return dict(zip(labels, User.objects.bulk_create(rows), strict=True))


def person_scenario(world: IntentContext) -> Scenario:
    by, picture = world.by, avatars.validate_avatar(png())

    def make() -> Subject:
        person = create_people(world, "dina")["dina"]
        observed = {
            "role": "student",
            "nickname": "Dinah",
            "gender": "",
            "avatar": "",
            "phone_no": "",
            "e_mail": "",
        }
        User.objects.filter(pk=person.pk).update(observed=observed)
        pull = Operation.objects.create(
            enterprise=world.school, kind="user.pull", subject_type="accounts.user", subject_id=person.pk,
            lane=f"pull-{person.pk}", state="superseded",
        )  # fmt: skip
        return Subject(person, {}, more={"pull": pull})

    def edit(**fields: Any) -> Act:
        return lambda subject: services.edit_person(person=subject.fresh(), by=by, **fields)

    def password(number: int) -> Act:
        return lambda subject: change_password(person=subject.fresh(), password=PASSWORDS[number], by=by)

    def seen(subject: Subject) -> None:
        info = UserInfo(
            user_id=subject.row.user_id, role="student", nickname="Dinah of iclass", update_time=7
        )
        with transaction.atomic():
            get_kind("user.pull").record(subject.more["pull"], info)

    def state(subject: Subject) -> RowState:
        told = row_state(subject.fresh(), subject.names)
        told["avatar"] = bool(told["avatar"])  # each picture has an address of its own
        row = subject.row
        told["consents"] = sorted(Consent.objects.filter(person=row).values_list("state", "how"))
        told["notes"] = sorted(StudentNote.objects.filter(person=row).values_list("text", flat=True))
        requests = ErasureRequest.objects.filter(person=row)
        told["erasure requests"] = sorted(requests.values_list("state", "reason", "answer"))
        own = {"user_id", "login", "remote_id", "card_since", "user_token"}
        return {name: value for name, value in told.items() if name not in own}

    acts: dict[str, Act] = {
        "rename": edit(nickname="Dinah the first"),
        "rename otherwise": edit(nickname="Dinah the second"),
        "new phone": edit(phone_no="13800000001"),
        "new role": edit(role=Role.ASSISTANT),
        "new picture": edit(picture=picture),
        "deactivate": lambda subject: services.deactivate_person(person=subject.fresh(), by=by),
        "reactivate": lambda subject: services.reactivate_person(person=subject.fresh(), by=by),
        "password": password(0),
        "another password": password(1),
        "new token": lambda subject: services.renew_entry_token(person=subject.fresh(), by=by),
        "take theirs": lambda subject: accept_remote_person(subject.fresh(), ["nickname"], by),
        "push": lambda subject: services.push_person(person=subject.fresh(), by=by),
        "erase": lambda subject: erase_person(person=subject.fresh(), by=by, reason="asked for"),
        "seen at iclass": seen,
        "age group": lambda subject: record_age(person=subject.fresh(), by=by, age_group="minor"),
        "date of birth": lambda subject: record_age(
            person=subject.fresh(), by=by, date_of_birth=date(2001, 2, 3)
        ),
        "consent": lambda subject: record_consent(
            person=subject.fresh(), by=by, state="given", day=date(2026, 9, 1), guardian="Ada", how="paper"
        ),
        "note": lambda subject: add_note(person=subject.fresh(), text="Rang twice.", by=by),
        "ask to erase": lambda subject: request_erasure(person=subject.fresh(), by=by, reason="asked for"),
    }
    return Scenario("person", make, state, acts)


def group_scenario(world: IntentContext) -> Scenario:
    by = world.by

    def make() -> Subject:
        people = create_people(world, "ann", "ben", "cid") | create_people(
            world, "tom", "tess", role="teacher"
        )
        group = StudentGroup.objects.create(enterprise=world.school, name=f"Year {next(_numbers)}")
        group.students.set([people["ann"], people["ben"]])
        charge = put_in_charge(group, people["tom"])
        names = {one.pk: label for label, one in people.items()}
        return Subject(group, names, more=people | {"charge": charge})

    def save(students: tuple[str, ...] | None = None, name: str = "") -> Act:
        def act(subject: Subject) -> None:
            fields = {"name": f"{subject.row.name} {name}"} if name else {}
            wished = None if students is None else [subject.more[label] for label in students]
            save_group(group=subject.fresh(), students=wished, by=by, **fields)

        return act

    def state(subject: Subject) -> RowState:
        group = StudentGroup.objects.filter(pk=subject.row.pk).first()
        if group is None:
            return {"deleted": True}
        told = row_state(group, subject.names)
        told["name"] = group.name.removeprefix(subject.row.name)
        # The pinyin has the number of the group, too; what counts is that it is that of its name.
        told["sort_name"] = group.sort_name == pinyin.sort_name(group.name)
        told["search_name"] = group.search_name == pinyin.search_name(group.name)
        told["students"] = sorted(subject.names[pk] for pk in group.students.values_list("pk", flat=True))
        told["charges"] = sorted(
            (subject.names[one.teacher_id], one.kind, str(one.starts_on), str(one.ends_on))
            for one in group.charges.all()
        )
        return told

    def in_charge(subject: Subject) -> TeacherInCharge:
        return get_object_or_404(TeacherInCharge, pk=subject.more["charge"].pk)

    def deputy(label: str) -> Act:
        return lambda subject: add_charge(
            group=subject.fresh(), teacher=subject.more[label], by=by, kind=TeacherInCharge.Kind.DEPUTY
        )

    acts: dict[str, Act] = {
        "rename": save(name="the first"),
        "rename otherwise": save(name="the second"),
        "one more": save(("ann", "ben", "cid")),
        "one less": save(("ann",)),
        "archive": lambda subject: archive_group(group=subject.fresh(), by=by),
        "restore": lambda subject: restore_group(group=subject.fresh(), by=by),
        "delete": lambda subject: delete_group(group=subject.fresh(), by=by),
        "another in charge": lambda subject: save_group(
            group=subject.fresh(), students=None, by=by, teacher=subject.more["tess"]
        ),
        "deputy": deputy("tess"),
        "last day": lambda subject: edit_charge(charge=in_charge(subject), by=by, ends_on=date(2099, 1, 31)),
        "other last day": lambda subject: edit_charge(
            charge=in_charge(subject), by=by, ends_on=date(2099, 7, 31)
        ),
        "end charge": lambda subject: end_charge(charge=in_charge(subject), by=by),
    }
    return Scenario("group", make, state, acts)


def school_scenario(world: IntentContext) -> Scenario:
    by, logo = world.by, logos.validate_logo(png())

    def make() -> Subject:
        number = 1_400_900_000 + next(_numbers)
        school = Enterprise.objects.create(
            name="Wonderland", sdkappid=number, tic_key="k" * 32, tic_key_previous="j" * 32
        )
        return Subject(school, {})

    def edit(**fields: Any) -> Act:
        return lambda subject: edit_school(school=subject.fresh(), by=by, **fields)

    def state(subject: Subject) -> RowState:
        school = subject.fresh()
        told = row_state(school, subject.names)
        told["keys"] = [one.reveal()[:1] if one else "" for one in (school.tic_key, school.tic_key_previous)]
        told["logo"] = bool(school.logo)
        told["call_back_url"] = school.call_back_url == school.own_callback_url
        own = {"sdkappid", "callback_token", "tic_key", "tic_key_previous"}
        return {name: value for name, value in told.items() if name not in own}

    acts: dict[str, Act] = {
        "rename": edit(name="Wonderland the first"),
        "rename otherwise": edit(name="Wonderland the second"),
        "contact": edit(contact_user="Duchess"),
        "new key": edit(tic_key="n" * 32),
        "another key": edit(tic_key="m" * 32),
        "drop the previous key": lambda subject: drop_previous_key(school=subject.fresh(), by=by),
        "own callback": lambda subject: use_own_callback(school=subject.fresh(), by=by),
        "logo": lambda subject: logos.set_logo(school=subject.fresh(), picture=logo, by=by),
        "no logo": lambda subject: logos.delete_logo(school=subject.fresh(), by=by),
        "samples": lambda subject: set_engagement_sampling(
            school=subject.fresh(), on=True, reason="asked for", by=by
        ),
        "pull": lambda subject: pull_school(school=subject.fresh(), by=by),
    }
    return Scenario("school", make, state, acts)
