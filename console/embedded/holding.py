"""The side of those who need a server: hold its lock, see that it runs."""

import contextlib
import json
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from console.embedded.errors import EmbeddedError
from console.embedded.locks import Lock
from console.embedded.places import Places, places

PATIENCE_S = 90.0
"""How long a server may take to answer; a database that was killed replays its log first."""

_ROOT = Path(__file__).resolve().parents[2]
_held: dict[Path, Lock] = {}


def hold(data: Path, *, database: bool, broker: bool) -> Places:
    """See that the wanted servers of `data` answer, and keep them up while this process lives.

    May be called again and again, and by any number of processes at once. Raises EmbeddedError.
    """
    spots = places(data)
    wanted = [name for name, on in (("database", database), ("broker", broker)) if on]
    if not wanted:
        return spots
    before = set(_held)
    try:
        spots.run_dir.mkdir(parents=True, exist_ok=True)
        for name in wanted:
            _share(spots.lock(name))
        answer = _wait(spots, wanted)
    except (OSError, EmbeddedError) as error:
        _let_go(set(_held) - before)
        if isinstance(error, EmbeddedError):
            raise
        raise EmbeddedError(
            f"The data folder {spots.data_dir} cannot be used: {error.strerror}. "
            "Set CONSOLE_DATA to a folder that this user may write."
        ) from error
    return replace(spots, database_dir=Path(answer.get("database_dir") or spots.database_dir))


def release(data: Path) -> None:
    """Hold the servers of `data` no longer. For processes that outlive their need, such as a test run."""
    spots = places(data)
    _let_go({spots.lock("database"), spots.lock("broker")})


def _share(path: Path) -> None:
    if path not in _held:
        lock = Lock(path)
        lock.share(seconds=30)
        _held[path] = lock


def _let_go(paths: set[Path]) -> None:
    for path in paths & set(_held):
        _held.pop(path).close()


def _wait(spots: Places, wanted: list[str]) -> dict[str, Any]:
    """Ask the supervisor until all wanted servers are ready, starting one whenever none answers."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        answer = _ask(spots.control_socket)
        if answer is None:
            _start_supervisor(spots)
            answer = {}
        for name in wanted:
            if problem := answer.get(name, {}).get("problem"):
                raise EmbeddedError(problem)
        if all(answer.get(name, {}).get("state") == "ready" for name in wanted):
            return answer
        time.sleep(0.05)
    raise EmbeddedError(
        f"The embedded servers did not answer within {PATIENCE_S:.0f} s; their logs are in {spots.run_dir}."
    )


def _ask(address: Path) -> dict[str, Any] | None:
    """What the supervisor says; None where there is none, or where it ended before it answered."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(PATIENCE_S)
        line.connect(str(address))
        with line.makefile("rb") as answer:
            text = answer.read()
        return json.loads(text) if text else None
    return None


def _start_supervisor(spots: Places) -> None:
    """Start a detached supervisor. It ends at once if there is one after all."""
    command = [sys.executable, "-m", "console.embedded.supervisor", str(spots.data_dir)]
    done = subprocess.run(command, cwd=_ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise EmbeddedError(done.stderr.strip().splitlines()[-1])
