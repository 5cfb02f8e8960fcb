"""Programs that repeat a POST whose answer was cut, over real HTTP: how often it took effect."""

import http.client
import random
import socket
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Self
from urllib.parse import urlsplit

import requests
from django.utils import timezone

from accounts.models import User
from classes.models import Lesson
from console.outbox.models import Operation
from console.policy.tokens import issue_token

#: Of a hundred calls so many are cut before the console has them, and after it answered.
CUT_BEFORE, CUT_AFTER = 0.2, 0.4
MAX_TRIES = 40


class CuttingProxy:
    """Passes requests on, one per connection, and cuts the answers of many: the client learns nothing."""

    def __init__(self, target: str, chance: random.Random) -> None:
        self._address = (urlsplit(target).hostname or "", urlsplit(target).port or 0)
        self._chance, self._guard = chance, threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.cut = 0

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        with self._guard:
            lot = self._chance.random()
            self.cut += lot < CUT_BEFORE + CUT_AFTER
        with client:
            if lot < CUT_BEFORE:
                return
            with socket.create_connection(self._address, timeout=60) as server:
                server.sendall(_whole_request(client))
                answer = b"".join(iter(lambda: server.recv(65536), b""))
            if lot >= CUT_BEFORE + CUT_AFTER:
                client.sendall(answer)


def _whole_request(client: socket.socket) -> bytes:
    """Return a request up to the length that it names; it asks the server to close the connection."""
    client.settimeout(60)
    read = b""
    while b"\r\n\r\n" not in read:
        read += client.recv(65536)
    head, _, body = read.partition(b"\r\n\r\n")
    headers = http.client.parse_headers(_Lines(head.partition(b"\r\n")[2]))
    while len(body) < int(headers["Content-Length"]):
        body += client.recv(65536)
    return head + b"\r\n\r\n" + body


class _Lines:
    """The lines of a head, for `parse_headers`."""

    def __init__(self, head: bytes) -> None:
        self._lines = [line + b"\r\n" for line in head.split(b"\r\n")] + [b"\r\n"]

    def readline(self, _limit: int = -1) -> bytes:
        return self._lines.pop(0)


def repeat_posts(
    by: User, teacher: User, url: str, chance: random.Random, *, cases: int, threads: int = 4
) -> dict[str, int]:
    """Schedule `cases` lessons, each by a POST that is repeated until it is answered.

    Returns how many were answered, how many answers were cut, and what was lost and doubled.
    """
    token = issue_token(by)
    with CuttingProxy(url, chance) as proxy, ThreadPoolExecutor(threads) as pool:
        told = list(
            pool.map(lambda number: _schedule(proxy.url, token, teacher.user_id, number), range(cases))
        )
        cut = proxy.cut
    kept = list(Lesson.objects.values_list("pk", "topic"))
    sent = Operation.objects.filter(kind="class.create").count()
    return {
        "posts": cases,
        "cut": cut,
        "lost": len(set(told) - {f"{pk}:{topic}" for pk, topic in kept}),
        "doubled": len(kept) - len({topic for _pk, topic in kept}) + sent - len(kept),
    }


def _schedule(url: str, token: str, teacher: str, number: int) -> str:
    """Return ID and topic of the lesson that the answer shows."""
    headers = {"Authorization": f"Token {token}", "Idempotency-Key": str(uuid.uuid4()), "Connection": "close"}
    start = timezone.now() + timedelta(days=1, hours=number)
    body = {
        **{"topic": f"Lesson {number}", "teacher": teacher, "conflict_reason": "repeated"},
        **{"starts_at": start.isoformat(), "ends_at": (start + timedelta(minutes=40)).isoformat()},
    }
    for _try in range(MAX_TRIES):
        try:
            answer = requests.post(f"{url}/api/v1/lessons/", json=body, headers=headers, timeout=60)
        except (requests.ConnectionError, requests.Timeout):
            continue
        if answer.status_code == 409:  # the first one is not answered yet
            continue
        assert answer.status_code == 201, answer.text
        return f"{answer.json()['id']}:{answer.json()['topic']}"
    raise AssertionError("the console never answered")
