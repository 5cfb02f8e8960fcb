"""The spool: callbacks on disk while the database is unavailable.

A file holds one encrypted line per event. File and folder are synced before `append_event` returns, so that
the event may be acknowledged. Files have three names in turn:

    TIME-PID-N.spool          appended to by one process, under a lock for each line
    TIME-PID-N.taken          being stored in the database, locked by the process that does so
    TIME-PID-N.REASON.bad     lines that could not be read, kept for a person

The kernel releases the lock of a killed process, so that another process can take over its files.
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

from console.vault.keyring import VaultError, seal_bytes, unseal_bytes

CONTEXT = "inbox spool"
#: Bytes after which a new file is started. A web process stores one file per request in the database.
SEGMENT_BYTES = 256 * 1024

_lock = threading.Lock()
_numbers = itertools.count(1)
_current = ""
#: Whether files may be waiting, including those of earlier processes.
pending = True


class SpoolError(Exception):
    """The spool has reached its size limit."""


class UnreadableLine(Exception):
    """A complete line that cannot be read; `reason` is a key of `console.inbox.labels.SPOOL_LABELS`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class SpooledEvent:
    """One event of the spool."""

    enterprise_id: int
    received_at: datetime
    raw: bytes


def spool_dir() -> Path:
    return Path(settings.SPOOL_DIR)


def append_event(enterprise_id: int, raw: bytes, received_at: datetime) -> None:
    """Write an event to disk and sync file and folder.

    Raise OSError or SpoolError if that fails; nothing is written then.
    """
    head = json.dumps({"school": enterprise_id, "at": received_at.isoformat()}).encode()
    line = seal_bytes(head + b"\n" + raw, CONTEXT) + b"\n"
    global pending
    with _lock:
        spool_dir().mkdir(mode=0o700, parents=True, exist_ok=True)
        if total_bytes() + len(line) > settings.SPOOL_MAX_BYTES:
            raise SpoolError("the spool is full")
        file = _open_current()
        try:
            _write_line(file, line)
        finally:
            os.close(file)
        _sync_folder()
        pending = True


def refresh_pending() -> None:
    """Set `pending` to whether files are still waiting."""
    global pending
    with _lock:
        pending = count_waiting_files() > 0


def _open_current() -> int:
    """Open and lock this process's current file, or a new one if it is full or has been claimed.

    A name is never reused: a file of that name may still exist as .taken and must not be replaced.
    """
    global _current
    while True:
        create = 0
        if f"-{os.getpid()}-" not in _current:
            _current = f"{time.time_ns():020d}-{os.getpid()}-{next(_numbers)}.spool"
            create = os.O_CREAT | os.O_EXCL
        path = spool_dir() / _current
        with contextlib.suppress(FileNotFoundError):
            file = os.open(path, os.O_RDWR | os.O_APPEND | create, 0o600)
            if _try_lock(file, path) and os.fstat(file).st_size < SEGMENT_BYTES:
                return file
            os.close(file)
        _current = ""


def _write_line(file: int, line: bytes) -> None:
    """Write a whole line or nothing: a partial line would corrupt the next one."""
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
    handle = os.open(spool_dir(), os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _try_lock(file: int, path: Path) -> bool:
    """Return whether the file could be locked and still has its name."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(file), path.stat())
    except (BlockingIOError, FileNotFoundError):
        return False


class ClaimedFile:
    """A file that this process has claimed for storing in the database."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def lines(self) -> Iterator[bytes]:
        """Yield the complete lines. A tail without a line end was not acknowledged: its writer was killed."""
        whole, _, _ = self._path.read_bytes().rpartition(b"\n")
        yield from filter(None, whole.split(b"\n"))

    def quarantine(self, reason: str, lines: list[bytes]) -> None:
        """Save unreadable lines in a .bad file, synced before the claimed file is removed. Idempotent."""
        part = self._path.with_suffix(f".{reason}.part")
        with part.open("wb") as file:
            file.write(b"\n".join(lines) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path.with_suffix(f".{reason}.bad"))
        _sync_folder()

    def remove(self) -> None:
        self._path.unlink(missing_ok=True)


def claim_files() -> Iterator[ClaimedFile]:
    """Yield the waiting files, oldest first, each locked until the next one. Remove those that are stored."""
    for path in sorted((*spool_dir().glob("*.spool"), *spool_dir().glob("*.taken"))):
        with contextlib.suppress(FileNotFoundError):
            file = os.open(path, os.O_RDWR)
            try:
                if _try_lock(file, path):
                    yield ClaimedFile(_rename_claimed(path))
            finally:
                os.close(file)


def _rename_claimed(path: Path) -> Path:
    """Rename a claimed file. Its writer notices the new name and starts another file."""
    return path if path.suffix == ".taken" else path.rename(path.with_suffix(".taken"))


def read_line(line: bytes) -> SpooledEvent:
    """Decrypt one line. Raise UnreadableLine if it is damaged or its key is no longer available."""
    try:
        head, _, raw = unseal_bytes(line, CONTEXT).partition(b"\n")
        header = json.loads(head)
        return SpooledEvent(int(header["school"]), datetime.fromisoformat(header["at"]), raw)
    except (VaultError, ValueError, KeyError, TypeError) as error:
        raise UnreadableLine("unsealed") from error


def total_bytes() -> int:
    """Return the size of all files in the folder, in bytes."""
    return sum(bytes_ for _, bytes_ in _file_sizes())


def count_waiting_files() -> int:
    """Return the number of files that wait for the database."""
    return sum(name.endswith((".spool", ".taken")) for name, _ in _file_sizes())


def count_bad_files() -> dict[str, int]:
    """Return the number of .bad files by reason."""
    reasons = [name.split(".")[-2] for name, _ in _file_sizes() if name.endswith(".bad")]
    return {reason: reasons.count(reason) for reason in sorted(set(reasons))}


def _file_sizes() -> list[tuple[str, int]]:
    found = []
    with contextlib.suppress(FileNotFoundError), os.scandir(spool_dir()) as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):
                found.append((entry.name, entry.stat().st_size))
    return found
