"""The spool: where callbacks wait on the disk while the database is away.

A file holds a line an event, sealed, for a callback's body is a school's affair. A line is on the disk
(file and folder) before `append` returns, so that it may be acknowledged. Files go through three names:

    TIME-PID-N.spool          written to, by one process, under a lock for each line
    TIME-PID-N.taken          being put into the table, locked by the process that does so
    TIME-PID-N.REASON.bad     lines that could not be read; kept for a person

The kernel drops the lock of a killed process, so that the next one takes over what it left.
"""

import contextlib
import fcntl
import itertools
import json
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from console.vault.errors import VaultError
from console.vault.ring import open_bytes, seal_bytes

CONTEXT = "inbox spool"
#: Bytes after which a new file is begun: a web process puts a file at a time back into the table.
SEGMENT = 256 * 1024

_lock = threading.Lock()
_numbers = itertools.count(1)
_current = ""
#: Whether something may wait: what an earlier process left, too.
pending = True


class SpoolError(Exception):
    """The spool takes no more: it has reached its cap."""


class BadLine(Exception):
    """A whole line that cannot be read; `reason` is a word of `console.inbox.words.SPOOL`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Waiting:
    """One event of the spool."""

    enterprise_id: int
    received_at: datetime
    raw: bytes


def folder() -> Path:
    return Path(settings.SPOOL_DIR)


def append(enterprise_id: int, raw: bytes, received_at: datetime) -> None:
    """Put an event on the disk, file and folder. OSError or SpoolError where that fails: nothing is left."""
    head = json.dumps({"school": enterprise_id, "at": received_at.isoformat()}).encode()
    line = seal_bytes(head + b"\n" + raw, CONTEXT) + b"\n"
    global pending
    with _lock:
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        if size() + len(line) > settings.SPOOL_CAP_BYTES:
            raise SpoolError("the spool is full")
        file = _open_current()
        try:
            _write(file, line)
        finally:
            os.close(file)
        _sync_folder()
        pending = True


def recount() -> None:
    """Note whether anything still waits."""
    global pending
    with _lock:
        pending = waiting() > 0


def _open_current() -> int:
    """A file of this process with room, open and locked; another one where the old was taken meanwhile.

    A name is never used again: the file that bore it may still wait as .taken, and must not be replaced.
    """
    global _current
    while True:
        create = 0
        if f"-{os.getpid()}-" not in _current:
            _current = f"{time.time_ns():020d}-{os.getpid()}-{next(_numbers)}.spool"
            create = os.O_CREAT | os.O_EXCL
        path = folder() / _current
        with contextlib.suppress(FileNotFoundError):
            file = os.open(path, os.O_RDWR | os.O_APPEND | create, 0o600)
            if _locked(file, path) and os.fstat(file).st_size < SEGMENT:
                return file
            os.close(file)
        _current = ""


def _write(file: int, line: bytes) -> None:
    """All or nothing: half a line would spoil the one after it."""
    before = os.fstat(file).st_size
    try:
        rest = memoryview(line)
        while rest:
            rest = rest[os.write(file, rest) :]
        os.fsync(file)
    except OSError:
        os.ftruncate(file, before)
        raise


def _sync_folder() -> None:
    handle = os.open(folder(), os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _locked(file: int, path: Path) -> bool:
    """Whether the file could be locked and still bears its name."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(file), path.stat())
    except (BlockingIOError, FileNotFoundError):
        return False


class Taken:
    """A file that this process alone puts into the table."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def lines(self) -> Iterator[bytes]:
        """The whole lines. A tail without an end was never acknowledged, for its writer was killed."""
        whole, _, _ = self._path.read_bytes().rpartition(b"\n")
        yield from filter(None, whole.split(b"\n"))

    def set_aside(self, reason: str, lines: list[bytes]) -> None:
        """Keep lines that nobody can read, on the disk before the file goes. Twice is as once."""
        part = self._path.with_suffix(f".{reason}.part")
        with part.open("wb") as kept:
            kept.write(b"\n".join(lines) + b"\n")
            kept.flush()
            os.fsync(kept.fileno())
        part.replace(self._path.with_suffix(f".{reason}.bad"))
        _sync_folder()

    def remove(self) -> None:
        self._path.unlink(missing_ok=True)


def take() -> Iterator[Taken]:
    """The files that wait, oldest first, each claimed while the caller has it. What is not removed stays."""
    for path in sorted((*folder().glob("*.spool"), *folder().glob("*.taken"))):
        with contextlib.suppress(FileNotFoundError):
            file = os.open(path, os.O_RDWR)
            try:
                if _locked(file, path):
                    yield Taken(_renamed(path))
            finally:
                os.close(file)


def _renamed(path: Path) -> Path:
    """The new name keeps a writer off, who looks whether its file still bears the old one."""
    return path if path.suffix == ".taken" else path.rename(path.with_suffix(".taken"))


def read(line: bytes) -> Waiting:
    """One line opened; BadLine where it was damaged, or sealed with a key that is no longer there."""
    try:
        head, _, raw = open_bytes(line, CONTEXT).partition(b"\n")
        told = json.loads(head)
        return Waiting(int(told["school"]), datetime.fromisoformat(told["at"]), raw)
    except (VaultError, ValueError, KeyError, TypeError) as error:
        raise BadLine("unsealed") from error


def size() -> int:
    """Bytes in the folder, of all files."""
    return sum(bytes_ for _, bytes_ in _files())


def waiting() -> int:
    """Files that wait for the database."""
    return sum(name.endswith((".spool", ".taken")) for name, _ in _files())


def bad() -> dict[str, int]:
    """Files that were set aside, by reason."""
    reasons = [name.split(".")[-2] for name, _ in _files() if name.endswith(".bad")]
    return {reason: reasons.count(reason) for reason in sorted(set(reasons))}


def _files() -> list[tuple[str, int]]:
    found = []
    with contextlib.suppress(FileNotFoundError), os.scandir(folder()) as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):
                found.append((entry.name, entry.stat().st_size))
    return found
