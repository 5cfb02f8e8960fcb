"""`make run`: one command up, one key down, and nothing left behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from tests.support.environment import ROOT
from tests.support.programs import find_port
from tests.support.server_holders import console_data_folder

NOT_OURS = ("DATABASE_URL", "CELERY_BROKER_URL", "ICLASS_BASE_URL", "PUBLIC_URL", "MAKELEVEL")
#: With a service of its own the console fills no demo school.
ELSEWHERE = {"ICLASS_BASE_URL": "http://127.0.0.1:9"}


class Run:
    """The command with a data folder and ports of its own."""

    def __init__(self, data: Path, **variables: str) -> None:
        self.port, self.sandbox_port = find_port(), find_port()
        plain = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
        ports = {"PORT": str(self.port), "SANDBOX_PORT": str(self.sandbox_port)}
        self._mark = f"CONSOLE_DATA={data}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "console.run"],
            cwd=ROOT,
            env=plain | ports | {"CONSOLE_DATA": str(data)} | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
            # As a terminal starts it; what runs behind a shell's `&` has been told to ignore Ctrl-C.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def until(self, words: str) -> str:
        """Wait for a line with these words; everything that was said so far."""
        said = ""
        assert self.process.stdout is not None
        while words not in said:
            line = self.process.stdout.readline()
            assert line, f"it ended:\n{said}"
            said += line
        return said

    def ended(self) -> str:
        """Wait for its end; what it still said."""
        return self.process.communicate(timeout=60)[0]

    def left(self) -> list[str]:
        """The commands of what still runs of it, the embedded servers' supervisor included."""
        found = []
        for entry in Path("/proc").iterdir():
            with suppress(OSError):
                if entry.name.isdecimal() and self._mark.encode() in (entry / "environ").read_bytes().split(
                    b"\0"
                ):
                    found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        return found

    def nothing_left_within(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while self.left() and time.monotonic() < until:
            time.sleep(0.1)
        return not self.left()


@pytest.fixture(scope="module")
def kept() -> Iterator[Path]:
    """The data folder of all tests here: its tables are made once."""
    with console_data_folder() as folder:
        yield folder


@pytest.fixture
def run(kept: Path) -> Iterator[Callable[..., Run]]:
    started: list[Run] = []

    def start(**variables: str) -> Run:
        started.append(Run(kept, **variables))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.terminate()
        each.process.communicate()


def test_a_port_in_use_is_one_sentence_with_the_port_and_its_variable(run: Callable[..., Run]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        attempt = run(PORT=str(port))
        said = attempt.ended().strip()

    assert attempt.process.returncode == 1
    assert len(said.splitlines()) == 1
    assert f"Port {port}" in said
    assert "PORT" in said


def test_a_port_that_is_no_number_is_one_sentence(run: Callable[..., Run]) -> None:
    assert run(SANDBOX_PORT="many").ended().startswith("console.E034: SANDBOX_PORT is 'many'")


@pytest.mark.parametrize("variable", ["DEBUG"])
def test_what_is_for_development_is_refused_where_others_reach_it(
    run: Callable[..., Run], variable: str
) -> None:
    attempt = run(**{"HOST": "0.0.0.0", "DEBUG": "false", variable: "1"})
    said = attempt.ended().strip()
    assert attempt.process.returncode == 1
    assert said.startswith(f"{variable} is ")
    assert "unset" in said


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_it_shows_its_address_and_logins_and_ctrl_c_ends_all(run: Callable[..., Run]) -> None:
    school = run()

    said = school.until("Ctrl-C ends everything")
    page = requests.get(f"http://127.0.0.1:{school.port}/", timeout=10)
    os.killpg(school.process.pid, signal.SIGINT)
    rest = school.ended()

    assert f"http://127.0.0.1:{school.port}" in said
    assert f"Passkeys work at http://localhost:{school.port}." in said
    assert re.search(r"\S+@\d+", said), "no login was shown"
    steps = re.findall(r"^(\w.*?) +\d+\.\d s$", said, re.MULTILINE)
    assert steps == ["Database and broker", "Tables", "Web server", "Demo school"]
    assert page.status_code == 200
    assert "Traceback" not in said + rest
    assert school.nothing_left_within(10), school.left()


def test_a_step_is_named_before_it_ends(run: Callable[..., Run], tmp_path: Path) -> None:
    (tmp_path / "embedded").write_text("a file in place of a folder")

    said = run(CONSOLE_DATA=str(tmp_path), **ELSEWHERE).ended()

    assert re.fullmatch(r"Database and broker …\nThe data folder .* cannot be used.*\n", said), said


def test_a_step_of_the_installation_is_named_and_then_shown_with_its_seconds() -> None:
    done = subprocess.run([".ci/setup", "bytecode"], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"Compilation …\nCompilation +\d+ s\n", done.stderr), done.stderr


@pytest.mark.faults
@pytest.mark.timeout(300)
def test_when_it_is_killed_everything_ends(run: Callable[..., Run]) -> None:
    school = run(**ELSEWHERE)
    school.until("Ctrl-C ends everything")

    school.process.kill()

    assert school.nothing_left_within(30), school.left()
