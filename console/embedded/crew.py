"""Programs that run together: their lines on one screen, and one end for all of them."""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from console.embedded.errors import EmbeddedError
from console.embedded.processes import die_with_parent

END_S = 10.0


@dataclass
class Member:
    """One program of a crew."""

    name: str
    process: subprocess.Popen[bytes]
    output: IO[bytes]
    keep: bool = False
    dispensable: bool = False
    said: str = ""
    rest: bytes = b""

    def read(self) -> bool:
        """Take one portion; False at the end."""
        portion = os.read(self.output.fileno(), 65536)
        *lines, self.rest = (self.rest + portion).split(b"\n")
        for line in lines:
            self._take(line)
        if not portion and self.rest:
            self._take(self.rest)
        return bool(portion)

    def _take(self, line: bytes) -> None:
        text = line.decode(errors="replace")
        if self.keep:
            self.said += f"{text}\n"
        else:
            print(f"{self.name:8}| {text}", flush=True)


class Crew:
    """Starts programs and shows what they say. One thread; call `watch` or `finish` to let lines through.

    Every program is a group of its own, so that a terminal's Ctrl-C reaches the crew alone and it ends
    them in order; where the crew itself is killed, the kernel sends each of them SIGTERM.
    """

    def __init__(self) -> None:
        self._running: dict[str, Member] = {}
        self._lines = selectors.DefaultSelector()

    def start(
        self, name: str, command: Sequence[str], *, keep: bool = False, dispensable: bool = False
    ) -> None:
        """Start a program. What it says is shown, or with `keep` returned by `finish` if it ends well.

        The end of a `dispensable` one is shown and changes nothing for the others.
        """
        process = subprocess.Popen(
            command,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
        assert process.stdout is not None
        member = Member(name, process, process.stdout, keep, dispensable)
        self._running[name] = member
        self._lines.register(process.stdout, selectors.EVENT_READ, member)

    def finish(self, name: str) -> str:
        """Wait until this program has ended well; EmbeddedError if it or another one ends badly."""
        member = self._running[name]
        self.watch(lambda: member.process.poll() is not None and member.output.closed, but=name)
        if member.process.returncode:
            print(member.said, end="", flush=True)
            raise EmbeddedError(
                f"{name} ended with code {member.process.returncode}; its last lines say why."
            )
        del self._running[name]
        return member.said

    def watch(self, until: Callable[[], bool], *, seconds: float = float("inf"), but: str = "") -> None:
        """Show lines until `until()`. EmbeddedError if any program ends meanwhile, except `but`."""
        limit = time.monotonic() + seconds
        while not until():
            self._show(wait=0.1)
            for member in list(self._running.values()):
                if member.name != but and member.process.poll() is not None:
                    self._ended(member)
            if time.monotonic() > limit:
                raise EmbeddedError(f"The console did not come up within {seconds:.0f} s.")

    def end(self) -> None:
        """SIGTERM to all, and SIGKILL to the groups of those that are still there after ten seconds."""
        processes = [member.process for member in self._running.values()]
        for process in processes:
            process.terminate()
        limit = time.monotonic() + END_S
        while time.monotonic() < limit and any(process.poll() is None for process in processes):
            self._show(wait=0.05)
        for process in processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for key in list(self._lines.get_map().values()):
            self._close(key.data)
        self._running.clear()

    def _ended(self, member: Member) -> None:
        self._show(wait=0)
        code = member.process.returncode
        if not member.dispensable:
            raise EmbeddedError(f"{member.name} ended with code {code}, so everything ends.")
        print(f"{member.name} ended with code {code}; the others go on.", flush=True)
        del self._running[member.name]

    def _show(self, wait: float) -> None:
        """Take what there is to read; print its whole lines, each after the name of its program."""
        if not self._lines.get_map():
            time.sleep(wait)
        for key, _ in self._lines.select(wait):
            member: Member = key.data
            if not member.read():
                self._close(member)

    def _close(self, member: Member) -> None:
        self._lines.unregister(member.output)
        member.output.close()
