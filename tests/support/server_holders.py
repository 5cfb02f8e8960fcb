"""Processes that hold the servers of a data folder, and a look at what runs on it."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from console.embedded import DataPaths, data_paths
from console.embedded.binaries import OWN_FOLDER
from console.embedded.paths import path_digest
from tests.support.environment import ROOT

HOLD_SCRIPT = """
import sys, time
from pathlib import Path
from console import embedded
try:
    server_paths = embedded.hold(Path(sys.argv[1]), database="d" in sys.argv[2], broker="b" in sys.argv[2])
except embedded.EmbeddedError as error:
    sys.exit(str(error))
print(server_paths.database_dir, flush=True)
time.sleep(600)
"""


class ServerHolder:
    """A process that needs the servers of a data folder."""

    def __init__(self, data: Path, what: str = "db", **options: object) -> None:
        command = [sys.executable, "-c", HOLD_SCRIPT, str(data), what]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
        )

    def ready(self) -> Path:
        """Wait until it has them; the folder of the database."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, self.refusal()
        return Path(line.strip())

    def refusal(self) -> str:
        """Wait until it gave up; what it said."""
        return self._process.communicate(timeout=60)[1].strip()

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


def processes_of(server_paths: DataPaths) -> dict[int, str]:
    """The processes of a data folder by number: "supervisor", "postgres" or "valkey-server"."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            words = (entry / "cmdline").read_bytes().decode().split("\0")
        except (OSError, UnicodeDecodeError):
            continue
        if "console.embedded.supervisor" in words and str(server_paths.data_dir) in words:
            found[int(entry.name)] = "supervisor"
        elif any(str(server_paths.socket_dir) in word for word in words) and "postgres" in words[0]:
            found[int(entry.name)] = "postgres"
        elif any(str(server_paths.broker_socket) in word for word in words):
            found[int(entry.name)] = "valkey-server"
    return found


@contextmanager
def console_data_folder() -> Iterator[Path]:
    """A data folder that the database's user can reach. At the end nothing may run on it."""
    folder = Path(tempfile.mkdtemp(prefix="console-embedded-"))
    folder.chmod(0o711)
    yield folder
    assert wait_until_ended(data_paths(folder), 10), f"something still runs on {folder}"
    shutil.rmtree(folder)
    shutil.rmtree(OWN_FOLDER / path_digest(folder), ignore_errors=True)


def kill_one(server_paths: DataPaths, name: str) -> None:
    """kill -9 of the one process of that name."""
    [pid] = [pid for pid, each in processes_of(server_paths).items() if each == name]
    os.kill(pid, signal.SIGKILL)


def wait_until_ended(server_paths: DataPaths, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while processes_of(server_paths):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True
