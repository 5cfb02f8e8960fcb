"""Connections: kept by a thread, shared between clients, never between processes."""

import subprocess
import sys
import threading
import time

import pytest

from console.iclass import Client, IClassError
from tests.console.iclass.conftest import OK, Handler, StubService, free_port

FORKING = """
import os, sys
from console.iclass import Client
client = Client(sys.argv[1], 1, "key")
client.classes.start(1)
child = os.fork()
client.classes.start(2)
if child:
    assert os.waitpid(child, 0)[1] == 0
os._exit(0)
"""


def test_the_next_call_after_a_failure_is_a_good_one(client: Client, service: StubService) -> None:
    service.answer(lambda handler: handler.reply("<html>", 502), b'{"error', OK)
    for _ in range(2):
        with pytest.raises(IClassError):
            client.classes.start(7)
    client.classes.start(7)


def test_a_connection_closed_in_the_meantime_is_opened_again(client: Client, service: StubService) -> None:
    def once(handler: Handler) -> None:
        handler.close_connection = True
        handler.reply(OK)

    service.answer(once)
    client.classes.start(7)
    time.sleep(0.05)
    client.classes.start(7)
    assert len({seen.port for seen in service.seen}) == 2


def test_one_thread_keeps_one_connection_also_between_clients(client: Client, service: StubService) -> None:
    other = Client(service.url, 2, "another key")
    for _ in range(3):
        client.classes.start(7)
        other.classes.start(7)
    assert len({seen.port for seen in service.seen}) == 1


def test_each_thread_has_a_connection_of_its_own(client: Client, service: StubService) -> None:
    together = threading.Barrier(4)

    def call() -> None:
        together.wait()
        for _ in range(5):
            client.classes.start(7)

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(service.seen) == 20
    assert len({seen.port for seen in service.seen}) == 4


def test_no_cookie_of_one_school_reaches_another(client: Client, service: StubService) -> None:
    service.answer(lambda handler: handler.reply(OK, Set_Cookie="school=1; Path=/"))
    client.classes.start(7)
    Client(service.url, 2, "another key").classes.start(7)
    assert "Cookie" not in service.last.headers


def test_no_proxy_and_no_netrc_of_the_environment_is_used(
    client: Client, service: StubService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{free_port()}")
    client.classes.start(7)
    assert "Authorization" not in service.last.headers


def test_a_request_says_that_it_is_json(client: Client, service: StubService) -> None:
    client.classes.start(7)
    assert service.last.headers["Content-Type"] == "application/json"


def test_a_forked_child_opens_a_connection_of_its_own(service: StubService) -> None:
    subprocess.run([sys.executable, "-c", FORKING, service.url], check=True, timeout=30)
    first, *later = service.seen
    assert sorted(seen.port == first.port for seen in later) == [False, True]
