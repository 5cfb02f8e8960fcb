"""The console's own programs as tests use them: real processes that can be killed."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import requests

from console.run import GRANIAN_ARGUMENTS, MESSAGES_ARGUMENTS
from tests.support import database, environment

START_S = 90.0


class Program:
    """A process with all its children. `log` holds what it said, `root` is the folder of its version."""

    root = environment.ROOT

    def __init__(self, command: list[str], log: Path, variables: dict[str, str]) -> None:
        self.command = [sys.executable, *command]
        self.log = log
        self.variables = variables
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Begin, and wait until it does its work."""
        self.begin()
        self.wait_until_ready()

    def begin(self) -> None:
        """A process group of its own, so that a signal reaches what it starts in its turn."""
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.root,
                env=os.environ | self.variables,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
            )

    def wait_until_ready(self) -> None:
        """Nothing tells when; others know better."""

    def stop(self) -> None:
        """As an orderly end: SIGTERM, and SIGKILL for what is left after ten seconds."""
        if self.process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.terminate()
                self.process.wait(10)
            self.kill()

    def kill(self) -> None:
        """kill -9 of the whole group."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def wait_for(self, ready: Callable[[], bool], seconds: float = START_S) -> None:
        """Until `ready()`; fails with the program's own words when it ends or does not get there."""
        until = time.monotonic() + seconds
        while not ready():
            gone = self.process is None or self.process.poll() is not None
            if gone or time.monotonic() > until:
                said = self.log.read_text(errors="replace")[-4000:]
                pytest.fail(f"{' '.join(self.command)} {'ended' if gone else 'is not ready'}:\n{said}")
            time.sleep(0.05)


class Console(Program):
    """The web console over the test's database; `url` is its address."""

    def __init__(self, log: Path, variables: dict[str, str]) -> None:
        port = find_port()
        self.url = f"http://127.0.0.1:{port}"
        place = ["--host", "127.0.0.1", "--port", str(port)]
        command = ["-m", "granian", *GRANIAN_ARGUMENTS, *place, "console.asgi:application"]
        super().__init__(command, log, {"PUBLIC_URL": self.url} | variables)

    def wait_until_ready(self) -> None:
        self.wait_for(self._answers)

    def _answers(self) -> bool:
        try:
            # As a proxy before it would ask, for one at an address of HTTPS leads everybody else there.
            return requests.get(f"{self.url}/healthz", headers={"X-Forwarded-Proto": "https"}, timeout=5).ok
        except requests.RequestException:
            return False  # not yet, or a machine too busy to say so in time


class Worker(Program):
    """A Celery worker over the test's database and broker; with `beat` it also runs the schedule."""

    def __init__(self, log: Path, variables: dict[str, str], *, beat: bool, queues: str) -> None:
        command = ["-m", "celery", "-A", "console", "worker"]
        command += MESSAGES_ARGUMENTS if queues == "messages" else ["--concurrency", "2", "--queues", queues]
        command += ["--without-gossip", "--without-mingle"]  # as on a server
        if beat:
            command += ["-B"]
        self._said = 0
        super().__init__(command, log, variables)

    def begin(self) -> None:
        self._said = self.log.stat().st_size if self.log.exists() else 0
        super().begin()

    def wait_until_ready(self) -> None:
        self.wait_for(lambda: b" ready." in self.log.read_bytes()[self._said :])


def start_together(*programs: Program) -> None:
    """Start programs beside each other."""
    for program in programs:
        program.begin()
    for program in programs:
        program.wait_until_ready()


def find_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def free_port() -> int:
    return find_port()


@pytest.fixture
def program_variables(transactional_db: None, settings, tmp_path: Path) -> dict[str, str]:  # type: ignore[no-untyped-def]
    """What makes a program of ours work on this test's database and its local iclass service.

    Checkpoints of the audit trail are told apart by the ID of the school, which other tests have, too.
    """
    return {
        "DATABASE_URL": database.own_url(),
        "ICLASS_BASE_URL": settings.ICLASS_BASE_URL,
        "AUDIT_CHECKPOINT_DIR": str(tmp_path / "checkpoints"),
    }


@pytest.fixture
def start_console(program_variables: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., Console]]:
    """Start a web console: `start_console(SWEEP_EVERY_S="1")`; variables override the environment.

    With `wait=False` it only begins, and `.wait_until_ready()` comes later.
    """
    with contextlib.ExitStack() as running:

        def start(*, wait: bool = True, **variables: str) -> Console:
            console = Console(tmp_path / "web.log", program_variables | variables)
            running.callback(console.kill)
            (console.start if wait else console.begin)()
            return console

        yield start


@pytest.fixture
def start_worker(program_variables: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    """Start a Celery worker: `start_worker(beat=True, SWEEP_EVERY_S="1")`; `.kill()` is kill -9.

    With `wait=False` it only begins, and `.wait_until_ready()` comes later.
    """
    with contextlib.ExitStack() as running:

        def start(
            *, beat: bool = False, queues: str = "celery,messages", wait: bool = True, **variables: str
        ) -> Worker:
            log = tmp_path / f"worker-{queues}.log"
            worker = Worker(log, program_variables | variables, beat=beat, queues=queues)
            running.callback(worker.kill)
            (worker.start if wait else worker.begin)()
            return worker

        yield start


@pytest.fixture
def children() -> Callable[[], list[psutil.Process]]:
    """What this process has started since the test began; the browser of other tests may run, too."""
    before = psutil.Process().children()
    return lambda: [one for one in psutil.Process().children() if one not in before]
