"""The embedded broker: Valkey on a Unix socket, without persistence.

The queue is rows in the database; a message only wakes a worker, and the sweep repeats it. So a broker that
starts empty loses nothing.
"""

import signal
import socket
import subprocess
import time
from contextlib import suppress

from console.embedded.binaries import valkey_binary
from console.embedded.errors import EmbeddedError
from console.embedded.paths import DataPaths
from console.embedded.processes import StopStep, spawn, stop

START_S = 10.0


class Valkey:
    """One server on one Unix socket; it listens on no network."""

    name = "broker"

    def __init__(self, paths: DataPaths) -> None:
        self.paths = paths
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when the server answers; EmbeddedError if it cannot start."""
        log = self.paths.log("valkey")
        command = [str(valkey_binary()), *self._options()]
        self._process = spawn(command, log=log, person=None, parent_death_signal=signal.SIGKILL)
        until = time.monotonic() + START_S
        while time.monotonic() < until and self.alive():
            if self._answers():
                return
            time.sleep(0.02)
        self.stop()
        raise EmbeddedError(f"The broker does not start; its log is {log}.")

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        if self._process is not None:
            stop(self._process, [StopStep(signal.SIGTERM, 1.0)])
            self._process = None

    def _options(self) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": str(self.paths.broker_socket),
            "unixsocketperm": "700",
            "save": "",
            "appendonly": "no",
            "dir": str(self.paths.run_dir),
        }
        return [part for name, value in settings.items() for part in (f"--{name}", value)]

    def _answers(self) -> bool:
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(1.0)
            connection.connect(str(self.paths.broker_socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        return False
