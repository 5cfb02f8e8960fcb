"""Functions as the process runs them: honest, stubborn and broken ones."""

import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from typing import IO, Any

from console.child_process.refusal import FileRejected

HEAVY = ("django", "celery", "psycopg")


def length(file: IO[bytes]) -> Iterator[int]:
    yield len(file.read())


def echo(file: IO[bytes], *told: Any) -> Iterator[Any]:
    yield list(told)


def count(file: IO[bytes], until: int) -> Iterator[int]:
    yield from range(until)


def refuse(file: IO[bytes], code: str) -> Iterator[None]:
    yield None
    raise FileRejected(code)


def stumble(file: IO[bytes]) -> Iterator[None]:
    raise ValueError(file.read().decode())
    yield


def spin(file: IO[bytes]) -> Iterator[None]:
    while True:
        pass
    yield


def sleep(file: IO[bytes]) -> Iterator[None]:
    time.sleep(60)
    yield


def fill_memory(file: IO[bytes], size: int) -> Iterator[int]:
    yield len(bytearray(size))


def fill_the_disk(file: IO[bytes], path: str) -> Iterator[None]:
    with open(path, "wb") as written:
        while True:
            written.write(bytes(1 << 20))
    yield


def die(file: IO[bytes]) -> Iterator[None]:
    yield None
    os.kill(os.getpid(), signal.SIGSEGV)


def babble(file: IO[bytes]) -> Iterator[None]:
    sys.stdout.write("x" * 20_000_000)
    yield


def environment(file: IO[bytes]) -> Iterator[dict[str, Any]]:
    """What the process knows, and which of the parent's descriptors it has."""
    kept = []
    for number in range(3, 64):
        try:
            os.fstat(number)
        except OSError:
            continue
        kept.append(number)
    django = [name for name in sys.modules if name.partition(".")[0] in HEAVY]
    sockets = [number for number in kept if _is_socket(number)]
    yield {"names": sorted(os.environ), "django": django, "sockets": sockets}


def _is_socket(number: int) -> bool:
    try:
        socket.socket(fileno=os.dup(number)).close()
    except OSError:
        return False
    return True


def imported(file: IO[bytes], module: str) -> Iterator[list[str]]:
    """Which of the heavy libraries the import of a module brings along."""
    import_module(module)
    yield [name for name in sys.modules if name.partition(".")[0] in HEAVY]
