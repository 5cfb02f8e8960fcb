"""The client side: hold the lock of a server and wait until it runs."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from console.embedded.errors import EmbeddedError, data_folder_error
from console.embedded.locks import FileLock
from console.embedded.paths import DataPaths, data_paths

ANSWER_TIMEOUT_S = 90.0
"""Start-up time of a server; a database that was killed replays its log first."""

_ROOT = Path(__file__).resolve().parents[2]
_held: dict[Path, FileLock] = {}


def hold(data: Path, *, database: bool, broker: bool) -> DataPaths:
    """Start the requested servers of `data`, and keep them running while this process lives.

    May be called repeatedly, and by any number of processes at once. Raises EmbeddedError.
    """
    server_paths = data_paths(data)
    required = [name for name, on in (("database", database), ("broker", broker)) if on]
    if not required:
        return server_paths
    before = set(_held)
    try:
        server_paths.run_dir.mkdir(parents=True, exist_ok=True)
        for name in required:
            _acquire(server_paths.lock(name))
        answer = _wait_until_ready(server_paths, required)
    except (OSError, EmbeddedError) as error:
        _release_locks(set(_held) - before)
        if isinstance(error, EmbeddedError):
            raise
        raise data_folder_error(server_paths.data_dir, error) from error
    return replace(server_paths, database_dir=Path(answer.get("database_dir") or server_paths.database_dir))


def release(data: Path) -> None:
    """Release the servers of `data`, for processes that outlive their need, such as a test run."""
    server_paths = data_paths(data)
    _release_locks({server_paths.lock("database"), server_paths.lock("broker")})


def _acquire(path: Path) -> None:
    if path not in _held:
        lock = FileLock(path)
        lock.share(seconds=30)
        _held[path] = lock


def _release_locks(paths: set[Path]) -> None:
    for path in paths & set(_held):
        _held.pop(path).close()


def _wait_until_ready(server_paths: DataPaths, required: list[str]) -> dict[str, Any]:
    """Poll the supervisor until all required servers are ready; start a supervisor whenever none answers."""
    until = time.monotonic() + ANSWER_TIMEOUT_S
    while time.monotonic() < until:
        answer = _ask_supervisor(server_paths.control_socket)
        if answer is None:
            _start_supervisor(server_paths)
            answer = {}
        for name in required:
            if problem := answer.get(name, {}).get("problem"):
                raise EmbeddedError(problem)
        if all(answer.get(name, {}).get("state") == "ready" for name in required):
            return answer
        time.sleep(0.05)
    raise EmbeddedError(
        f"The embedded servers did not answer within {ANSWER_TIMEOUT_S:.0f} s; "
        f"their logs are in {server_paths.run_dir}."
    )


def _ask_supervisor(address: Path) -> dict[str, Any] | None:
    """Return the status from the supervisor; None if there is none, or it ended before it answered."""
    if address.parent.is_dir() and not os.access(address.parent, os.X_OK):
        raise EmbeddedError(
            f"The folder of the servers' sockets, {address.parent}, belongs to another user, who runs the"
            " servers of this data folder: start as that user, or set CONSOLE_DATA to another folder."
        )
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(ANSWER_TIMEOUT_S)
        connection.connect(str(address))
        with connection.makefile("rb") as answer:
            text = answer.read()
        return json.loads(text) if text else None
    return None


def _start_supervisor(server_paths: DataPaths) -> None:
    """Start a detached supervisor. It exits at once if another one is running."""
    command = [sys.executable, "-m", "console.embedded.supervisor", str(server_paths.data_dir)]
    done = subprocess.run(command, cwd=_ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise EmbeddedError(done.stderr.strip().splitlines()[-1])
