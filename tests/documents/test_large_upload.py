"""A large file comes in piece by piece: the memory of the web process does not grow with it.

`python -m bench.upload` runs this with 1 GB; UPLOAD_MB=N chooses the size.
"""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from accounts.models import User
from documents.models import Document
from tests.documents.drawn import pdf
from tests.support.pages import reader

UPLOAD_MB = int(os.environ.get("UPLOAD_MB", "60"))
#: What the process may hold at its highest besides what it held before; and all together.
MOST_MB = 100
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


def megabytes(pid: int, what: str) -> float:
    """VmRSS, RssAnon or RssFile of one process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(what)), 0.0)


def memory_of(process: int, what: str) -> float:
    """Megabytes of a process and its children."""
    return sum(megabytes(pid, what) for pid in family(process))


def told_apart(process: int) -> str:
    """Each process of the web: what it holds of its own, and of files that others may share."""
    each = [
        f"{megabytes(pid, 'VmRSS'):.0f} MB ({megabytes(pid, 'RssAnon'):.0f} its own)"
        for pid in family(process)
    ]
    return " + ".join(each)


def test_the_web_process_stays_small(start_console: Any, alice: User, settings: Any) -> None:
    settings.REQUIRE_TWO_FACTOR = False
    console = start_console(COURSEWARE_MAX_MB="1200")
    client = reader(alice)
    session = client.cookies["sessionid"].value
    host, port = "127.0.0.1", int(console.url.rpartition(":")[2])
    length, parts = body("x", UPLOAD_MB)
    token = "a" * 32
    before = memory_of(console.process.pid, "VmRSS")
    highest = before
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
                highest = max(highest, memory_of(console.process.pid, "VmRSS"))
        line.settimeout(300)
        answer = b""
        while piece := line.recv(65536):
            answer += piece
            highest = max(highest, memory_of(console.process.pid, "VmRSS"))
    print(f"upload of {UPLOAD_MB} MB: {before:.0f} MB before, {highest:.0f} MB at the highest", end=" ")
    print(f"({highest - before:.0f} MB more; bar {MOST_MB} MB more);", end=" ")
    print(f"afterwards granian and its web process hold {told_apart(console.process.pid)}")
    assert answer.startswith(b"HTTP/1.1 201"), answer[-200:]
    assert Document.objects.get().bytes >= UPLOAD_MB * 2**20
    assert highest - before < MOST_MB

    afterwards = in_pieces(console, session, token)
    print(f"upload of {UPLOAD_MB} MB in pieces: {afterwards:.0f} MB at the highest")
    assert afterwards - before < MOST_MB
    for document in Document.objects.all():
        assert document.bytes >= UPLOAD_MB * 2**20
        document.file.delete(save=False)


def in_pieces(console: Any, session: str, token: str) -> float:
    """Send the file as the page does, a piece after the other; the most that the processes held."""
    begin, _sep, end = pdf(b"2 0 obj<<>>stream\n\0\nendstream endobj\n").partition(b"\0")
    length = len(begin) + UPLOAD_MB * len(PIECE) + len(end)
    line = requests.Session()
    line.headers["X-CSRFToken"] = token
    line.cookies.update({"sessionid": session, "csrftoken": token})
    told = {"name": "pieces.pdf", "size": length, "modified": 1}
    place = f"{console.url}/courseware/uploads/"
    place += line.post(place, told, timeout=60).json()["token"] + "/"
    highest, rest = 0.0, iter([begin, *[PIECE] * UPLOAD_MB, end])
    waiting = b""
    while (told := line.get(place, timeout=60).json())["length"]:
        while len(waiting) < told["length"]:
            waiting += next(rest)
        piece, waiting = waiting[: told["length"]], waiting[told["length"] :]
        line.put(f"{place}?offset={told['offset']}", piece, timeout=60).raise_for_status()
        highest = max(highest, memory_of(console.process.pid, "VmRSS"))
    done = line.post(f"{place}done/", {"permission": "public", "again": "on"}, timeout=300)
    assert done.status_code == 201, done.text
    return max(highest, memory_of(console.process.pid, "VmRSS"))
