"""Two people add the same user id in the same instant: one row, and a sentence for the second."""

import threading
import time
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import translation

from accounts.models import Enterprise, User
from accounts.services import register_person
from console.outbox.models import Operation
from tests.support.pages import reader, text

pytestmark = pytest.mark.django_db(transaction=True)
NEW = {"user_id": "humpty", "nickname": "Humpty", "role": "student"}
BLOCKED = (
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


def while_another_adds_them(school: Enterprise, second: Any) -> None:
    """Run `second` in a thread; the first has added the same user id, and commits once the second waits."""
    thread = threading.Thread(target=second)
    with transaction.atomic():
        register_person(enterprise=school, by=None, **NEW)
        thread.start()
        for _ in range(200):
            time.sleep(0.05)
            with connection.cursor() as cursor:
                cursor.execute(BLOCKED)
                if cursor.fetchone()[0]:
                    break
        else:
            pytest.fail("the second never came as far as the row of the first")
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
    sentence = "This user id is taken in your school. Choose another, or change that person."
    assert told == [{"user_id": [sentence]}]
    assert User.objects.filter(user_id="humpty").count() == 1
    assert Operation.objects.filter(kind="user.register").count() == 1


def test_the_form_says_it_and_keeps_what_was_typed(alice: User, school: Enterprise) -> None:
    pages: list[Any] = []
    client = reader(alice)

    def second() -> None:
        try:
            pages.append(client.post("/people/new/", NEW))
        finally:
            connection.close()

    while_another_adds_them(school, second)
    assert pages[0].status_code == 200
    assert list(pages[0].context["form"].errors) == ["user_id"]
    assert 'value="Humpty"' in text(pages[0])
