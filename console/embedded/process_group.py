"""Programs that run together: their output on one terminal, and a common end."""

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

STOP_TIMEOUT_S = 10.0
#: A program that ends sooner after its start is not started again: it would end again.
MIN_UPTIME_S = 5.0


@dataclass
class ManagedProcess:
    """One program of a group. `restart` is its command where it is started again after its end."""

    name: str
    process: subprocess.Popen[bytes]
    output: IO[bytes]
    began: float
    keep: bool = False
    may_exit: bool = False
    restart: Sequence[str] = ()
    captured: str = ""
    pending: bytes = b""

    def read(self) -> bool:
        """Read one chunk of output; return False at the end."""
        chunk = os.read(self.output.fileno(), 65536)
        *lines, self.pending = (self.pending + chunk).split(b"\n")
        for line in lines:
            self._take(line)
        if not chunk and self.pending:
            self._take(self.pending)
        return bool(chunk)

    def _take(self, line: bytes) -> None:
        text = line.decode(errors="replace")
        if self.keep:
            self.captured += f"{text}\n"
        else:
            print(f"{self.name:8}| {text}", flush=True)


class ProcessGroup:
    """Starts programs and shows their output. Single-threaded; `watch` and `finish` let output through.

    Every program has its own process group, so that Ctrl-C reaches only this process, which stops them in
    order. If this process is killed, the kernel sends each of them SIGTERM.
    """

    def __init__(self, min_uptime_s: float = MIN_UPTIME_S) -> None:
        self._min_uptime_s = min_uptime_s
        self._running: dict[str, ManagedProcess] = {}
        self._lines = selectors.DefaultSelector()

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        keep: bool = False,
        may_exit: bool = False,
        restart: bool = False,
    ) -> None:
        """Start a program. Its output is shown, or with `keep` returned by `finish` if it succeeds.

        The exit of a `may_exit` program is reported and does not stop the others. A `restart` program that
        ends later than `min_uptime_s` after its start is started again.
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
        again = command if restart else ()
        member = ManagedProcess(name, process, process.stdout, time.monotonic(), keep, may_exit, again)
        self._running[name] = member
        self._lines.register(process.stdout, selectors.EVENT_READ, member)

    def finish(self, name: str) -> str:
        """Wait until this program has succeeded; EmbeddedError if it or another one fails."""
        member = self._running[name]
        self.watch(lambda: member.process.poll() is not None and member.output.closed, but=name)
        if member.process.returncode:
            print(member.captured, end="", flush=True)
            raise EmbeddedError(
                f"{name} ended with code {member.process.returncode}; its last lines say why."
            )
        del self._running[name]
        return member.captured

    def watch(self, until: Callable[[], bool], *, seconds: float = float("inf"), but: str = "") -> None:
        """Show output until `until()` is true. EmbeddedError if any program exits meanwhile, except `but`."""
        limit = time.monotonic() + seconds
        while not until():
            self._show(wait=0.1)
            for member in list(self._running.values()):
                if member.name != but and member.process.poll() is not None:
                    self._ended(member)
            if time.monotonic() > limit:
                raise EmbeddedError(f"The console did not come up within {seconds:.0f} s.")

    def end(self) -> None:
        """Send SIGTERM to all programs, and SIGKILL to the groups that remain after STOP_TIMEOUT_S."""
        processes = [member.process for member in self._running.values()]
        for process in processes:
            process.terminate()
        limit = time.monotonic() + STOP_TIMEOUT_S
        while time.monotonic() < limit and any(process.poll() is None for process in processes):
            self._show(wait=0.05)
        for process in processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for key in list(self._lines.get_map().values()):
            self._close(key.data)
        self._running.clear()

    def _ended(self, member: ManagedProcess) -> None:
        self._show(wait=0)
        code = member.process.returncode
        if member.restart and time.monotonic() - member.began > self._min_uptime_s:
            print(f"{member.name} ended with code {code} and is started again.", flush=True)
            self.start(member.name, member.restart, restart=True)
            return
        if not member.may_exit:
            raise EmbeddedError(f"{member.name} ended with code {code}, so everything ends.")
        print(f"{member.name} ended with code {code}; the others go on.", flush=True)
        del self._running[member.name]

    def _show(self, wait: float) -> None:
        """Read available output and print complete lines, each prefixed by the name of its program."""
        if not self._lines.get_map():
            time.sleep(wait)
        for key, _ in self._lines.select(wait):
            member: ManagedProcess = key.data
            if not member.read():
                self._close(member)

    def _close(self, member: ManagedProcess) -> None:
        self._lines.unregister(member.output)
        member.output.close()
