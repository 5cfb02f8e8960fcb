"""A large file comes in piece by piece: the memory of the web process does not grow with it.

`python -m bench.upload` runs this with 1 GB; UPLOAD_MB=N chooses the size.
"""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import requests

from accounts.models import User
from documents.models import Document
from tests.documents.sample_files import pdf
from tests.support.page_client import client_for

UPLOAD_MB = int(os.environ.get("UPLOAD_MB", "60"))
#: What the web process may hold of its own while a file of the full size comes, in one body and in pieces.
#: Pages of libraries, which all processes of a machine share, are told beside it.
FULL_MB, MOST_MB = 1000, 100
#: How much more than before it may hold, whatever the size. What it holds before depends on whether its
#: packages are compiled.
MORE_MB = 25
PIECE = b"0123456789abcdef" * 65536

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]


def body(boundary: str, megabytes: int) -> tuple[int, Iterator[bytes]]:
    """A form with one file, and how long it is."""
    begin, _sep, end = pdf(b"2 0 obj<<>>stream\n\0\nendstream endobj\n").partition(b"\0")
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="permission"\r\n\r\npublic\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="large.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    ).encode()
    tail = f"\r\n--{boundary}--\r\n".encode()
    parts = [head, begin, *[PIECE] * megabytes, end, tail]
    return sum(len(part) for part in parts), iter(parts)


def family(process: int) -> list[int]:
    """A process and its children, and theirs."""
    pids = [process]
    for pid in pids:
        children = Path(f"/proc/{pid}/task/{pid}/children")
        pids += [int(one) for one in children.read_text().split()] if children.exists() else []
    return pids


class Memory(NamedTuple):
    """Megabytes of one process: in all; its own and its part of what several share; its own alone."""

    resident: float
    share: float
    own: float

    @classmethod
    def of(cls, pid: int) -> "Memory":
        told = dict.fromkeys(("Rss", "Pss", "Private_Clean", "Private_Dirty"), 0.0)
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
            name, kilobytes = line.split(":")
            if name in told:
                told[name] = int(kilobytes.split()[0]) / 1024
        return cls(told["Rss"], told["Pss"], told["Private_Clean"] + told["Private_Dirty"])

    def __str__(self) -> str:
        return f"{self.resident:.0f} MB resident ({self.share:.0f} as its share, {self.own:.0f} its own)"


def highest(one: Memory, other: Memory) -> Memory:
    return Memory(*map(max, one, other))


def test_the_web_process_stays_small(start_console: Any, alice: User, settings: Any) -> None:
    settings.REQUIRE_TWO_FACTOR = False
    console = start_console(COURSEWARE_MAX_MB="1200")
    client = client_for(alice)
    session = client.cookies["sessionid"].value
    host, port = "127.0.0.1", int(console.url.rpartition(":")[2])
    length, parts = body("x", UPLOAD_MB)
    token = "a" * 32
    parent, web = family(console.process.pid)
    before = most = Memory.of(web)
    with socket.create_connection((host, port), 300) as line:
        line.sendall(
            (
                f"POST /courseware/new/ HTTP/1.1\r\nHost: {host}:{port}\r\nAccept: application/json\r\n"
                f"Cookie: sessionid={session}; csrftoken={token}\r\nX-CSRFToken: {token}\r\n"
                f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {length}\r\n"
                "Connection: close\r\n\r\n"
            ).encode()
        )
        for number, part in enumerate(parts):
            line.sendall(part)
            if number % 20 == 0:
                most = highest(most, Memory.of(web))
        line.settimeout(300)
        answer = b""
        while piece := line.recv(65536):
            answer += piece
            most = highest(most, Memory.of(web))
    print(f"upload of {UPLOAD_MB} MB: web process {before} before, {most} at the highest")
    assert answer.startswith(b"HTTP/1.1 201"), answer[-200:]
    assert Document.objects.get().bytes >= UPLOAD_MB * 2**20

    pieces = in_pieces(console, session, token, web)
    print(f"upload of {UPLOAD_MB} MB in pieces: web process {pieces} at the highest")
    print(f"upload of both: granian's own process holds {Memory.of(parent)}")
    for document in Document.objects.all():
        assert document.bytes >= UPLOAD_MB * 2**20
        document.file.delete(save=False)
    for held in (most.own, pieces.own):
        assert held - before.own < MORE_MB
        assert held < MOST_MB or UPLOAD_MB < FULL_MB


def in_pieces(console: Any, session: str, token: str, web: int) -> Memory:
    """Send the file as the page does, a piece after the other; the most that the web process held."""
    begin, _sep, end = pdf(b"2 0 obj<<>>stream\n\0\nendstream endobj\n").partition(b"\0")
    length = len(begin) + UPLOAD_MB * len(PIECE) + len(end)
    line = requests.Session()
    line.headers["X-CSRFToken"] = token
    line.cookies.update({"sessionid": session, "csrftoken": token})
    told = {"name": "pieces.pdf", "size": length, "modified": 1}
    place = f"{console.url}/courseware/uploads/"
    place += line.post(place, told, timeout=60).json()["token"] + "/"
    most, rest = Memory.of(web), iter([begin, *[PIECE] * UPLOAD_MB, end])
    waiting = b""
    while (told := line.get(place, timeout=60).json())["length"]:
        while len(waiting) < told["length"]:
            waiting += next(rest)
        piece, waiting = waiting[: told["length"]], waiting[told["length"] :]
        line.put(f"{place}?offset={told['offset']}", piece, timeout=60).raise_for_status()
        most = highest(most, Memory.of(web))
    done = line.post(f"{place}done/", {"permission": "public", "again": "on"}, timeout=300)
    assert done.status_code == 201, done.text
    return highest(most, Memory.of(web))
