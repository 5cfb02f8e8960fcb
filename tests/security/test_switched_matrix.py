"""The addresses behind every switched cell, with the switch on and off: who may comes in, others do not."""

import itertools
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import Enterprise, Role, User
from classes.models import Member
from console.policy.switches import SWITCHES, Cells, Switch
from tests.faults.sizes import FULL
from tests.security.addresses import ADDRESSES, METHODS, Address
from tests.security.expected import Expected
from tests.security.sample_school import SampleSchool, build_sample_school
from tests.security.test_matrix import wrong
from tests.support.cast import create_person

#: Roles to ask with, by column; a switch concerns some of them and leaves the others alone.
COLUMNS = (
    "teacher",
    "other teacher",
    "assistant",
    "student",
    "admin",
    "admin of another school",
    "supervisor",
)
CELLS = [(switch, cells) for switch in SWITCHES for cells in switch.cells]
IDS = [f"{switch.name}-{cells.role}" for switch, cells in CELLS]
#: Who teaches the lesson of the sample school, and who assists in it: its rows are their own.
LEADERS = ("teacher", "assistant")


@pytest.fixture
def world(school: Enterprise, other_school: Enterprise, olga: User) -> SampleSchool:
    found = build_sample_school(school, other_school, olga)
    found.people["assistant"] = create_person(school, "ann", Role.ASSISTANT)
    Member.objects.create(lesson=found.rows["lesson"], user=found.people["assistant"], role="assistant")
    return found


def behind(cells: Cells) -> Iterator[tuple[Address, str, Expected]]:
    """The addresses and methods that these cells decide about.

    `FAULTS=full` asks with all methods, else with those that the address knows: the others it answers with
    405 before it looks at anything.
    """
    for address in ADDRESSES:
        for method in METHODS:
            if not FULL and (method in ("HEAD", "OPTIONS") or not address.knows(method)):
                continue
            expected = address.expected(method)
            about = expected is not None and expected.who == "table" and expected.resource == cells.resource
            if about and expected is not None and expected.action in cells.actions:
                yield address, method, expected


def owns(column: str, expected: Expected, world: SampleSchool) -> bool:
    owners = world.owners.get(expected.subject, set()) if column == "student" else LEADERS
    return not expected.subject or column in owners


@pytest.mark.faults
@pytest.mark.usefixtures("short_refusals")
@pytest.mark.parametrize(("switch", "cells"), CELLS, ids=IDS)
def test_the_addresses_follow_the_switch(
    switch: Switch, cells: Cells, world: SampleSchool, school: Enterprise, settings: object
) -> None:
    settings.REQUIRE_TWO_FACTOR = False  # type: ignore[attr-defined]
    found, asked = [], 0
    for on, column in itertools.product((True, False), COLUMNS):
        Enterprise.objects.filter(pk=school.pk).update(**{switch.name: on})
        person = world.people[column]
        assert person is not None
        client = Client(raise_request_exception=False, headers={"accept-language": "en"})
        client.force_login(person)
        for address, method, expected in behind(cells):
            allowed = is_allowed(column, cells, on, expected, world)
            if allowed is None:
                continue
            with transaction.atomic():
                response = client.generic(method, address.path(world))
                transaction.set_rollback(True)
            asked += 1
            if wrong(response, expected, allowed, address.knows(method)):
                told = f"{response.status_code} (allowed: {allowed}, switched on: {on})"
                found.append(f"{column} {method} {address.name}: {told}")
    assert not found, "\n".join(found)
    assert asked or cells.actions == ("phone",), "the page of a phone asks for `reveal`, see test_switches.py"


def is_allowed(column: str, cells: Cells, on: bool, expected: Expected, world: SampleSchool) -> bool | None:
    """Whether the column may; None for roles that the cells do not concern, which `test_matrix.py` asks."""
    role = "teacher" if column == "other teacher" else column
    if role != cells.role:
        return False if column == "admin of another school" and expected.subject else None
    return on and owns(column, expected, world)
