"""A server process that ends with the supervisor and is stopped in steps."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from console.embedded.system_users import SystemUser

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class StopStep:
    """Send `signal`, then wait up to `seconds`."""

    signal: signal.Signals
    seconds: float


def spawn(
    command: Sequence[str], *, log: Path, person: SystemUser | None, parent_death_signal: signal.Signals
) -> subprocess.Popen[bytes]:
    """Start `command` as `person`, or as this user; output goes to `log`.

    The kernel sends it `parent_death_signal` when this process dies. PGDATA and the like are not inherited.
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
            preexec_fn=die_with_parent(parent_death_signal),
            **(person.popen_arguments() if person else {}),
        )


def stop(process: subprocess.Popen[bytes], steps: Sequence[StopStep]) -> None:
    """Apply `steps` until the process has ended, and kill it after the last."""
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
    """Return a function to run in the child between fork and exec: the kernel then sends it `number` when its
    parent dies.

    Linux only. A later change of the user would clear the setting.
    """

    def set_death_signal() -> None:
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)

    return set_death_signal
