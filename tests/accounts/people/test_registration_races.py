"""Two people add the same user id or group in the same instant: one row, and a sentence for the second."""

import threading
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import translation

from accounts.models import Enterprise, StudentGroup, User
from accounts.people.group_services import save_group
from accounts.people.services import register_person
from console.outbox.models import Operation
from tests.support.lock_waits import wait_until_blocked
from tests.support.page_client import client_for, page_text
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.django_db(transaction=True)
NEW = {"user_id": "humpty", "nickname": "Humpty", "role": "student"}


def add_them(school: Enterprise) -> None:
    register_person(enterprise=school, by=None, **NEW)


def make_it(school: Enterprise) -> None:
    save_group(group=StudentGroup(enterprise=school, name="Croquet"), students=[], by=None)


def while_another_adds_them(school: Enterprise, second: Any, first: Any = add_them) -> None:
    """Run `second` in a thread; the first has added the same, and commits once the second waits."""
    thread = threading.Thread(target=second)
    with transaction.atomic():
        first(school)
        thread.start()
        wait_until_blocked()
    thread.join()


def test_the_service_tells_the_second_at_the_field(school: Enterprise) -> None:
    told: list[dict[str, Any]] = []

    def second() -> None:
        try:
            register_person(enterprise=school, by=None, **NEW)
        except ValidationError as error:
            with translation.override("en"):
                told.append(error.message_dict)
        finally:
            connection.close()

    while_another_adds_them(school, second)
    sentence = "This user ID is already used in your school. Choose another one, or edit that person."
    assert told == [{"user_id": [sentence]}]
    assert User.objects.filter(user_id="humpty").count() == 1
    assert Operation.objects.filter(kind="user.register").count() == 1


def test_the_form_says_it_and_keeps_what_was_typed(alice: User, school: Enterprise) -> None:
    pages: list[Any] = []
    client = client_for(alice)

    def second() -> None:
        try:
            pages.append(client.post("/people/new/", NEW))
        finally:
            connection.close()

    while_another_adds_them(school, second)
    assert pages[0].status_code == 200
    assert list(pages[0].context["form"].errors) == ["user_id"]
    assert 'value="Humpty"' in page_text(pages[0])


@pytest.mark.parametrize(
    ("address", "told", "field", "first"),
    [("users", NEW, "user_id", add_them), ("groups", {"name": "Croquet"}, "name", make_it)],
)
def test_rest_says_it_at_the_field(
    alice: User, school: Enterprise, address: str, told: dict[str, str], field: str, first: Any
) -> None:
    answers: list[Any] = []
    client = rest_client(alice)

    def second() -> None:
        try:
            answers.append(client.post(f"/api/v1/{address}/", told))
        finally:
            connection.close()

    while_another_adds_them(school, second, first)
    assert (answers[0].status_code, list(answers[0].json()["errors"])) == (400, [field])


def test_the_form_of_a_group_says_it_and_keeps_the_picks(alice: User, school: Enterprise) -> None:
    pages: list[Any] = []
    client = client_for(alice)

    def second() -> None:
        try:
            pages.append(client.post("/groups/new/", {"name": "Croquet"}))
        finally:
            connection.close()

    while_another_adds_them(school, second, make_it)
    assert list(pages[0].context["form"].errors) == ["name"]
    assert StudentGroup.objects.count() == 1
