"""A server process that dies with the supervisor and is stopped in steps."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from console.embedded.users import Person

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Step:
    """Send `signal`, then wait so long."""

    signal: signal.Signals
    seconds: float


def spawn(
    command: Sequence[str], *, log: Path, person: Person | None, orphaned: signal.Signals
) -> subprocess.Popen[bytes]:
    """Start `command` as `person`, or as this user; output goes to `log`.

    The kernel sends it `orphaned` when this process dies. PGDATA and the like are not handed on.
    """
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=environment | {"LC_ALL": "C"},
            preexec_fn=die_with_parent(orphaned),
            **(person.popen_arguments() if person else {}),
        )


def stop(process: subprocess.Popen[bytes], steps: Sequence[Step]) -> None:
    """Go through `steps` until the process has ended, and kill it after the last."""
    for step in steps:
        process.send_signal(step.signal)
        try:
            process.wait(step.seconds)
        except subprocess.TimeoutExpired:
            continue
        return
    process.kill()
    process.wait()


def die_with_parent(number: signal.Signals) -> Callable[[], None]:
    """What a child runs between fork and exec so that the kernel sends it `number` when its parent dies.

    Effective on Linux. A later change of user would clear the request.
    """

    def ask() -> None:
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)

    return ask
