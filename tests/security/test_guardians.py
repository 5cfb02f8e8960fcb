"""A guardian's session is worth nothing outside of the guardian's own pages, and nobody else sees those."""

import re
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from accounts.models import Enterprise, Guardian, GuardianAccount, Role, User
from classes.models import Leave
from tests.faults.sizes import size
from tests.security.addresses import ADDRESSES
from tests.security.sample_school import SampleSchool, build_sample_school
from tests.support.cast import create_person
from tests.support.guardians import create_account, create_guardian, guardian_in

#: Drawn anew for each answer.
VARIES = re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]*|("X-CSRFToken": ?")[^"]*|[0-9a-f]{32}')
OTHERS = [one for one in ADDRESSES if not one.route.startswith("/guardian/")]
#: Every so many addresses; GET and POST begin at different ones.
STEP = size(full=1, ci=11)
#: They tell of the machine at this moment, whoever asks.
OF_THE_MACHINE = {"healthz", "readyz", "metrics"}


@pytest.fixture
def world(school: Enterprise, other_school: Enterprise, olga: User) -> SampleSchool:
    return build_sample_school(school, other_school, olga)


def answer_to(client: Client, method: str, path: str) -> tuple[Any, ...]:
    """What a browser gets, without what is drawn anew."""
    with transaction.atomic():
        response: Any = client.generic(method, path)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        transaction.set_rollback(True)
    return response.status_code, response.headers.get("Location", ""), VARIES.sub(b"", body)


@pytest.mark.faults
@pytest.mark.slow
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_guardian_gets_at_every_other_address_what_an_anonymous_visitor_gets(
    world: SampleSchool, method: str
) -> None:
    account = GuardianAccount.objects.get()
    headers = {"accept-language": "en"}
    different = []
    for address in OTHERS[len(method) % STEP :: STEP]:
        if address.name in OF_THE_MACHINE:
            continue
        path = address.path(world)
        nobody = Client(raise_request_exception=False, headers=headers)
        guardian = guardian_in(Client(raise_request_exception=False, headers=headers), account)
        if answer_to(nobody, method, path) != answer_to(guardian, method, path):
            different.append(path)
    assert different == []


def test_pages_of_a_child_are_the_same_whatever_other_schools_and_children_have(
    world: SampleSchool, other_school: Enterprise
) -> None:
    row = Guardian.objects.get()
    client = guardian_in(Client(headers={"accept-language": "en"}), GuardianAccount.objects.get())
    pages = [f"/guardian/{row.pk}/{page}" for page in ("", "attendance/", "leave/", "leave/new/")]
    before = [answer_to(client, "GET", page) for page in pages]
    assert all(status == 200 for status, *_rest in before)
    for school in (other_school, row.enterprise):
        student = create_person(school, "zoe", Role.STUDENT)
        Leave.objects.create(
            enterprise=school,
            person=student,
            begins_at=world.rows["leave"].begins_at,
            ends_at=world.rows["leave"].ends_at,
            reason="Foreign",
        )
        create_account(create_guardian(student), name="zoe", password="!")
    assert [answer_to(client, "GET", page) for page in pages] == before


def test_rest_never_lists_guardians(world: SampleSchool) -> None:
    client = Client()
    client.force_login(world.people["admin"])  # type: ignore[arg-type]
    for name in ("users", "groups", "lessons", "leave", "attendance"):
        response: HttpResponse = client.get(f"/api/v1/{name}/")
        if response.status_code == 200:
            assert b"Ada" not in response.content, name
            assert b"ada@" not in response.content, name
    assert client.get("/api/v1/guardians/").status_code == 404
