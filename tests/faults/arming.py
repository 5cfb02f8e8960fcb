"""Arming fail points, and programs that run with armed ones.

    with arm_point("outbox.marked", "raise@2"): ...
    python -m tests.faults.arming "vault.resealed=kill@4" rotate_keys --batch=2

An action is kill, stop (SIGSTOP), raise or stall:SECONDS, with @N for the Nth hit.
"""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator

from console import embedded
from console.failpoints import get_point
from tests.support.environment import ROOT


class InjectedFailure(Exception):
    """Raised by an armed point with the action `raise`."""


@contextlib.contextmanager
def arm_point(name: str, action: str) -> Iterator[None]:
    """Arm a fail point of this process for the block; KeyError for an unknown name."""
    target = get_point(name)
    target.on_hit = _trigger(name, action)
    try:
        yield
    finally:
        target.on_hit = None


@contextlib.contextmanager
def hold_at(name: str) -> Iterator[None]:
    """Whoever reaches a fail point of this process waits there until the block ends."""
    ended, target = threading.Event(), get_point(name)

    def wait() -> None:
        ended.wait()

    target.on_hit = wait
    try:
        yield
    finally:
        ended.set()
        target.on_hit = None


def _trigger(name: str, action: str) -> Callable[[], None]:
    what, _, nth = action.partition("@")
    kind, _, seconds = what.partition(":")
    hits = 0

    def on_hit() -> None:
        nonlocal hits
        hits += 1
        if nth and hits != int(nth):
            return
        if kind == "stall":
            time.sleep(float(seconds))
        elif kind == "raise":
            raise InjectedFailure(name)
        else:
            os.kill(os.getpid(), {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}[kind])

    return on_hit


def run_command(faults: str, arguments: list[str]) -> None:
    """Run a management command with the points of `name=action;name=action` armed."""
    import django  # noqa: PLC0415 (settings come first)

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
    django.setup()
    from django.core.management import (  # noqa: PLC0415
        execute_from_command_line,
        get_commands,
        load_command_class,
    )

    load_command_class(get_commands()[arguments[0]], arguments[0])  # its module declares its points
    with contextlib.ExitStack() as armed:
        for fault in filter(None, faults.split(";")):
            armed.enter_context(arm_point(*fault.split("=", 1)))
        execute_from_command_line(["manage.py", *arguments])


if __name__ == "__main__":
    embedded.start_servers(ROOT)
    run_command(sys.argv[1], sys.argv[2:])
