"""The same form sent twice in one instant: it is done once, and nobody sees a fault."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from accounts.models import PeopleImport, Role, User
from classes.models import Feed, Lesson
from classes.timetable.imports.import_type import TIMETABLE_IMPORT
from console.imports import services
from tests.accounts.imports.conftest import HEAD, compared, csv_file  # noqa: F401
from tests.classes.timetable.imports.timetable_files import next_monday, xlsx_file
from tests.support.cast import create_person
from tests.support.page_client import client_for
from tests.support.rest_client import rest_client

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 4
LI = ["li", "李雷", "学生", "13800000000", "li@example.com", "一班"]


def at_once(requests: list[Callable[[], Any]]) -> list[int]:
    """The statuses of requests that begin together, each with a connection of its own."""
    gate, statuses = threading.Barrier(len(requests)), list[int]()

    def send(request: Callable[[], Any]) -> None:
        try:
            gate.wait(20)
            statuses.append(request().status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(one,)) for one in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(statuses)


def test_a_calendar_feed_asked_for_twice_at_once_is_one(bob: User) -> None:
    for _round in range(3):
        clients = [client_for(bob, raise_request_exception=False) for _ in range(TIMES)]
        sent = [lambda client=client: client.post("/calendar/new/") for client in clients]
        assert at_once(sent) == [200] * TIMES
        assert Feed.objects.filter(person=bob).count() == 1


def test_an_import_of_people_applied_twice_at_once_is_applied_once(compared: Any, alice: User) -> None:  # noqa: F811
    source = compared(LI)
    clients = [client_for(alice, raise_request_exception=False) for _ in range(TIMES)]
    path = f"/people/imports/{source.pk}/apply/"
    assert at_once([lambda client=client: client.post(path) for client in clients]) == [302] * TIMES
    assert User.objects.filter(user_id="li").count() == 1
    assert PeopleImport.objects.get(pk=source.pk).state == PeopleImport.State.APPLIED


def test_two_imports_of_the_same_file_applied_at_once_add_everybody_once(compared: Any, alice: User) -> None:  # noqa: F811
    sources = [compared(LI) for _ in range(TIMES)]
    clients = [client_for(alice, raise_request_exception=False) for _ in sources]
    paths = [f"/people/imports/{source.pk}/apply/" for source in sources]
    sent = [
        lambda client=client, path=path: client.post(path)
        for client, path in zip(clients, paths, strict=True)
    ]
    assert at_once(sent) == [302] * TIMES
    assert User.objects.filter(user_id="li").count() == 1


def test_the_same_file_sent_to_rest_twice_at_once_is_a_sentence_for_the_second(alice: User) -> None:
    clients = [rest_client(alice) for _ in range(TIMES)]
    for client in clients:
        client.raise_request_exception = False

    def send(client: Any) -> Any:
        file = csv_file([HEAD, LI])
        return client.post("/api/v1/users/import", {"file": file}, format="multipart")

    statuses = at_once([lambda client=client: send(client) for client in clients])
    assert statuses[0] == 200
    assert set(statuses) <= {200, 409}
    assert User.objects.filter(user_id="li").count() == 1


def test_a_timetable_applied_twice_at_once_is_planned_once(alice: User) -> None:
    create_person(alice.enterprise, "bob", Role.TEACHER)
    row = ("Croquet", "bob", "", next_monday().isoformat(), "10:00", 45, "", "")
    source = services.receive_file(TIMETABLE_IMPORT, file=xlsx_file([row]), filename="term.xlsx", by=alice)
    clients = [client_for(alice, raise_request_exception=False) for _ in range(TIMES)]
    path, box = f"/timetable/imports/{source.pk}/apply/", {"confirmed": "on"}
    assert at_once([lambda client=client: client.post(path, box) for client in clients]) == [302] * TIMES
    assert Lesson.objects.count() == 1
