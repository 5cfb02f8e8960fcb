"""Each file and copy × each reader: guardians, notes and calls only for whom the policy table lists them.

A file is what an address answers as an attachment, and the copy of the data that somebody asks for.
"""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from accounts.models import (
    Consent,
    Enterprise,
    Export,
    GuardianAccount,
    GuardianSession,
    PeopleImportGuardian,
    PeopleImportRow,
    User,
)
from accounts.people.subject_access.services import request_copy
from accounts.sign_in.guardians.names import name_digests
from classes.models import AbsenceCall
from console.jobs import runner
from console.jobs.models import Job
from console.policy.table import ROLES, TABLE
from tests.faults.goals import goal
from tests.security.addresses import ADDRESSES
from tests.security.sample_school import SampleSchool, build_sample_school
from tests.security.test_matrix import COLUMNS
from tests.support.page_client import client_for
from tests.support.rest_client import rest_client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
#: Words that stand nowhere else, by the resource whose rows hold them.
WORDS = {
    "guardian": (
        *("Hildegard", "13977550246", "hilde@canary.example", "hilde-signs-in"),
        *("198.51.100.77", "CanaryPhone", "Rosamunde"),
    ),
    "note": ("NoteCanary",),
    "call": ("CallCanary",),
}
#: Parts of the names and routes of addresses that give out files.
MARKS = ("export", "file", "csv", "xlsx", "json", "ics", "pdf", "copy", "download", "evidence")
#: One person of each role that may sign in.
READERS = ("student", "teacher", "admin", "supervisor", "superadmin", "operator")


@pytest.fixture
def world(school: Enterprise, other_school: Enterprise, olga: User) -> SampleSchool:
    found = build_sample_school(school, other_school, olga)
    Job.objects.all().delete()
    dina, guardian = found.rows["person"], found.rows["guardian"]
    guardian.name, guardian.phone_no, guardian.e_mail = WORDS["guardian"][:3]
    guardian.save()
    name, address, device, former = WORDS["guardian"][3:]
    account: GuardianAccount = guardian.account
    account.sign_in_name, account.name_digest = name, name_digests(school.pk, name)[0]
    account.save()
    GuardianSession.objects.filter(account=account).update(ip=address, user_agent=device)
    common = {"enterprise": school, "person": dina, "by": found.people["admin"]}
    Consent.objects.create(**common, state="given", day="2026-11-02", guardian=f"{former}, aunt", how="paper")
    row = PeopleImportRow.objects.create(
        source=found.rows["import"], enterprise=school, person=dina, user_id="dina", number=2,
        cells=list(WORDS["guardian"][:2]),
    )  # fmt: skip
    PeopleImportGuardian.objects.create(
        enterprise=school, row=row, guardian=guardian, before=f'{{"name": "{former}"}}'
    )
    found.rows["note"].text = "NoteCanary"
    found.rows["note"].save()
    AbsenceCall.objects.create(
        person=dina,
        by=found.people["admin"],
        lesson=found.rows["lesson"],
        note="CallCanary",
        outcome="no_answer",
    )
    return found


def unpacked(body: bytes) -> bytes:
    """What a file says: of a ZIP file or a workbook its parts."""
    if not body.startswith(b"PK"):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return b"\n".join(unpacked(archive.read(name)) for name in archive.namelist())


def is_listed(column: str, resource: str) -> bool:
    return TABLE[resource]["list"].split()[list(ROLES).index(COLUMNS[column])] != "-"


def shown(body: bytes) -> set[str]:
    text = unpacked(body).decode(errors="replace")
    return {resource for resource, words in WORDS.items() if any(word in text for word in words)}


def files(world: SampleSchool, column: str) -> Iterator[tuple[str, bytes]]:
    person: Any = world.people[column]
    page, api = client_for(person), rest_client(person)
    for address in ADDRESSES:
        if address.knows("GET") and any(mark in f"{address.name} {address.route}" for mark in MARKS):
            client = api if address.route.startswith("/api/v1/") else page
            answer: Any = client.get(address.path(world))
            if answer.status_code == 200:
                yield address.name, b"".join(answer.streaming_content) if answer.streaming else answer.content


def copy_of(person: User, by: User) -> bytes:
    source: Export = request_copy(person=person, by=by, reason="" if person == by else "a parent asks")
    runner.run_due_jobs()
    answer = client_for(by).get(f"/people/exports/{source.pk}/file/")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_each_file_holds_of_a_resource_only_what_its_reader_may_list(world: SampleSchool) -> None:
    found = {(column, name): shown(body) for column in READERS for name, body in files(world, column)}
    wrong = [
        (column, name, resource)
        for (column, name), resources in found.items()
        for resource in resources
        if not is_listed(column, resource)
    ]
    goal(
        "files by right", files=len({name for _column, name in found}), readers=len(READERS), wrong=len(wrong)
    )
    assert wrong == []


@pytest.mark.parametrize("column", ["student", "teacher", "supervisor"])
def test_the_copy_of_ones_own_data_keeps_to_the_same(world: SampleSchool, column: str) -> None:
    """Dina asks, in each role that people with guardians may come to have."""
    dina: User = world.rows["person"]
    User.objects.filter(pk=dina.pk).update(role=COLUMNS[column])
    dina = User.objects.get(pk=dina.pk)
    held = shown(copy_of(dina, dina))
    assert [resource for resource in held if not is_listed(column, resource)] == []
    assert "guardian" not in held


def test_the_copy_that_the_office_makes_has_them(world: SampleSchool) -> None:
    admin: Any = world.people["admin"]
    body = copy_of(world.rows["person"], admin)
    assert shown(body) == set(WORDS)
    text = unpacked(body).decode()
    assert [word for words in WORDS.values() for word in words if word not in text] == []
